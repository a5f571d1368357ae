/** Several scans as one: regions counted for other times or in other steps, and maps added up along the sample's angle. */

import { ScanFormatError } from "../errors.ts";
import type { FileScan, Scan } from "../types.ts";
import { averageRepeats, sortByAngle } from "./scan.ts";

/** One scan of regions: intensities are brought to the longest counting time, and `attenuation` says by how much more one
 *  count weighs where it was shorter.
 *  @param scans with angles 2θ
 *  @throws {ScanFormatError} where units, wavelengths or counting times are not known to agree */
export function joinRegions(scans: readonly Scan[]): Scan {
  const [first] = scans;
  const unlike = scans.findIndex(({ wavelength }) => wavelength !== first!.wavelength);
  if (unlike > 0)
    throw new ScanFormatError(
      `the regions have different wavelengths: ${first!.wavelength} and ${scans[unlike]!.wavelength} Å`,
    );
  const times = scans.map(({ countingTime }) => countingTime);
  if (!times.every((time) => time !== undefined))
    throw new ScanFormatError("the regions can be joined only where the file has their counting times");
  const longest = Math.max(...times);
  const isRate = scans.map((scan, i) => rates(scan, times[i]!));
  if (isRate.some((each) => each !== isRate[0]))
    throw new ScanFormatError("some regions hold counts, others rates");
  const parts = scans.map((scan, i) => {
    const factor = longest / times[i]!;
    const scale = isRate[0] === true ? 1 : factor;
    return {
      twoTheta: scan.twoTheta,
      intensity: scan.intensity.map((value) => value * scale),
      attenuation: scan.intensity.map((_, k) => factor * (scan.attenuation?.[k] ?? 1)),
    };
  });
  const column = (name: "twoTheta" | "intensity" | "attenuation") =>
    Float64Array.from(parts.flatMap((part) => Array.from(part[name])));
  const { attenuation, ...points } = averageRepeats(
    sortByAngle({
      twoTheta: column("twoTheta"),
      intensity: column("intensity"),
      attenuation: column("attenuation"),
    }),
  );
  const notes = [
    `${scans.length} regions are joined; ${isRate[0] === true ? "they hold rates" : `counts are brought to ${longest} s a point`}.`,
    ...scans.flatMap((scan) => scan.notes ?? []),
  ];
  return {
    ...points,
    ...(attenuation?.some((value) => value !== 1) === true ? { attenuation } : {}),
    countUnit: isRate[0] === true ? 1 / longest : 1,
    countingTime: longest,
    ...(first!.wavelength === undefined ? {} : { wavelength: first!.wavelength }),
    ...(first!.axis === undefined ? {} : { axis: first!.axis }),
    notes,
  };
}

/** Whether a scan holds rates, by what one count adds.
 *  @throws {ScanFormatError} where that is neither 1 nor the inverse of the counting time */
function rates({ countUnit }: Scan, time: number): boolean {
  if (countUnit === 1) return false;
  if (countUnit !== undefined && Math.abs(countUnit * time - 1) < 0.01) return true;
  throw new ScanFormatError(
    "it is not known whether the regions hold counts or rates, so they are not joined",
  );
}

/** Angles within this, degrees, are one. */
const SAME_ANGLE = 1e-4;

/** A map projected on 2θ: the intensities of all its scans are added up at each 2θ, along the angle of the sample.
 *  @param scans of one map, each with angles 2θ, which may stand still
 *  @throws {ScanFormatError} where the angles are not those of a grid, or counts have different weights */
export function projectMap(scans: readonly FileScan[]): Scan {
  const { wavelength, countingTime } = scans[0]!;
  const sums = new Map<number, { twoTheta: number; sum: number; count: number }>();
  for (const [i, scan] of scans.entries()) {
    if (scan.twoTheta === undefined)
      throw new ScanFormatError(`scan ${i + 1} has no angles 2θ, and cannot be projected on them`);
    if (scan.attenuation !== undefined)
      throw new ScanFormatError(`scan ${i + 1} has attenuated points, which cannot be added up with others`);
    if (scan.countingTime !== countingTime || scan.wavelength !== wavelength)
      throw new ScanFormatError(`scan ${i + 1} has another counting time or wavelength than the first`);
    scan.twoTheta.forEach((twoTheta, k) => {
      const key = Math.round(twoTheta / SAME_ANGLE);
      const at = sums.get(key) ?? sums.get(key - 1) ?? sums.get(key + 1);
      if (at === undefined) sums.set(key, { twoTheta, sum: scan.intensity[k]!, count: 1 });
      else {
        at.sum += scan.intensity[k]!;
        at.count++;
      }
    });
  }
  const points = [...sums.values()].sort((a, b) => a.twoTheta - b.twoTheta);
  const each = points[0]!.count;
  if (points.length < 2 || each < 2 || points.some(({ count }) => count !== each))
    throw new ScanFormatError(
      "the scans are no map on a grid of 2θ: not every 2θ was measured equally often; choose a scan instead",
    );
  const units = new Set(scans.map(({ countUnit }) => countUnit));
  const unit = units.size === 1 ? scans[0]!.countUnit : undefined;
  return {
    twoTheta: Float64Array.from(points, ({ twoTheta }) => twoTheta),
    intensity: Float64Array.from(points, ({ sum }) => sum),
    ...(unit === undefined ? {} : { countUnit: unit }),
    ...(wavelength === undefined ? {} : { wavelength }),
    ...(countingTime === undefined ? {} : { countingTime }),
    axis: "2theta-omega",
    notes: [
      `${scans.length} scans of a map are projected on 2θ: at each, ${each} intensities along the sample's angle are added up.`,
    ],
  };
}
