/** What moved, by the name that a file gives to its axis, and the angles of detector and sample that follow. */

import type { ScanAxis } from "../../types.ts";
import type { Found } from "./fileScan.ts";

/** Of which motor the positions are that a file lists. */
type Moved = "coupled in 2θ" | "coupled in ω" | "2theta" | "omega";

const NAMES: readonly (readonly [Moved, RegExp])[] = [
  [
    "coupled in 2θ",
    /^(?:2theta(?:omega|theta)|twotheta(?:omega|theta)|theta2theta|thetatwotheta|coupled(?:twotheta)?(?:theta)?|(?:un)?lockedcoupled|gonio|thth|th2th)$/,
  ],
  ["coupled in ω", /^omega(?:2|two)theta$/],
  ["2theta", /^(?:2theta|twotheta|detectorscan|tth)$/],
  ["omega", /^(?:omega|theta|rockingcurve|th|om)$/],
];

/** @param name such as "TwoThetaOmega", "2Theta/Omega", "Locked Coupled" */
export function movedBy(name: string): Moved | undefined {
  const plain = name
    .replace(/[θϑ]/g, "theta")
    .replace(/[ωΩ]/g, "omega")
    .replace(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
  return NAMES.find(([, pattern]) => pattern.test(plain))?.[0];
}

/** Angles of detector and sample from the positions of the axis that was scanned.
 *  @param axis its name; where it is empty, the positions are taken for 2θ
 *  @param stood where the motors stood before the scan, degrees, where the file says so */
export function anglesOfAxis(
  position: Float64Array,
  { axis, twoTheta, omega }: { axis: string; twoTheta?: number | undefined; omega?: number | undefined },
): Pick<Found, "axis" | "twoTheta" | "omega" | "position"> {
  // Where both stood, their offset from the symmetric position stays.
  const offset = twoTheta === undefined || omega === undefined ? 0 : omega - twoTheta / 2;
  const all = (value: number | undefined) =>
    value === undefined ? undefined : new Float64Array(position.length).fill(value);
  const coupled: ScanAxis = "2theta-omega";
  switch (movedBy(axis)) {
    case "coupled in 2θ":
      return { axis: coupled, twoTheta: position, omega: position.map((x) => x / 2 + offset) };
    case "coupled in ω":
      // Angles come out of decimal ones: without the noise of binary fractions.
      return {
        axis: coupled,
        twoTheta: position.map((x) => Number((2 * (x - offset)).toFixed(9))),
        omega: position,
      };
    case "2theta":
      return { axis: "2theta", twoTheta: position, omega: all(omega) };
    case "omega":
      return { axis: "omega", twoTheta: all(twoTheta), omega: position };
    case undefined:
      return axis.trim() === ""
        ? { twoTheta: position }
        : { axis: "other", position, twoTheta: all(twoTheta), omega: all(omega) };
  }
}
