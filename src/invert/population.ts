/** How the films of a preset lie, learned from draws of its labels. */
import { createGenerator } from "../dataset/generator.ts";
import type { Preset } from "../dataset/presets.ts";
import type { Reflection } from "../types.ts";
import { fitMixture } from "./mixture.ts";
import type { Population } from "./prior.ts";

const DRAWS = { tied: 4000, free: 8000 };
const COMPONENTS = { tied: 32, free: 48 };
/** Least variance of a weight, relative to the largest, and of a Debye–Waller factor. */
const RIDGE = { tied: 1e-4, free: 4e-4 };
/** Stream of the draws; none of training, validation or test. */
const SEED = 0x5eed;

/** @param reflection for presets that draw theirs: thickness is in its lattice planes */
export async function populationOf(preset: Preset, reflection: Pick<Reflection, "d">): Promise<Population> {
  const generator = await createGenerator(preset),
    { labelNames: names } = generator,
    kind = names.includes("disorder") ? "tied" : "free",
    strain = places(names, /^weight\d+$/),
    disorder = places(names, /^debyeWaller\d+$/),
    dimension = strain.length + disorder.length,
    { labels } = generator.labels(SEED, 0, DRAWS[kind]),
    draws = new Float64Array(DRAWS[kind] * dimension);
  for (let i = 0; i < DRAWS[kind]; i++) {
    const row = labels.subarray(i * names.length, (i + 1) * names.length);
    let scale = 0;
    for (const k of strain) if (Math.abs(row[k]!) > Math.abs(scale)) scale = row[k]!;
    strain.forEach((k, j) => (draws[i * dimension + j] = row[k]! / scale));
    disorder.forEach((k, j) => (draws[i * dimension + strain.length + j] = row[k]!));
  }
  const mixture = fitMixture(draws, dimension, COMPONENTS[kind], RIDGE[kind]),
    { ranges } = preset;
  if (preset.protocol === "paper")
    return {
      name: preset.name,
      kind,
      mixture,
      thickness: preset.ranges.thickness,
      scale: preset.ranges.strain,
      isLogarithmic: false,
      mostDisorder: -Math.log(preset.ranges.debyeWaller[0]),
    };
  const planes = preset.reflection === undefined ? reflection.d / 10 : 1,
    { thickness, strain: tensile, compression } = preset.ranges;
  void ranges;
  return {
    name: preset.name,
    kind,
    mixture,
    thickness: [thickness[0] * planes, thickness[1] * planes],
    scale: [Math.min(tensile[0], compression[0]), Math.max(tensile[1], compression[1])],
    isLogarithmic: true,
    mostDisorder: -Math.log(preset.ranges.debyeWaller[0]),
  };
}

function places(names: readonly string[], of: RegExp): number[] {
  return names.flatMap((name, k) => (of.test(name) ? [k] : []));
}
