/** Profiles given as samples. */
import { InvalidParameterError, requireFiniteArray } from "../errors.ts";
import type { Profile } from "../types.ts";

/** Thickest strained region that is simulated, nm; unstrained films below may be thicker. */
const THICKEST = 50_000;

/** Throws unless depth ascends from 0, strain lies within ±50 % and Debye–Waller within [0, 1].
 *  @throws {InvalidParameterError} @throws {NotFiniteError} */
export function validateProfile(profile: Profile): void {
  const { depth, strain, debyeWaller } = profile;
  const count = depth.length;
  if (count < 2) throw new InvalidParameterError("profile.depth", "at least two depths", depth);
  for (const [name, values] of [
    ["profile.strain", strain],
    ["profile.debyeWaller", debyeWaller],
  ] as const) {
    if (values.length !== count)
      throw new InvalidParameterError(name, `of the length of profile.depth (${count})`, values);
    requireFiniteArray(name, values);
  }
  requireFiniteArray("profile.depth", depth);
  if (depth[0] !== 0) throw new InvalidParameterError("profile.depth[0]", "0 (the surface)", depth[0]);
  if (!(depth[count - 1] <= THICKEST))
    throw new InvalidParameterError("profile.depth", `at most ${THICKEST} nm`, depth[count - 1]);
  for (let i = 0; i < count; i++) {
    if (i > 0 && !(depth[i] > depth[i - 1]))
      throw new InvalidParameterError(
        `profile.depth[${i}]`,
        `> ${depth[i - 1]} nm (depths ascend)`,
        depth[i],
      );
    if (Math.abs(strain[i]) > 50)
      throw new InvalidParameterError(`profile.strain[${i}]`, "within ±50 %", strain[i]);
    if (!(debyeWaller[i] >= 0 && debyeWaller[i] <= 1))
      throw new InvalidParameterError(`profile.debyeWaller[${i}]`, "within [0, 1]", debyeWaller[i]);
  }
}

/** Share of the largest strain at whose depth a crystal counts as unstrained. */
const FALLEN = 0.1;

/** Depth (nm) below which the modulus of the strain stays under 10 % of its maximum; 0 without strain. Other than the thickness of the
 *  film that a fit takes, on whose lowest part the strain may be next to nothing, a scan determines it.
 *  @example
 *  strainedDepth(inversion.profile); */
export function strainedDepth({ depth, strain }: Pick<Profile, "depth" | "strain">): number {
  const level = FALLEN * strain.reduce((most, e) => Math.max(most, Math.abs(e)), 0),
    last = strain.findLastIndex((e) => Math.abs(e) > level);
  if (last < 0 || last === depth.length - 1) return last < 0 ? 0 : depth[last];
  const above = Math.abs(strain[last]),
    below = Math.abs(strain[last + 1]);
  return depth[last] + ((depth[last + 1] - depth[last]) * (above - level)) / (above - below);
}

/** Values at `at` of the polygon through (x, y); x ascends. Both in any unit; outside, the end values. */
export function interpolate(x: ArrayLike<number>, y: ArrayLike<number>, at: ArrayLike<number>): Float64Array {
  const last = x.length - 1;
  return Float64Array.from(at, (t) => {
    if (t <= x[0]) return y[0];
    if (t >= x[last]) return y[last];
    let low = 0;
    for (let high = last; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (x[middle] <= t) low = middle;
      else high = middle;
    }
    return y[low] + ((y[low + 1] - y[low]) * (t - x[low])) / (x[low + 1] - x[low]);
  });
}

/** Evenly spaced depths from 0 to `thickness` nm. */
export function evenDepths(thickness: number, points: number): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => (i * thickness) / (points - 1));
}
