/** Rigaku RAS (text) and RASX (an archive with a profile and the conditions of each scan). */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { decodeText, eachLine } from "../text.ts";
import { anglesOfAxis } from "./axes.ts";
import { fileScan, numberIn, numbersIn, pointCounter, requireReasonable, type Tube } from "./fileScan.ts";
import { parseXml, type Element } from "./xml.ts";

const PROFILE = /^(?:.*\/)?Data(\d+)\/Profile(\d+)\.txt$/;

type Motors = readonly (readonly [name: string, position: number | undefined])[];

/** What both formats say of a scan, under names of their own. */
interface Conditions {
  /** "TwoThetaOmega", "Omega", … */
  readonly axis: string;
  /** Where motors stood before the scan, degrees. */
  readonly twoTheta?: number | undefined;
  readonly omega?: number | undefined;
  readonly motors?: Motors;
  readonly step?: number | undefined;
  readonly speed?: number | undefined;
  readonly speedUnit?: string | undefined;
  readonly intensityUnit?: string | undefined;
  /** "Ka1" behind a monochromator, "Ka" with both lines, "Kb". */
  readonly waveType?: string | undefined;
  readonly alpha1?: number | undefined;
  readonly alpha2?: number | undefined;
  readonly beta?: number | undefined;
  readonly sample?: string | undefined;
  readonly comment?: string | undefined;
}

/** Every scan of a RAS file.
 *  @throws {ScanFormatError} naming the line */
export function readRas(text: string): ScanFile {
  const scans: FileScan[] = [];
  let header = new Map<string, string>();
  let rows: string[] | undefined;
  let firstRow = 0;
  let disabled = 0;
  const takePoints = pointCounter();
  eachLine(text, (raw, number) => {
    const line = raw.trim();
    if (line === "*RAS_HEADER_START") header = new Map();
    else if (line === "*RAS_INT_START") {
      if (rows !== undefined) throw new ScanFormatError("a scan begins within another", number);
      rows = [];
      disabled = 0;
      firstRow = number + 1;
    } else if (line === "*RAS_INT_END") {
      if (rows === undefined) throw new ScanFormatError("a scan ends that did not begin", number);
      requireReasonable("scans", scans.length + 1);
      requireCount(rows.length + disabled, header, firstRow);
      scans.push(scanOf(rows, conditionsOfRas(header), firstRow));
      rows = undefined;
    } else if (rows !== undefined) {
      // Rows that someone has put out of use.
      if (line.startsWith("#")) disabled++;
      if (line === "" || line.startsWith("#")) return;
      takePoints(1);
      rows.push(line);
    } else {
      const match = /^\*(\S+)\s+"?(.*?)"?$/.exec(line);
      if (match !== null) header.set(match[1], match[2].trim());
    }
  });
  if (rows !== undefined) throw new ScanFormatError("the file is cut off: the last scan has no end");
  if (scans.length === 0) throw new ScanFormatError("the RAS file holds no scan");
  return { format: "ras", scans };
}

/** @param count of rows, those put out of use among them */
function requireCount(count: number, header: ReadonlyMap<string, string>, line: number): void {
  const expected = numberIn(header.get("MEAS_DATA_COUNT"));
  if (expected !== undefined && expected > 0 && expected !== count)
    throw new ScanFormatError(`the scan has ${count} points, and MEAS_DATA_COUNT says ${expected}`, line);
}

/** Whether an archive is a RASX file. */
export function isRasx(names: Iterable<string>): boolean {
  return [...names].some((name) => PROFILE.test(name));
}

/** Every scan of a RASX file, in the order of their numbers.
 *  @throws {ScanFormatError} */
export function readRasx(files: ReadonlyMap<string, () => Uint8Array>): ScanFile {
  const profiles = [...files.keys()].flatMap((name) => {
    const match = PROFILE.exec(name);
    return match === null ? [] : [{ name, folder: Number(match[1]), number: Number(match[2]) }];
  });
  requireReasonable("scans", profiles.length);
  profiles.sort((a, b) => a.folder - b.folder || a.number - b.number);
  const takePoints = pointCounter();
  const scans = profiles.map(({ name, number }) => {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    // The name is misspelt in the files.
    const conditions =
      files.get(`${folder}MesurementConditions${number}.xml`) ??
      files.get(`${folder}MeasurementConditions${number}.xml`);
    const bytes = files.get(name)!();
    takePoints(linesIn(bytes));
    const rows: string[] = [];
    eachLine(decodeText(bytes), (line) => {
      if (line.trim() !== "") rows.push(line.trim());
    });
    return scanOf(
      rows,
      conditions === undefined ? { axis: "" } : conditionsOfRasx(parseXml(decodeText(conditions()))),
    );
  });
  return { format: "rasx", scans };
}

/** Line feeds, before anything is made of the lines. */
function linesIn(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10 || byte === 13) count++;
  return bytes.includes(13) && bytes.includes(10) ? count / 2 : count;
}

/** @param rows texts of angle, counts and the factor of the attenuator, by which the counts are to be multiplied */
function scanOf(rows: readonly string[], conditions: Conditions, firstLine = 1): FileScan {
  const columns = [0, 1, 2].map(() => new Float64Array(rows.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  rows.forEach((row, i) => {
    const values = numbersIn(row, `line ${firstLine + i}`);
    if (values.length < 2) throw new ScanFormatError("angle and intensity are needed", firstLine + i);
    columns[0][i] = values[0];
    columns[1][i] = values[1];
    columns[2][i] = values[2] ?? 1;
  });
  const [position, counts, attenuation] = columns;
  const intensityUnit = /^cps$/i.test(conditions.intensityUnit ?? "")
    ? "cps"
    : /^counts?$/i.test(conditions.intensityUnit ?? "")
      ? "counts"
      : undefined;
  return fileScan({
    axisName: conditions.axis,
    ...anglesOfAxis(position, conditions),
    counts,
    attenuation,
    intensityUnit,
    countingTime: countingTime(conditions),
    tube: tubeOf(conditions),
    motors: conditions.motors?.filter(([name]) => !["TwoTheta", "Omega", conditions.axis].includes(name)),
    sample: conditions.sample,
    comment: conditions.comment,
  });
}

/** Seconds a point: the step over the speed of a continuous scan, the time itself of a stepped one. */
function countingTime({ speed, speedUnit = "", step }: Conditions): number | undefined {
  if (speed === undefined) return undefined;
  if (/^s(ec)?\.?$/i.test(speedUnit)) return speed;
  if (!/\/min$/i.test(speedUnit) || step === undefined || speed === 0) return undefined;
  // Steps such as 0.02 are not exact in binary.
  return Number(((60 * Math.abs(step)) / Math.abs(speed)).toPrecision(12));
}

function tubeOf({ waveType = "", alpha1, alpha2, beta }: Conditions): Tube {
  if (/^Kb/i.test(waveType)) return { alpha1: beta };
  if (/^Ka2/i.test(waveType)) return { alpha1: alpha2 };
  // The files have no ratio; that of the 2p levels is 1/2.
  return /^Ka1/i.test(waveType) ? { alpha1 } : { alpha1, alpha2, ratio: 0.5 };
}

function conditionsOfRas(header: ReadonlyMap<string, string>): Conditions {
  const number = (name: string) => numberIn(header.get(name));
  const motors: [string, number | undefined][] = [];
  for (let i = 0; header.has(`MEAS_COND_AXIS_NAME_INTERNAL-${i}`); i++)
    motors.push([header.get(`MEAS_COND_AXIS_NAME_INTERNAL-${i}`)!, number(`MEAS_COND_AXIS_POSITION-${i}`)]);
  return {
    axis: header.get("MEAS_SCAN_AXIS_X_INTERNAL") ?? header.get("MEAS_SCAN_AXIS_X") ?? "",
    twoTheta: positionOf(motors, "TwoTheta"),
    omega: positionOf(motors, "Omega"),
    motors,
    step: number("MEAS_SCAN_STEP"),
    speed: number("MEAS_SCAN_SPEED"),
    speedUnit: header.get("MEAS_SCAN_SPEED_UNIT"),
    intensityUnit: header.get("MEAS_SCAN_UNIT_Y"),
    waveType: header.get("MEAS_COND_XG_WAVE_TYPE"),
    alpha1: number("HW_XG_WAVE_LENGTH_ALPHA1"),
    alpha2: number("HW_XG_WAVE_LENGTH_ALPHA2"),
    beta: number("HW_XG_WAVE_LENGTH_BETA"),
    sample: header.get("FILE_SAMPLE"),
    comment: joined(header.get("FILE_COMMENT"), header.get("FILE_MEMO")),
  };
}

function conditionsOfRasx(root: Element): Conditions {
  const general = root.at("GeneralInformation");
  const scan = root.at("ScanInformation");
  const tube = root.at("HWConfigurations", "XrayGenerator");
  const motors = (root.at("Axes")?.all("Axis") ?? []).map(
    (axis) => [axis.attribute("Name") ?? "", numberIn(axis.attribute("Position"))] as const,
  );
  const text = (parent: Element | undefined, name: string) => parent?.at(name)?.text;
  return {
    axis: text(scan, "AxisName") ?? "",
    twoTheta: positionOf(motors, "TwoTheta"),
    omega: positionOf(motors, "Omega"),
    motors,
    step: numberIn(text(scan, "Step")),
    speed: numberIn(text(scan, "Speed")),
    speedUnit: text(scan, "SpeedUnit"),
    intensityUnit: text(scan, "IntensityUnit"),
    waveType: text(tube, "WaveType"),
    alpha1: numberIn(text(tube, "WavelengthKalpha1")),
    alpha2: numberIn(text(tube, "WavelengthKalpha2")),
    beta: numberIn(text(tube, "WavelengthKbeta")),
    sample: text(general, "SampleName"),
    comment: joined(text(general, "Comment"), text(general, "Memo")),
  };
}

function positionOf(motors: Motors, wanted: string): number | undefined {
  return motors.find(([name]) => name === wanted)?.[1];
}

function joined(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text.trim() !== "").join("; ");
}
