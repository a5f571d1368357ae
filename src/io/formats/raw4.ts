/** Bruker RAW4.00: a head of 61 bytes, then segments of (kind, length), between which the ranges stand. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanAxis } from "../../types.ts";
import type { Binary } from "./binary.ts";
import { fileScan, requireReasonable, stepped, type Tube } from "./fileScan.ts";

/** Kinds of segments; either of the first two stands where a range begins. */
const RANGE = [0, 160];
const TEXT = 10;
const TUBE = 30;
const DRIVE = 50;

const FIRST_SEGMENT = 61;
const RANGE_HEADER = 160;

const AXES: Readonly<Record<string, ScanAxis>> = {
  "Locked Coupled": "2theta-omega",
  "Unlocked Coupled": "2theta-omega",
  "Coupled TwoTheta/Theta": "2theta-omega",
  "Detector Scan": "2theta",
  TwoTheta: "2theta",
  "2Theta": "2theta",
  "Rocking Curve": "omega",
  Theta: "omega",
  Omega: "omega",
};

export function readRaw4(file: Binary): FileScan[] {
  const labels = new Map<string, string>();
  let tube: Tube = {};
  const scans: FileScan[] = [];
  let at = FIRST_SEGMENT;
  while (at + 8 <= file.length) {
    if (RANGE.includes(file.u32(at))) {
      requireReasonable("scans", scans.length + 1);
      const range = readRange(file, at, { tube, labels });
      scans.push(range.scan);
      at = range.end;
      continue;
    }
    const segment = segmentAt(file, at);
    if (segment.kind === TEXT) labels.set(file.text(at + 12, 24), file.text(at + 36, segment.length - 36));
    if (segment.kind === TUBE)
      tube = { alpha1: file.f64(at + 80), alpha2: file.f64(at + 88), ratio: file.f64(at + 104) };
    at += segment.length;
  }
  return scans;
}

function segmentAt(file: Binary, at: number): { kind: number; length: number } {
  const kind = file.u32(at);
  const length = file.u32(at + 4);
  if (length < 8 || (kind === TEXT && length < 36))
    throw new ScanFormatError(`the file is damaged: at byte ${at} there is no segment`);
  return { kind, length };
}

interface Drive {
  readonly name: string;
  /** Where it stood when the range began. */
  readonly position: number;
  readonly moves: boolean;
}

function readRange(
  file: Binary,
  at: number,
  { tube, labels }: { tube: Tube; labels: ReadonlyMap<string, string> },
): { scan: FileScan; end: number } {
  const axisName = file.text(at + 32, 24);
  const [start, step] = [file.f64(at + 72), file.f64(at + 80)];
  const count = file.u32(at + 88);
  requireReasonable("points", count);
  const recordSize = file.u32(at + 136);
  if (recordSize < 4 || recordSize > 4096)
    throw new ScanFormatError(`a range has records of ${recordSize} bytes`);
  const data = at + RANGE_HEADER + file.u32(at + 140);
  const drives = readDrives(file, at + RANGE_HEADER, data);
  // First of all what the file's length must allow.
  const counts = file.floats(data, recordSize, count);
  const used = file.f64(at + 112);
  const scan = fileScan({
    axisName,
    ...anglesOf(axisName, drives, { start, step, count }),
    counts,
    countingTime: file.f32(at + 92),
    tube: tube.alpha1 !== undefined && tube.alpha1 > 0 ? tube : { alpha1: used },
    sample: labels.get("SAMPLEID"),
    comment: labels.get("COMMENT"),
  });
  return { scan, end: data + count * recordSize };
}

function readDrives(file: Binary, from: number, to: number): Drive[] {
  const drives: Drive[] = [];
  let at = from;
  while (at + 8 <= to) {
    const { kind, length } = segmentAt(file, at);
    if (kind === DRIVE && length >= 64)
      drives.push({
        name: file.text(at + 12, 24),
        position: file.f64(at + 56),
        moves: file.u32(at + 52) !== 0,
      });
    at += length;
  }
  if (at !== to)
    throw new ScanFormatError(
      `the file is damaged: the header of a range ends at byte ${at} instead of ${to}`,
    );
  return drives;
}

/** The name of the scan says what moved; where it is not known, the marks of the drives do. */
function anglesOf(
  name: string,
  drives: readonly Drive[],
  { start, step, count }: { start: number; step: number; count: number },
) {
  const detector = drives.find((drive) => drive.name === "2Theta" || drive.name === "TwoTheta");
  const sample = drives.find((drive) => drive.name === "Theta" || drive.name === "Omega");
  const axis: ScanAxis = AXES[name] ?? marked(detector?.moves === true, sample?.moves === true);
  const position = (drive: Drive | undefined, by: number) =>
    drive === undefined ? undefined : stepped(drive.position, by, count);
  switch (axis) {
    case "2theta-omega":
      return { axis, twoTheta: stepped(start, step, count), omega: position(sample, step / 2) };
    case "2theta":
      return { axis, twoTheta: stepped(start, step, count), omega: position(sample, 0) };
    case "omega":
      return { axis, twoTheta: position(detector, 0), omega: stepped(start, step, count) };
    case "other":
      return { axis, position: stepped(start, step, count) };
  }
}

function marked(detector: boolean, sample: boolean): ScanAxis {
  if (detector) return sample ? "2theta-omega" : "2theta";
  return sample ? "omega" : "other";
}
