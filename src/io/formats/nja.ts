/** Seifert NJA: lines of `&Name=value`, and scans of `&NoValues=n` rows of position and intensity. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { eachLine } from "../text.ts";
import { anglesOfAxis } from "./axes.ts";
import { fileScan, numberIn, numbersIn, requireReasonable } from "./fileScan.ts";

/** Seifert's letters of the motors. */
const MOTORS: Readonly<Record<string, string>> = { T: "2Theta", O: "Omega" };

interface Block {
  readonly keys: ReadonlyMap<string, string>;
  readonly count: number;
  readonly rows: Float64Array[];
  readonly line: number;
}

/** Every scan of the file. Where motors other than T (2θ) and O (ω) moved, the scan is listed under their letter.
 *  @throws {ScanFormatError} naming the line: cut off, or rows of other than two numbers */
export function readNja(text: string): ScanFile {
  const keys = new Map<string, string>();
  const scans: FileScan[] = [];
  let block: Block | undefined;
  let motor = "";
  eachLine(text, (raw, number) => {
    const line = raw.replace("\u001a", "").trim();
    if (line === "") return;
    if (line.startsWith("&")) {
      if (block !== undefined && block.rows.length > 0) throw cutOff(block);
      for (const [, name, value] of line.matchAll(/&(\w+)=([^&]*)/g)) {
        if (name === "Axis") motor = value!.trim();
        keys.set(name === "Pos" || name === "Task" ? `${name} ${motor}` : name!, value!.trim());
        if (name !== "NoValues") continue;
        const count = numberIn(value);
        if (count === undefined || !Number.isInteger(count) || count < 0)
          throw new ScanFormatError(`NoValues is ${JSON.stringify(value!.slice(0, 20))}`, number);
        requireReasonable("points", count);
        block = { keys: new Map(keys), count, rows: [], line: number };
      }
      return;
    }
    if (block === undefined || line.startsWith("#")) return;
    const row = numbersIn(line, `line ${number}`);
    if (row.length !== 2)
      throw new ScanFormatError(`a row of position and intensity has ${row.length} numbers`, number);
    block.rows.push(row);
    if (block.rows.length < block.count) return;
    requireReasonable("scans", scans.length + 1);
    scans.push(scanOf(block));
    block = undefined;
  });
  if (block !== undefined) throw cutOff(block);
  const expected = numberIn(keys.get("NumScans"));
  if (expected !== undefined && expected !== scans.length)
    throw new ScanFormatError(`the file has ${scans.length} scans, and NumScans says ${expected}`);
  if (scans.length === 0) throw new ScanFormatError("the NJA file holds no scan");
  return { format: "nja", scans };
}

function cutOff({ rows, count, line }: Block): ScanFormatError {
  return new ScanFormatError(`the scan has ${rows.length} points, and NoValues says ${count}`, line);
}

function scanOf({ keys, rows, line }: Block): FileScan {
  const letter = keys.get("ScanAxis");
  if (letter === undefined || letter === "")
    throw new ScanFormatError("the scan does not say which axis was scanned (ScanAxis)", line);
  const axis = MOTORS[letter] ?? `motor ${letter}`;
  const stood = (name: string) =>
    /^drive/i.test(keys.get(`Task ${name}`) ?? "") ? numberIn(keys.get(`Pos ${name}`)) : undefined;
  return fileScan({
    axisName: letter,
    ...anglesOfAxis(
      Float64Array.from(rows, (row) => row[0]!),
      { axis, twoTheta: stood("T"), omega: stood("O") },
    ),
    counts: Float64Array.from(rows, (row) => row[1]!),
    countingTime: numberIn(keys.get("Time")),
    tube: { alpha1: numberIn(keys.get("WaveLength") ?? keys.get("Wavelength")) },
    sample: keys.get("Sample") ?? keys.get("SampleName"),
    comment: keys.get("Comment"),
  });
}
