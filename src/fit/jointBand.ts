/** One band for several solutions. */
import { interpolate } from "../profile/sampled.ts";
import type { Band, Solution } from "../types.ts";

/** Steps of bisection: to 1e-9 of the widest band. */
const STEPS = 30;
/** Normal deviate of a band's level, both sides. */
const DEVIATE = 1.959963984540054;

/** Pointwise quantiles of the mixture of solutions, each a normal distribution about its profile with the width of its
 *  band, and with its weight; below its strained region a solution is the perfect crystal.
 *  @param solutions best first; the band is on the depths of the first */
export function jointBand(solutions: readonly Solution[], quantity: "strain" | "debyeWaller"): Band {
  const name = quantity === "strain" ? "strainBand" : "debyeWallerBand",
    beyond = quantity === "strain" ? 0 : 1;
  const [first] = solutions as [Solution],
    own = first[name];
  if (solutions.length === 1) return own;
  const { depth } = first.profile;
  const parts = solutions.map(({ profile, weight, ...rest }) => {
    const at = (values: Float64Array): Float64Array =>
      interpolate(profile.depth, values, depth).map((v, i) =>
        depth[i] > profile.depth[profile.depth.length - 1] ? beyond : v,
      );
    return {
      weight,
      middle: at(profile[quantity]),
      lower: at(rest[name].lower),
      upper: at(rest[name].upper),
    };
  });
  const quantile = (share: number): Float64Array =>
    depth.map((_, i) => {
      let low = Math.min(...parts.map(({ lower }) => lower[i])),
        high = Math.max(...parts.map(({ upper }) => upper[i]));
      for (let step = 0; step < STEPS; step++) {
        const value = 0.5 * (low + high);
        let below = 0;
        for (const { weight, middle, lower, upper } of parts) {
          const half = value < middle[i] ? middle[i] - lower[i] : upper[i] - middle[i];
          below +=
            weight *
            (half > 0 ? normalShare((DEVIATE * (value - middle[i])) / half) : value < middle[i] ? 0 : 1);
        }
        if (below < share) low = value;
        else high = value;
      }
      return share < 0.5 ? low : high;
    });
  const outside = (1 - own.level) / 2;
  return { lower: quantile(outside), upper: quantile(1 - outside), level: own.level };
}

/** Share of a standard normal distribution below x, to 1e-7 (Abramowitz & Stegun 26.2.17). */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x < 0 ? tail : 1 - tail;
}
