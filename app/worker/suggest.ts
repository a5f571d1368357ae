/** Which crystals could have made a scan: those with a reflection where its peak is. */
import { type Cell, dSpacing, type Hkl, material, materialNames, reflection, type Scan } from "takagi";
import type { Suggestion, Work } from "./protocol.ts";

/** How far a peak may lie from where a reflection is, degrees 2θ. */
export const TOLERANCE = 0.5;
const HIGHEST_ORDER = 12;
const SUGGESTIONS = 6;

/** Surfaces that crystals are cut and films grow along. */
const CUBIC: readonly Hkl[] = [
  [0, 0, 1],
  [1, 1, 0],
  [1, 1, 1],
];
const OTHERS: readonly Hkl[] = [
  [0, 0, 1],
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 2],
];

export async function suggest({ scan, wavelength }: Work["suggest"]["ask"]): Promise<Suggestion[]> {
  const peak = peakOf(scan);
  const near = materialNames.flatMap((name) => {
    const { cell } = material(name);
    return reflectionsOf(cell).flatMap((hkl) => {
      const sine = wavelength / (2 * dSpacing(cell, hkl));
      const twoTheta = (2 * Math.asin(sine) * 180) / Math.PI;
      return Math.abs(twoTheta - peak) < TOLERANCE ? [{ material: name, hkl, twoTheta }] : [];
    });
  });
  near.sort((a, b) => Math.abs(a.twoTheta - peak) - Math.abs(b.twoTheta - peak));
  const allowed: Suggestion[] = [];
  for (const candidate of near) {
    if (allowed.length === SUGGESTIONS) break;
    const isForbidden = await reflection(material(candidate.material), {
      hkl: candidate.hkl,
      wavelength,
    }).then(
      () => false,
      () => true,
    );
    if (!isForbidden && !allowed.some((other) => other.material === candidate.material))
      allowed.push(candidate);
  }
  return allowed;
}

/** 2θ of the highest point, degrees. */
export function peakOf({ twoTheta, intensity }: Scan): number {
  return twoTheta[intensity.reduce((best, y, i) => (y > intensity[best]! ? i : best), 0)]!;
}

/** Orders of the usual surfaces; forbidden ones among them. */
export function reflectionsOf(cell: Cell): Hkl[] {
  const surfaces = isCubic(cell) ? CUBIC : OTHERS;
  return surfaces.flatMap((hkl) =>
    Array.from({ length: HIGHEST_ORDER }, (_, k): Hkl => [
      hkl[0] * (k + 1),
      hkl[1] * (k + 1),
      hkl[2] * (k + 1),
    ]),
  );
}

function isCubic({ a, b, c, alpha, beta, gamma }: Cell): boolean {
  return a === b && b === c && alpha === 90 && beta === 90 && gamma === 90;
}
