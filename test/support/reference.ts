/** Reference values of test/reference/, which the programs in tools/oracles/ make. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../reference/", import.meta.url));

export function referencePath(name: string): string {
  return folder + name;
}

export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(referencePath(name), "utf8")) as T;
}
