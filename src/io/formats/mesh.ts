/** Meshes: one list of points in which a motor runs to and fro while another steps. */

import type { FileScan } from "../../types.ts";
import { fileScan, requireReasonable, type Found } from "./fileScan.ts";

const COLUMNS = ["twoTheta", "omega", "position", "counts", "attenuation", "countingTimes"] as const;

/** The scans of a list of points: one, or those of a mesh, one for each run of the motor that moves from point to point.
 *  @throws {ScanFormatError} as fileScan */
export function meshScans(found: Found): FileScan[] {
  const starts = runsOf(found);
  requireReasonable("scans", starts.length);
  if (starts.length < 2) return [fileScan(found)];
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? found.counts.length;
    const run = Object.fromEntries(
      COLUMNS.flatMap((name) => (found[name] === undefined ? [] : [[name, found[name].slice(from, to)]])),
    ) as Partial<Found>;
    return fileScan({ ...found, ...run });
  });
}

/** First points of the runs: where the fastest motor turns back by more than three steps, or begins anew where another one
 *  has moved; runs of less than two points are none. */
function runsOf({ twoTheta, omega, position }: Found): number[] {
  const motors = [twoTheta, omega, position].filter((motor) => motor !== undefined);
  const fast = motors
    .filter((motor) => motor.length > 3 && motor[1] !== motor[0])
    .sort((a, b) => Math.abs(b[1]! - b[0]!) - Math.abs(a[1]! - a[0]!))[0];
  if (fast === undefined) return [0];
  const starts = [0];
  const step = fast[1]! - fast[0]!;
  const slow = motors.find((motor) => motor !== fast && motor[1] === motor[0]);
  for (let i = 2; i < fast.length; i++) {
    const back = (fast[i]! - fast[i - 1]!) * Math.sign(step) < -3 * Math.abs(step);
    // A mesh measured to and fro repeats the angle at its turn.
    const turned = slow !== undefined && slow[i] !== slow[i - 1];
    if (back || turned) starts.push(i);
  }
  const lengths = starts.map((from, i) => (starts[i + 1] ?? fast.length) - from);
  const full = lengths[0]!;
  // Points out of order are no mesh.
  const isMesh = full > 1 && lengths.every((n, i) => n === full || (i === lengths.length - 1 && n > 1));
  return isMesh ? starts : [0];
}
