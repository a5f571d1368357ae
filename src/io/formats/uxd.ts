/** Bruker UXD: keywords `_NAME = value`, and ranges of data. The mark above the data says two things: `2THETA`, that the
 *  position of the drive stands before each intensity; `COUNTS` or `CPS`, the unit (DIFFRAC plus, XCH). */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { eachLine } from "../text.ts";
import { anglesOfAxis } from "./axes.ts";
import { fileScan, numberIn, numbersIn, pointCounter, requireReasonable, stepped } from "./fileScan.ts";

const DATA = /^_(2THETA)?(COUNTS|CPS)\s*(?:=.*)?$/;
const KEY = /^_([A-Z0-9][A-Z0-9_+\-.]*)\s*(?:=\s*(.*))?$/;

/** Of one range only; others hold for all that follow. */
const OF_RANGE =
  /^(?:DRIVE|STEPTIME|STEPSIZE|STEPMODE|STEPCOUNT|START|THETA|2THETA|KHI|CHI|PHI|X|Y|Z|AUX\d|TEMP\w*|TIMESTARTED)$/;

interface Range {
  readonly isPaired: boolean;
  readonly unit: "counts" | "cps";
  readonly values: number[];
  readonly line: number;
}

/** Every range of a UXD file, each a scan.
 *  @throws {ScanFormatError} naming the line: a keyword of data that is not known, a range without start or step, rows that do
 *  not fit the mark above them */
export function readUxd(text: string): ScanFile {
  const scans: FileScan[] = [];
  const keys = new Map<string, string>();
  const takePoints = pointCounter();
  let range: Range | undefined;
  const close = (): void => {
    if (range === undefined) return;
    requireReasonable("scans", scans.length + 1);
    takePoints(range.values.length / (range.isPaired ? 2 : 1));
    scans.push(scanOf(range, keys));
    for (const key of keys.keys()) if (OF_RANGE.test(key)) keys.delete(key);
    range = undefined;
  };
  eachLine(text, (raw, number) => {
    const line = raw.replace("\u001a", "").trim();
    if (line === "" || line.startsWith(";")) return;
    const data = DATA.exec(line.toUpperCase());
    if (data !== null) {
      close();
      const unit = data[2] === "CPS" ? "cps" : "counts";
      range = { isPaired: data[1] !== undefined, unit, values: [], line: number };
      return;
    }
    const key = KEY.exec(line.replace(/^_\S+/, (name) => name.toUpperCase()));
    if (key !== null) {
      if (/COUNTS|CPS/.test(key[1]!))
        throw new ScanFormatError(`data of the kind _${key[1]!.slice(0, 30)} are not read`, number);
      close();
      keys.set(key[1]!, (key[2] ?? "").trim().replace(/^'(.*)'$|^"(.*)"$/, "$1$2"));
      return;
    }
    if (range === undefined)
      throw new ScanFormatError(`${JSON.stringify(line.slice(0, 30))} stands outside the data`, number);
    addRow(range, line, number);
  });
  close();
  if (scans.length === 0) throw new ScanFormatError("the UXD file holds no range");
  return { format: "uxd", ...version(keys), scans };
}

function version(keys: ReadonlyMap<string, string>): { version?: string } {
  const found = keys.get("FILEVERSION");
  return found === undefined || found === "" ? {} : { version: found.slice(0, 20) };
}

function addRow({ isPaired, values }: Range, line: string, number: number): void {
  const row = numbersIn(line.replace(/[\s,;]+$/, ""), `line ${number}`);
  if (isPaired && row.length !== 2)
    throw new ScanFormatError(`a row of position and intensity has ${row.length} numbers`, number);
  requireReasonable("points", values.length + row.length);
  for (const value of row) values.push(value);
}

function scanOf({ isPaired, unit, values, line }: Range, keys: ReadonlyMap<string, string>): FileScan {
  const number = (key: string) => numberIn(keys.get(key));
  const count = isPaired ? values.length / 2 : values.length;
  const expected = number("STEPCOUNT");
  if (expected !== undefined && expected !== count)
    throw new ScanFormatError(`the range has ${count} points, and _STEPCOUNT says ${expected}`, line);
  const counts = isPaired ? Float64Array.from({ length: count }, (_, i) => values[2 * i + 1]!) : values;
  return fileScan({
    axisName: keys.get("DRIVE"),
    ...anglesOfAxis(
      isPaired ? Float64Array.from({ length: count }, (_, i) => values[2 * i]!) : even(keys, count, line),
      { axis: keys.get("DRIVE") ?? "", twoTheta: number("2THETA"), omega: number("THETA") },
    ),
    counts: Float64Array.from(counts),
    intensityUnit: unit,
    countingTime: number("STEPTIME"),
    tube: tubeOf(keys),
    sample: keys.get("SAMPLE"),
    comment: keys.get("COMMENT"),
  });
}

function even(keys: ReadonlyMap<string, string>, count: number, line: number): Float64Array {
  const [start, step] = [numberIn(keys.get("START")), numberIn(keys.get("STEPSIZE"))];
  if (start === undefined || step === undefined || step === 0)
    throw new ScanFormatError("a range without positions needs _START and _STEPSIZE", line);
  return stepped(start, step, count);
}

/** Wavelengths in Å; `_WL_UNIT` may be nm. */
function tubeOf(keys: ReadonlyMap<string, string>) {
  const unit = (keys.get("WL_UNIT") ?? "A").toLowerCase();
  const factor = /^(?:a|å|angstrom)/.test(unit) ? 1 : unit.startsWith("nm") ? 10 : undefined;
  const wavelength = (key: string) => {
    const value = numberIn(keys.get(key));
    return value === undefined || factor === undefined ? undefined : value * factor;
  };
  return { alpha1: wavelength("WL1"), alpha2: wavelength("WL2"), ratio: numberIn(keys.get("WLRATIO")) };
}
