// What the tools that simulate scans of known truth share.
import { splineProfile } from "../dist/index.js";

/** Uniform in [0, 1): mulberry32. */
export function uniforms(seed) {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Film i of a stream of a preset of protocol "measured": its strain weights (%) and its profile at so many points. */
export async function filmOfStream(generator, stream, i, points) {
  const { labels } = generator.labels(stream, i, 1),
    at = (name) => labels[generator.labelNames.indexOf(name)],
    weightsOf = (name) => Array.from({ length: 10 }, (_, k) => at(`${name}${k + 1}`)),
    weights = weightsOf("weight");
  return {
    weights,
    profile: await splineProfile({
      thickness: at("thickness"),
      strainWeights: weights,
      debyeWallerWeights: weightsOf("debyeWaller"),
      points,
    }),
  };
}
