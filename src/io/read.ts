/** Files of measurements of every format: the scans in them, and the one that is meant. */

import {
  InvalidParameterError,
  requireInteger,
  requireOneOf,
  requirePositive,
  ScanFormatError,
} from "../errors.ts";
import type { FileScan, Scan, ScanAxis, ScanFile } from "../types.ts";
import { HEAD, kindOfBytes, kindOfText } from "./detect.ts";
import type { Hdf5Library } from "./formats/hdf5.ts";
import type { CounterOptions } from "./formats/spec.ts";
import { joinRegions, projectMap } from "./join.ts";
import { averageRepeats, sortByAngle } from "./scan.ts";
import { decodeText, MAX_FILE_BYTES } from "./text.ts";
import { type ParseScanOptions, readColumns } from "./xy.ts";

/** What is read of a file; most options are for one format. */
export interface ReadScansOptions extends ParseScanOptions, CounterOptions {
  /** NeXus: the group of the data, such as "entry/data"; default: the file's default plot, else every NXdata. */
  readonly path?: string;
  /** NeXus: the module h5wasm, where it cannot be found by its name (bundles, edge runtimes): `await import("h5wasm")`. */
  readonly hdf5?: Hdf5Library;
}

/** Which scan of a file is taken, and how. */
export interface ChooseScanOptions extends Pick<ParseScanOptions, "angle"> {
  /** Which scan of the file, counted from 1, or SPEC's own number; needed where there are several. A list joins the regions
   *  of one scan. Of SPEC scans of one number, 12.2 is the second of number 12. */
  readonly scan?: number | readonly number[];
  /** Adds up the scans of a map (all, or those of `scan`) at each 2θ, along the angle of the sample. Default false. */
  readonly project?: boolean;
}

/** Which scan of a file is taken, and how the file is read. */
export interface ReadScanOptions extends ReadScansOptions, ChooseScanOptions {}

/** Every scan of a file: XRDML, BRML, RAW 1–4, UXD, RAS, RASX, Rigaku ASCII, CSV of Panalytical, text of Bruker, HR-XRDScan
 *  (.x00), NJA, SPEC, NeXus or text of columns. What the file is, its content says. Meshes are as many scans as they have runs.
 *
 *  Limits: 100 MB; 64 MB unpacked; 2 million points; 10 000 scans; 200 000 XML tags and attributes (docs/formats.md).
 *  @param file its bytes; or its text, where it is text
 *  @param options for text of columns, SPEC and NeXus
 *  @returns arrays that are yours to keep
 *  @throws {ScanFormatError} a file that is none of these, damaged, or beyond the limits
 *  @throws {InvalidParameterError} an option that cannot be
 *  @example
 *  const { format, scans } = await readScans(await readFile("scan.xrdml"));
 *  for (const { axis, wavelength, intensity } of scans) console.log(format, axis, wavelength, intensity.length); */
export async function readScans(
  file: Uint8Array | ArrayBuffer | string,
  options: ReadScansOptions = {},
): Promise<ScanFile> {
  if (typeof file === "string") return readText(file, options);
  const bytes = bytesOf(file);
  if (bytes.length > MAX_FILE_BYTES)
    throw new ScanFormatError(
      `the file has ${bytes.length} bytes, more than the ${MAX_FILE_BYTES} that are read`,
    );
  switch (kindOfBytes(bytes)) {
    case "zip":
      return (await readers()).readZip(bytes);
    case "raw":
      return (await readers()).readRaw(bytes);
    case "hdf5":
      return (await readers()).readHdf5(bytes, { library: options.hdf5, path: options.path });
    case "rigakuRaw":
      throw new ScanFormatError(
        "the file is a binary RAW of Rigaku, which is not read; export it as RAS, RASX or ASCII",
      );
    case "stoeRaw":
      throw new ScanFormatError(
        "the file is a binary RAW of Stoe (WinXPOW), which is not read; export it as text of columns (.xy, .xye)",
      );
    case "text":
      break;
  }
  // Rigaku's programs write Japanese Windows text.
  const isRas = kindOfText(latin1(bytes.subarray(0, HEAD))) === "ras";
  return readText(decodeText(bytes, isRas ? "shift_jis" : "windows-1252"), options);
}

/** The scan of a file, as the fit takes it: angles 2θ, ascending, points of one angle averaged.
 *
 *  Coupled scans and scans of the detector alone are taken as they are. The angles of a rocking scan are ω: it is refused,
 *  unless `angle` is "theta", which takes 2θ = 2ω, as is right for a detector that is open wide before a symmetric reflection.
 *  Wavelength, counting time, axis and attenuation are the file's, where it has them; `notes` say what was changed.
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
  return chooseScan(await readScans(file, options), options);
}

/** The scan that is meant among those of a file that was read: what `readScan` does after `readScans`, for those who take
 *  several scans of one file.
 *  @param file as `readScans` gives it, with the same `angle`
 *  @throws {ScanFormatError} several scans and no `scan`; a scan that has no 2θ; regions or maps that do not fit together
 *  @throws {InvalidParameterError} a scan that is not there; an `angle` that contradicts the file
 *  @example
 *  const file = await readScans(await readFile("scans.ras"));
 *  const scans = file.scans.map((_, i) => chooseScan(file, { scan: i + 1 })); */
export function chooseScan(file: ScanFile, { scan, angle, project = false }: ChooseScanOptions = {}): Scan {
  if (angle !== undefined) requireOneOf("angle", angle, ["twoTheta", "theta"]);
  const { scans } = file;
  const one = (each: FileScan): Scan => asScan(each, anglesOf(each, file.format === "text" ? "text" : angle));
  const places =
    scan === undefined
      ? project || scans.length === 1
        ? scans.map((_, i) => i)
        : undefined
      : (Array.isArray(scan) ? (scan as readonly number[]) : [scan as number]).map((n) => placeOf(file, n));
  if (places === undefined) throw severalScans(scans);
  if (places.length === 0) throw new InvalidParameterError("scan", "one scan or more", scan);
  const chosen = places.map((at) => scans[at]!);
  if (project) return projectMap(chosen);
  return chosen.length === 1 ? one(chosen[0]!) : joinRegions(chosen.map(one));
}

/** Place, from 0, of the scan that a number means. */
function placeOf({ scans }: ScanFile, wanted: number): number {
  if (!scans.some(({ number }) => number !== undefined)) {
    requireInteger("scan", wanted, 1, scans.length);
    return wanted - 1;
  }
  requirePositive("scan", wanted);
  const alike = scans.flatMap(({ number }, i) => (number === Math.floor(wanted) ? [i] : []));
  const which = Math.round(10 * (wanted - Math.floor(wanted)));
  if (alike.length === 0)
    throw new InvalidParameterError(
      "scan",
      `one of the file's numbers, ${scans
        .map(({ number }) => number)
        .slice(0, 20)
        .join(", ")}`,
      wanted,
    );
  if (which === 0 && alike.length > 1)
    throw new ScanFormatError(
      `the file has ${alike.length} scans of number ${wanted}: choose ${wanted}.1 … ${wanted}.${Math.min(alike.length, 9)}`,
    );
  const place = alike[which === 0 ? 0 : which - 1];
  if (place === undefined)
    throw new InvalidParameterError("scan", `at most ${Math.floor(wanted)}.${alike.length}`, wanted);
  return place;
}

function severalScans(scans: readonly FileScan[]): ScanFormatError {
  const list = scans
    .slice(0, 9)
    .map((each, i) => `${each.number ?? i + 1}: ${describeScan(each)}`)
    .join("; ");
  return new ScanFormatError(
    `the file holds ${scans.length} scans, and one is to be chosen: ${list}${scans.length > 9 ? "; …" : ""}. Regions of one scan are joined by a list (\`scan: [1, 2]\`, --scan 1,2), maps projected by \`project\` (--project)`,
  );
}

/** What a scan is, in a few words. */
export function describeScan({ axis, axisName, twoTheta, omega, position, intensity }: FileScan): string {
  const values = axis === "omega" ? omega : axis === "other" ? position : twoTheta;
  const range = values === undefined ? "" : ` ${round(values[0])}° … ${round(values[values.length - 1])}°`;
  const name = axis === undefined || axis === "other" ? (axisName ?? "2θ") : NAMES[axis];
  return `${name}${range}, ${intensity.length} points${offsetOf({ axis, twoTheta, omega })}`;
}

/** Which scan of a map it is. */
function offsetOf({
  axis,
  twoTheta,
  omega,
}: {
  axis: ScanAxis | undefined;
  twoTheta: Float64Array | undefined;
  omega: Float64Array | undefined;
}): string {
  if (twoTheta === undefined || omega === undefined) return "";
  if (axis === "omega") return ` at 2θ = ${round(twoTheta[0])}°`;
  if (axis === "2theta") return ` at ω = ${round(omega[0])}°`;
  const offset = omega[0]! - twoTheta[0]! / 2;
  return axis === "2theta-omega" && Math.abs(offset) > 5e-4 ? `, ω − θ = ${round(offset)}°` : "";
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

async function readText(text: string, options: ReadScansOptions): Promise<ScanFile> {
  const kind = kindOfText(text);
  return kind === "text"
    ? { format: "text", scans: [readColumns(text, options)] }
    : (await readers()).readTextOf(kind, text, options);
}

/** Each byte as a character: enough to see what a text is. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function bytesOf(file: Uint8Array | ArrayBuffer): Uint8Array {
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  throw new InvalidParameterError("file", "bytes or text", file);
}

/** @param angle what the angles are said to be; "text" where reading the text has seen to it */
function anglesOf(
  { axis, axisName, twoTheta, omega, refusal }: FileScan,
  angle: ParseScanOptions["angle"] | "text",
): Float64Array {
  if (refusal !== undefined) throw new ScanFormatError(`the scan is refused: ${refusal}`);
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
  const { axis, wavelength, countingTime, countUnit, intensity, attenuation, notes } = scan;
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
    ...(notes === undefined ? {} : { notes }),
  };
}
