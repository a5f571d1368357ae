/** Neighbouring points of a scan taken together: rough fits need no more than the fringes and the peak show. */
import { resolutionWidth } from "../instrument/resolution.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import type { StageSetting } from "./stage.ts";

/** Points of the width of the resolution, of a fringe, and of the whole that are left at least. */
const PER_WIDTH = 3;
const PER_FRINGE = 4;
const LEAST = 120;

/** @param thickness of the thickest film whose fringes are to be seen, nm
 *  @returns the same setting with mean angles and intensities of as many points as allowed; where one is ignored the mean is
 *    of the others */
export function thinned(setting: StageSetting, thickness: number): StageSetting {
  const { base, intensity, used, points, countUnit } = setting,
    { twoTheta, resolution, reflection } = base,
    count = twoTheta.length;
  const step = (twoTheta[count - 1] - twoTheta[0]) / (count - 1);
  const fringe =
    reflection.wavelength /
    (thickness * ANGSTROM_PER_NM * Math.cos((RADIANS * (twoTheta[0] + twoTheta[count - 1])) / 4)) /
    RADIANS;
  const together = Math.floor(
    Math.min(resolutionWidth(resolution) / (PER_WIDTH * step), fringe / (PER_FRINGE * step), points / LEAST),
  );
  if (!(together > 1)) return setting;
  const groups = Array.from({ length: Math.ceil(count / together) }, (_, g) => {
    const members = Array.from(
        { length: Math.min(together, count - g * together) },
        (_, i) => g * together + i,
      ),
      kept = members.filter((i) => used[i] === 1);
    const from = kept.length > 0 ? kept : members,
      mean = (values: Float64Array): number => from.reduce((sum, i) => sum + values[i], 0) / from.length;
    return { twoTheta: mean(twoTheta), intensity: mean(intensity), used: kept.length > 0 ? 1 : 0 };
  });
  return {
    ...setting,
    base: { ...base, twoTheta: Float64Array.from(groups, (group) => group.twoTheta) },
    intensity: Float64Array.from(groups, (group) => group.intensity),
    used: Uint8Array.from(groups, (group) => group.used),
    points: groups.reduce((sum, group) => sum + group.used, 0),
    countUnit: countUnit / together,
  };
}
