/** Files of measurements of every format: the scans in them, and the one that is meant. */

import { InvalidParameterError, requireInteger, requireOneOf, ScanFormatError } from "../errors.ts";
import type { FileScan, Scan, ScanAxis, ScanFile } from "../types.ts";
import { kindOfBytes, kindOfText } from "./detect.ts";
import { averageRepeats, sortByAngle } from "./scan.ts";
import { decodeText, MAX_FILE_BYTES } from "./text.ts";
import { parseScan, type ParseScanOptions } from "./xy.ts";

export interface ReadScanOptions extends ParseScanOptions {
  /** Which scan of the file, counted from 1; needed where there are several. */
  readonly scan?: number;
}

/** Every scan of a file: XRDML, BRML, RAW 1–4, RAS, RASX or text of columns. What the file is, its content says.
 *
 *  Limits: 100 MB; 64 MB unpacked; 5 million points; 10 000 scans; a million XML tags and attributes (docs/formats.md).
 *  @param file its bytes; or its text, where it is text
 *  @param options for text of columns
 *  @returns arrays that are yours to keep
 *  @throws {ScanFormatError} a file that is none of these, damaged, or beyond the limits
 *  @throws {InvalidParameterError} an option that cannot be
 *  @example
 *  const { format, scans } = await readScans(await readFile("scan.xrdml"));
 *  for (const { axis, wavelength, intensity } of scans) console.log(format, axis, wavelength, intensity.length); */
export async function readScans(
  file: Uint8Array | ArrayBuffer | string,
  options: ParseScanOptions = {},
): Promise<ScanFile> {
  if (typeof file === "string") return readText(file, options);
  const bytes = bytesOf(file);
  if (bytes.length > MAX_FILE_BYTES)
    throw new ScanFormatError(
      `the file has ${bytes.length} bytes, more than the ${MAX_FILE_BYTES} that are read`,
    );
  const kind = kindOfBytes(bytes);
  if (kind === "zip") return (await readers()).readZip(bytes);
  if (kind === "raw") return (await readers()).readRaw(bytes);
  // Rigaku's programs write Japanese Windows text.
  const isRas = kindOfText(String.fromCharCode(...bytes.subarray(0, 100))) === "ras";
  return readText(decodeText(bytes, isRas ? "shift_jis" : "windows-1252"), options);
}

/** The scan of a file, as the fit takes it: angles 2θ, ascending, points of one angle averaged.
 *
 *  Coupled scans and scans of the detector alone are taken as they are. The angles of a rocking scan are ω: it is refused,
 *  unless `angle` is "theta", which takes 2θ = 2ω, as is right for a detector that is open wide before a symmetric reflection.
 *  Wavelength, counting time, axis and attenuation are the file's, where it has them.
 *  @param file its bytes; or its text, where it is text
 *  @throws {ScanFormatError} as readScans; several scans and no `scan`; a scan that has no 2θ
 *  @throws {InvalidParameterError} an option that cannot be, or that contradicts the file
 *  @example
 *  const scan = await readScan(await readFile("scan.brml"), { scan: 2 });
 *  console.log(scan.wavelength, scan.countingTime); */
export async function readScan(
  file: Uint8Array | ArrayBuffer | string,
  options: ReadScanOptions = {},
): Promise<Scan> {
  const { format, scans } = await readScans(file, options);
  if (options.scan !== undefined) requireInteger("scan", options.scan, 1, scans.length);
  if (options.scan === undefined && scans.length > 1) {
    const list = scans
      .slice(0, 9)
      .map((scan, i) => `${i + 1}: ${describeScan(scan)}`)
      .join("; ");
    throw new ScanFormatError(
      `the file holds ${scans.length} scans, and one is to be chosen: ${list}${scans.length > 9 ? "; …" : ""}`,
    );
  }
  const scan = scans[(options.scan ?? 1) - 1]!;
  if (format === "text") return asScan(scan, scan.twoTheta!);
  return asScan(scan, anglesOf(scan, options.angle));
}

/** What a scan is, in a few words. */
export function describeScan({ axis, axisName, twoTheta, omega, position, intensity }: FileScan): string {
  const values = axis === "omega" ? omega : axis === "other" ? position : twoTheta;
  const range = values === undefined ? "" : ` ${round(values[0])}° … ${round(values[values.length - 1])}°`;
  return `${axis === undefined || axis === "other" ? (axisName ?? "2θ") : NAMES[axis]}${range}, ${intensity.length} points`;
}

const NAMES: Readonly<Record<Exclude<ScanAxis, "other">, string>> = {
  "2theta-omega": "2θ–ω",
  "2theta": "2θ",
  omega: "ω",
};

function round(value: number | undefined): string {
  return String(Number((value ?? NaN).toFixed(4)));
}

const readers = () => import("./formats/readers.ts");

async function readText(text: string, options: ParseScanOptions): Promise<ScanFile> {
  const kind = kindOfText(text);
  if (kind === "xml") return (await readers()).readXrdml(text);
  if (kind === "ras") return (await readers()).readRas(text);
  return { format: "text", scans: [parseScan(text, options)] };
}

function bytesOf(file: Uint8Array | ArrayBuffer): Uint8Array {
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  throw new InvalidParameterError("file", "bytes or text", file);
}

function anglesOf(
  { axis, axisName, twoTheta, omega }: FileScan,
  angle: ParseScanOptions["angle"],
): Float64Array {
  if (angle !== undefined) requireOneOf("angle", angle, ["twoTheta", "theta"]);
  if (axis === "omega") {
    if (angle === "theta" && omega !== undefined) return omega.map((value) => 2 * value);
    const at = twoTheta === undefined ? "" : ` at 2θ = ${round(twoTheta[0])}°`;
    throw new ScanFormatError(
      `the scan is a rocking scan: its angles are ω, with the detector${at}; if that was open wide, read them as θ (\`angle: "theta"\`, --theta)`,
    );
  }
  if (axis === "other" || twoTheta === undefined)
    throw new ScanFormatError(`the scan is one of ${axisName ?? "another motor"}, not of 2θ`);
  if (angle === "theta")
    throw new InvalidParameterError(
      "angle",
      `"twoTheta" for this file, whose axis is ${axis ?? "2θ"}`,
      angle,
    );
  return twoTheta;
}

function asScan(scan: FileScan, angles: Float64Array): Scan {
  const { axis, wavelength, countingTime, countUnit, intensity, attenuation } = scan;
  if (!angles.every((value) => value > 0 && value < 180))
    throw new ScanFormatError("2θ must be between 0° and 180° everywhere");
  const points = averageRepeats(
    sortByAngle({ twoTheta: angles, intensity, ...(attenuation === undefined ? {} : { attenuation }) }),
  );
  if (points.twoTheta.length < 2) throw new ScanFormatError("all points have the same angle");
  return {
    ...points,
    ...(countUnit === undefined ? {} : { countUnit }),
    ...(wavelength === undefined ? {} : { wavelength }),
    ...(countingTime === undefined ? {} : { countingTime }),
    ...(axis === undefined ? {} : { axis }),
  };
}
