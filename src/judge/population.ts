/** What is known of the shape of a strain profile before it is measured: how a preset's samples lie. */
import { createGenerator } from "../dataset/generator.ts";
import type { Preset } from "../dataset/presets.ts";
import { fitMixture, type Mixture } from "../invert/mixture.ts";

/** Samples that the population is learned from, and the Gaussians that describe it. */
const DRAWS = 4000;
const COMPONENTS = 32;
/** Least variance of a weight, relative to the largest. */
const RIDGE = 1e-4;
/** Stream of the draws; none of training, validation or test. */
const SEED = 0x5eed;

/** Strain weights, each relative to the largest of its profile. */
export async function populationOf(preset: Preset): Promise<{ mixture: Mixture; weights: number }> {
  const generator = await createGenerator(preset);
  const columns = generator.labelNames.flatMap((name, k) => (/^weight\d+$/.test(name) ? [k] : [])),
    width = generator.labelNames.length;
  const { labels } = generator.labels(SEED, 0, DRAWS),
    draws = new Float64Array(DRAWS * columns.length);
  for (let i = 0; i < DRAWS; i++) {
    const row = columns.map((k) => labels[i * width + k]),
      largest = row.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    row.forEach((w, k) => (draws[i * columns.length + k] = w / largest));
  }
  return { mixture: fitMixture(draws, columns.length, COMPONENTS, RIDGE), weights: columns.length };
}
