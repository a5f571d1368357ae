/** What some tests need from outside npm; where it is missing they skip and say so, unless TAKAGI_REQUIRE has its name. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** The Python that has NumPy: the one on the path, or else the system's. */
const python = ["python3", "/usr/bin/python3"].find((command) => works(command, "-c", "import numpy"));

export async function numpy(program: string, ...words: string[]): Promise<string> {
  return (await promisify(execFile)(python ?? "python3", ["-c", program, ...words])).stdout;
}

function works(command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function isRequired(tool: string): boolean {
  return (process.env.TAKAGI_REQUIRE ?? "").split(/[\s,]+/).includes(tool);
}

function skips(title: string, missing: string): string {
  return `${title} (skipped: ${missing})`;
}

export function testWithNumpy(title: string, body: () => Promise<void>): void {
  if (isRequired("numpy") || python !== undefined) test(title, body);
  else test.skip(skips(title, "no python3 with numpy"), body);
}

/** Debian's Chromium, or that of TAKAGI_CHROMIUM; undefined where there is none. */
export const chromiumPath = [
  process.env.TAKAGI_CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => existsSync(path));

export function testWithChromium(title: string, body: () => Promise<void>, timeout?: number): void {
  if (chromiumPath !== undefined) test(title, body, timeout);
  else if (isRequired("chromium")) test(title, () => expect.fail("no chromium"));
  else test.skip(skips(title, "no chromium"), body);
}

/** @param kilobytes of a disk in memory
 *  @param body is given its folder and what makes it larger */
export function testWithSmallDisk(
  title: string,
  kilobytes: number,
  body: (disk: string, grow: (kilobytes: number) => Promise<void>) => Promise<void>,
): void {
  const disk = mkdtempSync(join(tmpdir(), "takagi-disk-"));
  const mount = (...words: string[]): boolean => process.platform === "linux" && works("mount", ...words);
  const isMounted = mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "takagi-test", disk);
  if (!isMounted) {
    rmdirSync(disk);
    test.skip(skips(title, "small disks cannot be mounted without root"), () => undefined);
    return;
  }
  test(title, async () => {
    try {
      await body(disk, async (more) => void mount("-o", `remount,size=${more}k`, disk));
    } finally {
      if (works("umount", disk)) rmdirSync(disk);
    }
  });
}

/** Where the Deno among the development tools is; undefined where npm has none for the platform. */
export function denoPath(require: NodeJS.Require): string | undefined {
  const system = { linux: "linux", darwin: "darwin", win32: "win32" }[process.platform as string] ?? "none";
  const name = `@deno/${system}-${process.arch}${system === "linux" ? "-glibc" : ""}`;
  try {
    return require.resolve(`${name}/deno${system === "win32" ? ".exe" : ""}`);
  } catch {
    return undefined;
  }
}
