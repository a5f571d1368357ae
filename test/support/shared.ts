/** Reference values kept beside the repository; where they are absent the tests that need them skip and say so. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const folder = fileURLToPath(new URL("../../../shared/", import.meta.url));

export function sharedPath(name: string): string {
  return folder + name;
}

export function readShared<T>(name: string): T {
  return JSON.parse(readFileSync(sharedPath(name), "utf8")) as T;
}

/** `test`, or a skipped test whose name says what is missing. */
export function testWithShared(
  name: string,
  file: string,
): (title: string, body: () => void | Promise<void>, timeout?: number) => void {
  const there = existsSync(sharedPath(file));
  return (title, body, timeout) =>
    there ? test(title, body, timeout) : test.skip(`${title} (skipped: ${name} is not here)`, body);
}
