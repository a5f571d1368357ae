import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SLOW } from "./test/slow/list.ts";

/** The text of kernels that are inside the JavaScript, as rollup.config.mjs gives it. */
const base64 = {
  name: "wasm-base64",
  enforce: "pre" as const,
  load: (id: string) =>
    id.endsWith(".wasm?base64")
      ? `export default "${readFileSync(id.slice(0, -"?base64".length)).toString("base64")}";`
      : null,
};

/** A slow test that is named is run all the same. */
const slow = process.argv.some((word) => word in SLOW) ? [] : Object.keys(SLOW);

export default defineConfig({
  plugins: [base64],
  resolve: {
    // In the package, the conditions of package.json "imports" choose; tests run on the sources, in Node.
    alias: {
      // Files of tfjs that only bundlers can import; the whole of tfjs has them inside.
      "@tensorflow/tfjs-core/dist/register_all_gradients.js": "@tensorflow/tfjs",
      "#wasm-source": fileURLToPath(new URL("src/wasm/source.node.ts", import.meta.url)),
      "#worker-host": fileURLToPath(new URL("src/workers/host.node.ts", import.meta.url)),
      "#nn-platform": fileURLToPath(new URL("src/nn/backend/platform.node.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/slow/**", ...slow],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
