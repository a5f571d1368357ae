/** `takagi read`: what a file of measurements holds. */

import { InvalidParameterError } from "../errors.ts";
import { describeScan, readScans } from "../io/read.ts";
import type { FileScan, ScanFile } from "../types.ts";
import { optional } from "./experiment.ts";
import { inFile, readBytes } from "./files.ts";
import { readOptions, type ScanFlags } from "./scanFile.ts";
import { EXIT, type Terminal } from "./terminal.ts";

export interface ReadFlags extends ScanFlags {
  readonly json?: boolean;
}

export async function runRead(path: string, flags: ReadFlags, terminal: Terminal): Promise<number> {
  const bytes = await readBytes(path);
  const file = await inFile(path, () => readScans(bytes, readOptions(flags)));
  const chosen = numbered(file, flags.scan);
  if (flags.json === true) {
    const { format, version } = file;
    terminal.out(
      `${JSON.stringify({ format, ...optional("version", version), scans: chosen.map(([number, scan]) => scanJson(number, scan)) })}\n`,
    );
    return EXIT.ok;
  }
  const count = file.scans.length;
  terminal.out(
    `${path}: ${[file.format, file.version].filter((part) => part !== undefined).join(" ")}, ${count} scan${count === 1 ? "" : "s"}\n`,
  );
  for (const [number, scan] of chosen) terminal.out(scanLines(number, scan));
  return EXIT.ok;
}

/** Scans under the numbers by which they are chosen: their own in SPEC files, else their places. */
function numbered(
  { scans }: ScanFile,
  wanted: readonly number[] | undefined,
): [number: number, scan: FileScan][] {
  const all = scans.map((each, i): [number, FileScan] => [each.number ?? i + 1, each]);
  if (wanted === undefined) return all;
  const missing = wanted.find((number) => !all.some(([each]) => each === Math.floor(number)));
  if (missing !== undefined)
    throw new InvalidParameterError("--scan", `one of the file's ${scans.length} scans`, missing);
  return all.filter(([number]) => wanted.some((each) => Math.floor(each) === number));
}

/** Arrays are plain, so that JSON.stringify writes them as such. */
function scanJson(number: number, scan: FileScan) {
  const plain = Object.entries(scan).map(([name, value]) => [
    name,
    value instanceof Float64Array ? Array.from(value) : (value as unknown),
  ]);
  return { number, points: scan.intensity.length, ...(Object.fromEntries(plain) as object) };
}

function scanLines(number: number, scan: FileScan): string {
  const {
    axisName,
    countingTime,
    wavelength,
    lines,
    attenuation,
    intensityUnit,
    countUnit,
    intensity,
    motors,
    sample,
    comment,
    notes = [],
    refusal,
  } = scan;
  const details = [
    axisName === undefined ? "" : `axis "${axisName}"`,
    wavelength === undefined
      ? "wavelength not in the file"
      : `λ = ${wavelength} Å${lines !== undefined && lines.length > 1 ? ` (and ${lines[1]!.wavelength} Å, ${lines[1]!.weight} times as strong)` : ""}`,
    countingTime === undefined ? "" : `${countingTime} s a point`,
    `up to ${highest(intensity)}${intensityUnit === undefined ? "" : ` ${intensityUnit}`}`,
    countUnit === undefined || countUnit === 1 ? "" : `one count adds ${countUnit}`,
    attenuation === undefined ? "" : `attenuated up to ${highest(attenuation)} times`,
  ];
  const labels = [
    sample === undefined ? "" : `sample: ${sample}`,
    comment === undefined ? "" : `comment: ${comment}`,
    motors === undefined
      ? ""
      : `motors: ${Object.entries(motors)
          .map(([name, position]) => `${name} ${position}`)
          .join(", ")}`,
    ...notes.map((note) => `note: ${note}`),
    refusal === undefined ? "" : `not to be fitted as it is: ${refusal}`,
  ];
  const lineOf = (parts: readonly string[]) => parts.filter((part) => part !== "").join("; ");
  const rows = [
    `${String(number).padStart(3)}  ${describeScan(scan)}`,
    ...[lineOf(details), ...labels].filter((row) => row !== "").map((row) => `     ${row}`),
  ];
  return `${rows.join("\n")}\n`;
}

/** To nine digits: 2004.0021, where the product of counts and a factor has more that say nothing. */
function highest(values: Float64Array): number {
  return Number(values.reduce((a, b) => Math.max(a, b), 0).toPrecision(9));
}
