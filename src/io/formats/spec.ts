/** SPEC files (Certified Scientific Software, manual 3.13): `#S` begins a scan, `#L` names its columns, `#P` are positions of
 *  the motors that `#O` names. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { KEV_ANGSTROM } from "../../units.ts";
import { eachLine } from "../text.ts";
import { numberIn, numbersIn, requireReasonable, type Found } from "./fileScan.ts";
import { meshScans } from "./mesh.ts";

/** Which columns of a table of many counters are meant; by their labels. */
export interface CounterOptions {
  /** Intensity; default: the last column, as SPEC plots it. */
  readonly detector?: string;
  /** Intensity of the beam, by which counts are divided; "none" for none. Default: the column Monitor, mon or I0. */
  readonly monitor?: string;
  /** Factor by which an absorber weakens, ≥ 1; "none" where counts are corrected already. Default: none, but a column of
   *  transmissions (transm) is divided by, and one of filters that varies must be named here. */
  readonly attenuation?: string;
}

interface SpecScan {
  readonly number: number;
  readonly command: string;
  readonly line: number;
  readonly motors: ReadonlyMap<number, readonly string[]>;
  readonly positions: Map<number, readonly number[]>;
  labels: string[];
  readonly rows: Float64Array[];
  seconds?: number | undefined;
  lambda?: number | undefined;
  comment: string;
}

const TWO_THETA = /^(?:tth|two ?theta|2theta|ttheta|del|delta)$/i;
const OMEGA = /^(?:th|theta|om|omega|eta|samth)$/i;
const MONITOR = /^(?:mon|monitor|i0|izero)$/i;
const TRANSMISSION = /^(?:trans|transm|transmission)$/i;
const ABSORBER = /^(?:att\w*|abs\w*|filters?|filt\w*|foils?|corr\w*)$/i;

/** Every scan of two points or more, in the order of the file; a mesh is as many scans of one number.
 *  @throws {ScanFormatError} naming the line: a row of another length than the labels, a counter that is not there */
export function readSpec(text: string, counters: CounterOptions = {}): ScanFile {
  const scans = parse(text);
  const found = scans.filter(({ rows }) => rows.length > 1).flatMap((scan) => scansOf(scan, counters));
  requireReasonable("scans", found.length);
  if (found.length === 0) throw new ScanFormatError("the SPEC file holds no scan of two points or more");
  return { format: "spec", scans: found };
}

function parse(text: string): SpecScan[] {
  const scans: SpecScan[] = [];
  let motors = new Map<number, readonly string[]>();
  let scan: SpecScan | undefined;
  let inArray = false;
  eachLine(text, (raw, number) => {
    const line = raw.trim();
    // Spectra of multichannel analysers go on over several lines.
    if (inArray || line.startsWith("@")) {
      inArray = line.endsWith("\\");
      return;
    }
    if (line === "") return;
    const control = /^#([A-Za-z]+)(\d*)\s*(.*)$/.exec(line);
    if (control === null) {
      if (line.startsWith("#")) return;
      if (scan === undefined) throw new ScanFormatError("a row stands before the first scan (#S)", number);
      addRow(scan, line, number);
      return;
    }
    const [, key, index, rest] = control as unknown as [string, string, string, string];
    if (key === "F") [motors, scan] = [new Map<number, readonly string[]>(), undefined];
    else if (key === "O") motors.set(Number(index), rest.split(/\s{2,}/));
    else if (key === "S") {
      const head = /^(\d+)\s*(.*)$/.exec(rest);
      if (head === null) throw new ScanFormatError("a scan (#S) has no number", number);
      requireReasonable("scans", scans.length + 1);
      scan = {
        number: Number(head[1]),
        command: head[2]!,
        line: number,
        motors,
        positions: new Map(),
        labels: [],
        rows: [],
        comment: "",
      };
      scans.push(scan);
    } else if (scan !== undefined) meet(scan, { key, index, rest });
  });
  return scans;
}

function meet(scan: SpecScan, { key, index, rest }: { key: string; index: string; rest: string }): void {
  const numbers = (): number[] => rest.split(/\s+/).map((field) => numberIn(field) ?? NaN);
  if (key === "L") scan.labels = rest.split(/\s{2,}|\t/);
  else if (key === "P") scan.positions.set(Number(index), numbers());
  else if (key === "T") scan.seconds = numberIn(rest.split(/\s+/)[0]);
  else if (key === "C") scan.comment ||= rest;
  // H, K, L and the wavelength lead the parameters of four- and six-circle geometries.
  else if (key === "G" && index === "4") scan.lambda = numbers()[3];
}

function addRow(scan: SpecScan, line: string, number: number): void {
  const row = numbersIn(line, `line ${number}`);
  if (scan.labels.length === 0)
    throw new ScanFormatError(`scan ${scan.number} has no labels (#L) above its rows`, number);
  if (row.length !== scan.labels.length)
    throw new ScanFormatError(
      `the row has ${row.length} numbers, and scan ${scan.number} ${scan.labels.length} labels (#L)`,
      number,
    );
  requireReasonable("points", scan.rows.length + 1);
  scan.rows.push(row);
}

function scansOf(scan: SpecScan, counters: CounterOptions): FileScan[] {
  const column = (at: number) => Float64Array.from(scan.rows, (row) => row[at]!);
  const motor = (name: RegExp) => {
    const at = scan.labels.findIndex((label) => name.test(label.trim()));
    if (at >= 0) return column(at);
    const stood = positionOf(scan, name);
    return stood === undefined ? undefined : new Float64Array(scan.rows.length).fill(stood);
  };
  const first = scan.labels[0] ?? "";
  const twoTheta = motor(TWO_THETA);
  const isAngle = [TWO_THETA, OMEGA].some((name) => name.test(first.trim()));
  const beam = beamOf(scan, counters);
  const found: Found = {
    axisName: first,
    ...(isAngle ? {} : { axis: "other" as const }),
    ...(isAngle || twoTheta !== undefined ? { twoTheta, omega: motor(OMEGA) } : {}),
    position: column(0),
    counts: column(beam.detector),
    attenuation: beam.factors,
    countingTime: scan.seconds,
    tube: { alpha1: wavelengthOf(scan) },
    motors: stillMotors(scan),
    comment: [scan.command, scan.comment].filter((words) => words !== "").join("; "),
    number: scan.number,
    refusal: beam.refusal,
    runsFreely: true,
  };
  const scans = meshScans(found);
  return beam.note === undefined
    ? scans
    : scans.map((each) => ({ ...each, notes: [...(each.notes ?? []), beam.note!] }));
}

/** Motors that are no column, and not those of 2θ and ω. */
function stillMotors({
  motors,
  positions,
  labels,
}: SpecScan): [name: string, position: number | undefined][] {
  return [...motors]
    .flatMap(([row, names]) =>
      names.map((name, i): [string, number | undefined] => [name, positions.get(row)?.[i]]),
    )
    .filter(([name]) => !labels.includes(name) && !TWO_THETA.test(name.trim()) && !OMEGA.test(name.trim()));
}

function positionOf({ motors, positions }: SpecScan, name: RegExp): number | undefined {
  for (const [row, names] of motors) {
    const at = names.findIndex((each) => name.test(each.trim()));
    const value = at < 0 ? undefined : positions.get(row)?.[at];
    if (value !== undefined && Number.isFinite(value)) return value;
  }
  return undefined;
}

/** From the geometry's parameters or a motor of the energy; undefined where the two contradict each other. */
function wavelengthOf(scan: SpecScan): number | undefined {
  const lambda = scan.lambda !== undefined && scan.lambda > 0.1 && scan.lambda < 10 ? scan.lambda : undefined;
  const energy = positionOf(scan, /^(?:energy|mono_?energy|e_?mono)$/i);
  const keV = energy === undefined ? undefined : energy > 1000 ? energy / 1000 : energy;
  const fromEnergy = keV !== undefined && keV > 1 && keV < 150 ? KEV_ANGSTROM / keV : undefined;
  if (lambda === undefined || fromEnergy === undefined) return lambda ?? fromEnergy;
  return Math.abs(lambda / fromEnergy - 1) < 1e-3 ? lambda : undefined;
}

interface Beam {
  readonly detector: number;
  /** By which the counts are to be multiplied. */
  readonly factors?: Float64Array;
  readonly refusal?: string;
  readonly note?: string;
}

/** Detector, and what the counts are multiplied by: monitor and absorber. */
function beamOf(scan: SpecScan, counters: CounterOptions): Beam {
  const { labels, rows } = scan;
  const place = (option: string, name: string): number => {
    const at = labels.findIndex((label) => label.trim() === name);
    if (at < 0)
      throw new ScanFormatError(
        `scan ${scan.number} has no column ${JSON.stringify(name.slice(0, 40))} (${option}); it has ${labels.join(", ").slice(0, 200)}`,
        scan.line,
      );
    return at;
  };
  const like = (name: RegExp): number => labels.findIndex((label) => name.test(label.trim()));
  const chosen = (option: "monitor" | "attenuation", otherwise: number): number =>
    counters[option] === undefined
      ? otherwise
      : counters[option] === "none"
        ? -1
        : place(option, counters[option]);
  const detector = counters.detector === undefined ? labels.length - 1 : place("detector", counters.detector);
  const monitor = chosen("monitor", like(MONITOR));
  const attenuation = chosen("attenuation", -1);
  const transmission = counters.attenuation === undefined ? like(TRANSMISSION) : -1;
  const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  const special = [monitor, attenuation, transmission];
  if (special.includes(detector))
    return {
      detector,
      refusal: `its last column, ${labels[detector]!}, is no detector; choose one (\`detector\`)`,
    };
  const factors = new Float64Array(rows.length).fill(1);
  const notes: string[] = [];
  const divide = (at: number, what: string, relative: boolean): void => {
    if (at < 0) return;
    const values = column(at);
    if (!values.every((value) => value > 0))
      throw new ScanFormatError(`${what} ${labels[at]!} of scan ${scan.number} is not above zero`, scan.line);
    const mean = relative ? values.reduce((a, b) => a + b, 0) / values.length : 1;
    values.forEach((value, i) => (factors[i]! *= mean / value));
    notes.push(`Counts are divided by ${what} ${labels[at]!}${relative ? ", relative to its mean" : ""}.`);
  };
  divide(monitor, "the monitor", true);
  divide(transmission, "the transmission", false);
  if (attenuation >= 0) {
    column(attenuation).forEach((value, i) => (factors[i]! *= value));
    notes.push(`Counts are multiplied by the attenuation ${labels[attenuation]!}.`);
  }
  const open = counters.attenuation === undefined && transmission < 0 ? like(ABSORBER) : -1;
  const varies = open >= 0 && open !== detector && column(open).some((value) => value !== rows[0]![open]);
  return {
    detector,
    factors,
    ...(varies
      ? {
          refusal: `its column ${labels[open]!} varies, and may be a factor, a number of filters or done already: name it (\`attenuation\`), or "none"`,
        }
      : {}),
    ...(notes.length === 0 ? {} : { note: notes.join(" ") }),
  };
}
