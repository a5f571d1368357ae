/** Makes a fresh clone ready: installs and builds what is missing or out of date; silent when nothing is. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = (path) => `${root}${path}`;

const BUILT_WASM = [
  "build/takagi.wasm",
  "build/takagi.scalar.wasm",
  "build/takagi.data.wasm",
  "build/takagi.data.scalar.wasm",
];
const WASM_SOURCES = ["assembly", "asconfig.json", "asconfig.data.json", "package-lock.json"];
const BUILT_JS = ["dist/index.js", "dist/cli.js", "dist/index.d.ts", "dist/takagi.wasm"];
const JS_SOURCES = [
  "src",
  "assembly",
  "rollup.config.mjs",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];
const BUILT_VIEW = ["dist/view.js", "dist/view.worker.js"];
const VIEW_SOURCES = ["app", "tools/view.mjs"];
const BUILT_APP = ["dist/app/serviceWorker.js"];
const APP_SOURCES = ["app", "examples/data", "models", "tools/app.mjs"];

requireNode(20, 19);
if (isInstallStale()) npm("ci", "--no-audit", "--no-fund");
if (isOlder(BUILT_WASM, WASM_SOURCES)) npm("run", "build:wasm");
if (isOlder(BUILT_JS, [...JS_SOURCES, ...BUILT_WASM])) npm("run", "build:js");
if (isOlder(BUILT_VIEW, [...VIEW_SOURCES, ...BUILT_JS])) npm("run", "build:view");
if (isOlder(BUILT_APP, [...APP_SOURCES, ...BUILT_JS])) npm("run", "build:app");

function requireNode(major, minor) {
  const [hasMajor, hasMinor] = process.versions.node.split(".").map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  console.error(`takagi needs Node ${major}.${minor} or later; this is ${process.version}`);
  process.exit(1);
}

/** By content and not by time, as npm writes the two files in one go and Git gives checkouts new times. */
function isInstallStale() {
  const installedFile = at("node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return true;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(at("package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).some(([path, { version, integrity, optional }]) => {
    if (path === "") return false;
    const found = installed[path];
    if (found === undefined) return optional !== true;
    return found.version !== version || found.integrity !== integrity;
  });
}

/** Whether one of `built` is missing or older than the newest file among `sources`. */
function isOlder(built, sources) {
  if (!built.every((path) => existsSync(at(path)))) return true;
  const newest = Math.max(...sources.map((path) => newestTime(at(path))));
  return built.some((path) => statSync(at(path)).mtimeMs < newest);
}

function newestTime(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestTime(`${path}/${name}`)));
}

function npm(...words) {
  console.error(`> npm ${words.join(" ")}`);
  const cli = process.env.npm_execpath;
  const [command, ...before] = cli?.endsWith(".js") ? [process.execPath, cli] : ["npm"];
  const { status, error } = spawnSync(command, [...before, "--silent", ...words], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: command === "npm" && process.platform === "win32",
  });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
