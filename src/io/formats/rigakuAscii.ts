/** Rigaku's ASCII (`*TYPE = Raw`): keywords `*NAME = value`; groups of evenly spaced intensities, several a line. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { eachLine } from "../text.ts";
import { anglesOfAxis } from "./axes.ts";
import { fileScan, numberIn, numbersIn, pointCounter, requireReasonable, stepped } from "./fileScan.ts";

/** Keywords before `*BEGIN` hold for every group, those after it for its own. */
interface Group {
  readonly keys: Map<string, string>;
  readonly values: number[];
  readonly line: number;
}

/** Every group of the file, each a scan.
 *  @throws {ScanFormatError} naming the line: a group cut off, of another number of points than it says, or without angles */
export function readRigakuAscii(text: string): ScanFile {
  const common = new Map<string, string>();
  const scans: FileScan[] = [];
  const takePoints = pointCounter();
  let group: Group | undefined;
  eachLine(text, (raw, number) => {
    const line = raw.replace("\u001a", "").trim();
    if (line === "" || line.startsWith("#") || /^\*\s/.test(line)) return;
    const key = /^\*([A-Z][A-Z0-9_]*)\s*(?:=\s*(.*))?$/.exec(line);
    if (key !== null) {
      const [, name, value = ""] = key;
      if (name === "BEGIN") {
        if (group !== undefined) throw new ScanFormatError("a group begins within another", number);
        group = { keys: new Map(common), values: [], line: number };
      } else if (name === "END") {
        if (group === undefined) throw new ScanFormatError("a group ends that did not begin", number);
        requireReasonable("scans", scans.length + 1);
        takePoints(group.values.length);
        scans.push(scanOf(group));
        group = undefined;
      } else if (name !== "EOF") (group?.keys ?? common).set(name!, value.trim());
      return;
    }
    if (group === undefined)
      throw new ScanFormatError(`${JSON.stringify(line.slice(0, 30))} stands outside a group`, number);
    const row = numbersIn(line.replace(/[\s,;]+$/, ""), `line ${number}`);
    requireReasonable("points", group.values.length + row.length);
    for (const value of row) group.values.push(value);
  });
  if (group !== undefined) throw new ScanFormatError("the file is cut off: the last group has no end");
  const expected = numberIn(common.get("GROUP_COUNT"));
  if (expected !== undefined && expected !== scans.length)
    throw new ScanFormatError(`the file has ${scans.length} groups, and *GROUP_COUNT says ${expected}`);
  if (scans.length === 0) throw new ScanFormatError("the file holds no group");
  return { format: "rigaku-ascii", scans };
}

function scanOf({ keys, values, line }: Group): FileScan {
  const number = (key: string) => numberIn(keys.get(key));
  const [start, step, stop, count] = ["START", "STEP", "STOP", "COUNT"].map(number);
  const offset = number("OFFSET") ?? 0;
  const xUnit = keys.get("XUNIT") ?? "deg.";
  if (start === undefined || step === undefined || step === 0)
    throw new ScanFormatError("a group needs *START and *STEP", line);
  if (!/^deg/i.test(xUnit))
    throw new ScanFormatError(
      `the angles are in ${JSON.stringify(xUnit.slice(0, 20))}, not in degrees`,
      line,
    );
  if (offset !== 0)
    throw new ScanFormatError(`the group has an *OFFSET of ${offset}, whose sense is not known`, line);
  if (count !== undefined && count !== values.length)
    throw new ScanFormatError(`the group has ${values.length} points, and *COUNT says ${count}`, line);
  const last = start + step * (values.length - 1);
  if (stop !== undefined && Math.abs(stop - last) > 0.5 * Math.abs(step))
    throw new ScanFormatError(`the group ends at ${last.toFixed(4)}, and *STOP says ${stop}`, line);
  const unit = keys.get("YUNIT") ?? "";
  const axis = keys.get("SCAN_AXIS") ?? "";
  return fileScan({
    axisName: axis,
    ...anglesOfAxis(stepped(start, step, values.length), { axis }),
    counts: Float64Array.from(values),
    intensityUnit: /^cps$/i.test(unit) ? "cps" : /^counts?$/i.test(unit) ? "counts" : undefined,
    countingTime: countingTime(keys, step),
    tube: tubeOf(keys),
    sample: keys.get("SAMPLE"),
    comment: keys.get("COMMENT"),
  });
}

/** Seconds a point, where the unit of the speed is said or follows from the mode. */
function countingTime(keys: ReadonlyMap<string, string>, step: number): number | undefined {
  const speed = numberIn(keys.get("SPEED"));
  if (speed === undefined || speed <= 0) return undefined;
  const unit = keys.get("SPEED_DIM") ?? keys.get("SPEED_UNIT") ?? "";
  const mode = keys.get("MEAS_MODE") ?? keys.get("SCAN_MODE") ?? "";
  if (/^s(?:ec)?\b/i.test(unit)) return speed;
  if (/min/i.test(unit) || (unit === "" && /^cont/i.test(mode)))
    return Number(((60 * Math.abs(step)) / speed).toPrecision(12));
  return undefined;
}

function tubeOf(keys: ReadonlyMap<string, string>) {
  const [alpha1, alpha2] = [numberIn(keys.get("WAVE_LENGTH1")), numberIn(keys.get("WAVE_LENGTH2"))];
  const line = (keys.get("XRAY_CHAR") ?? "").replace(/[^A-Za-z0-9]/g, "");
  if (/^k(?:alpha|a)1$/i.test(line)) return { alpha1 };
  if (/^k(?:alpha|a)2$/i.test(line)) return { alpha1: alpha2 };
  // The file has no wavelength of Kβ.
  if (/^k(?:beta|b)/i.test(line)) return {};
  return { alpha1, alpha2, ratio: 0.5 };
}
