/** Which runtimes are on this machine: those that develop the package, those of tools/runtimes, and browsers. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromiumPath, denoPath } from "../dataset/tools.ts";
import { root } from "./installed.ts";

const extra = join(root, "tools/runtimes/node_modules");
const first = (...paths: string[]): string | undefined => paths.find((path) => existsSync(path));
const system = `${process.platform}-${process.arch}`;

/** Names of what TAKAGI_REQUIRE asks for: a test of it then fails where it is missing. */
const required = (process.env.TAKAGI_REQUIRE ?? "").split(/[\s,]+/);

export const isRequired = (tool: "runtimes" | "chromium" | "firefox"): boolean => required.includes(tool);

const DENO = ["run", "--allow-all", "--no-prompt", "--cached-only", "--node-modules-dir=manual"];

/** Command and first words of what runs a file with the conditions of its own; without a command where it is missing. */
export const servers: readonly {
  readonly name: string;
  readonly command: string | undefined;
  readonly words: readonly string[];
}[] = [
  { name: "Node, this one", command: process.execPath, words: [] },
  { name: "Node 22", command: first(join(extra, `node22-${system}/bin/node`)), words: [] },
  { name: "Node 24", command: first(join(extra, `node24-${system}/bin/node`)), words: [] },
  { name: "Deno", command: denoPath(createRequire(import.meta.url)), words: DENO },
  {
    name: "Bun",
    command: first(join(extra, `@oven/bun-${system.replace("arm64", "aarch64")}/bin/bun`)),
    words: ["run"],
  },
];

export const workerd = first(join(extra, `@cloudflare/workerd-${system.replace("x64", "64")}/bin/workerd`));
export const chromium = chromiumPath;
export const firefox = first(process.env.TAKAGI_FIREFOX ?? "", "/usr/bin/firefox-esr", "/usr/bin/firefox");
