// `npm run runtimes`: the package in every runtime of this machine and of tools/runtimes; what came out goes into
// docs/runtimes.md. A runtime that npm brings must be there; browsers are tested where they are installed.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const env = {
  ...process.env,
  TAKAGI_TABLE: "docs/runtimes.md",
  TAKAGI_REQUIRE: `runtimes ${process.env.TAKAGI_REQUIRE ?? ""}`,
};
const steps = [
  ["node", "tools/ensure.mjs"],
  ["npm", "ci", "--prefix", "tools/runtimes", "--ignore-scripts", "--no-audit", "--no-fund"],
  ["npx", "vitest", "run", "test/package/runtimes.test.ts"],
];
for (const [command, ...words] of steps) {
  const { status } = spawnSync(command, words, {
    cwd: root,
    env,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
