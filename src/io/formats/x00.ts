/** Philips HR-XRDScan (.x00): lines of `Name, value`, then `ScanData` and one intensity a line. */

import { ScanFormatError } from "../../errors.ts";
import type { ScanFile } from "../../types.ts";
import { eachLine } from "../text.ts";
import { anglesOfAxis } from "./axes.ts";
import { fileScan, numberIn, requireReasonable, stepped } from "./fileScan.ts";

/** Its one scan. `FirstAngle` and `StepWidth` are those of the axis that leads: ω of "Omega/2Theta".
 *  @throws {ScanFormatError} naming the line: cut off, of another number of points or another range than it says */
export function readX00(text: string): ScanFile {
  const keys = new Map<string, string>();
  const values: number[] = [];
  let inData = false;
  eachLine(text, (raw, number) => {
    const line = raw.replace("\u001a", "").trim();
    if (line === "" || line.startsWith("#")) return;
    if (inData) {
      const value = numberIn(line.replace(/[\s,;]+$/, ""));
      if (value === undefined)
        throw new ScanFormatError(`${JSON.stringify(line.slice(0, 30))} is not a number`, number);
      requireReasonable("points", values.length + 1);
      values.push(value);
    } else if (/^ScanData$/i.test(line)) inData = true;
    else {
      const key = /^([A-Za-z0-9]+)\s*,\s*(.*)$/.exec(line);
      if (key !== null) keys.set(key[1]!.toLowerCase(), key[2]!.trim());
    }
  });
  if (!inData) throw new ScanFormatError("the HR-XRDScan file has no ScanData");
  const number = (key: string) => numberIn(keys.get(key));
  const [first, step] = [number("firstangle"), number("stepwidth")];
  if (first === undefined || step === undefined || step === 0)
    throw new ScanFormatError("the HR-XRDScan file needs FirstAngle and StepWidth");
  requireSize({ count: values.length, step, points: number("nrofdata"), range: number("scanrange") });
  const axis = keys.get("scanaxis") ?? "";
  return {
    format: "x00",
    scans: [
      fileScan({
        axisName: axis,
        ...anglesOfAxis(stepped(first, step, values.length), {
          axis,
          twoTheta: number("twotheta"),
          omega: number("omega"),
        }),
        counts: Float64Array.from(values),
        countingTime: number("timeperstep"),
        tube: { alpha1: number("wavelength") },
        sample: keys.get("sample"),
      }),
    ],
  };
}

function requireSize(found: {
  readonly count: number;
  readonly step: number;
  readonly points: number | undefined;
  readonly range: number | undefined;
}): void {
  const { count, step, points, range } = found;
  if (points !== undefined && points !== count)
    throw new ScanFormatError(`the file has ${count} points, and NrOfData says ${points}`);
  const spans = Math.abs(step) * (count - 1);
  if (range !== undefined && Math.abs(Math.abs(range) - spans) > 1.5 * Math.abs(step))
    throw new ScanFormatError(`the points span ${spans.toFixed(5)}°, and ScanRange says ${range}°`);
}
