/** How the films of a preset lie, learned from draws of its labels. */
import { createGenerator } from "../dataset/generator.ts";
import { isPaper, type Preset, preset as presets } from "../dataset/presets.ts";
import type { Reflection } from "../types.ts";
import { fitMixture, type Mixture } from "./mixture.ts";
import { decodeMixture } from "./mixtureData.ts";
import type { Population } from "./prior.ts";
import type { Disorder } from "./unknowns.ts";

const DRAWS = { tied: 4000, free: 8000 };
const COMPONENTS = { tied: 32, free: 48 };
/** Least variance of a weight, relative to the largest, and of a Debye–Waller factor. */
const RIDGE = { tied: 1e-4, free: 4e-4 };
/** Stream of the draws; none of training, validation or test. */
const SEED = 0x5eed;

/** The shapes of a preset's films, learned by expectation–maximisation. */
export async function learnedMixture(preset: Preset): Promise<Mixture> {
  const generator = await createGenerator(preset),
    { labelNames: names } = generator,
    kind = kindOf(preset),
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
  return fitMixture(draws, dimension, COMPONENTS[kind], RIDGE[kind]);
}

/** The shapes of a preset's films: those that the package has, or learned ones. */
export async function mixtureOf(preset: Preset): Promise<Mixture> {
  return (await shippedMixture(preset)) ?? (await learnedMixture(preset));
}

/** @param reflection for presets that draw theirs: thickness is in its lattice planes */
export function populationOf(
  preset: Preset,
  mixture: Mixture,
  reflection: Pick<Reflection, "d">,
): Population {
  const about = {
    name: preset.name,
    kind: kindOf(preset),
    mixture,
    mostDisorder: -Math.log(preset.ranges.debyeWaller[0]),
  };
  if (isPaper(preset))
    return {
      ...about,
      thickness: preset.ranges.thickness,
      scale: preset.ranges.strain,
      isLogarithmic: false,
    };
  const planes = preset.reflection === undefined ? reflection.d / 10 : 1,
    { thickness, strain, compression } = preset.ranges;
  return {
    ...about,
    thickness: [thickness[0] * planes, thickness[1] * planes],
    scale: [Math.min(strain[0], compression[0]), Math.max(strain[1], compression[1])],
    isLogarithmic: true,
  };
}

function kindOf(preset: Preset): Disorder {
  return isPaper(preset) ? "tied" : "free";
}

/** The mixture that the package has for the shapes of a preset: those of all built-in ones, and of others that differ in what
 *  shapes do not depend on. */
async function shippedMixture(given: Preset): Promise<Mixture | undefined> {
  const own = presets(isPaper(given) ? "cnn1" : "measured");
  if (JSON.stringify(shapeFields(given)) !== JSON.stringify(shapeFields(own))) return undefined;
  const { POPULATION_DATA } = await import("./populationData.ts");
  return decodeMixture(POPULATION_DATA[given.protocol]);
}

/** What shapes are drawn from. */
function shapeFields(given: Preset): unknown {
  if (isPaper(given)) {
    const { peak, width } = given.ranges;
    return { peak, width, mixing: given.mixing, scatter: given.scatter };
  }
  const { shapes, disorder, scatter, ranges } = given;
  return { shapes, disorder, scatter, debyeWaller: ranges.debyeWaller };
}

function places(names: readonly string[], of: RegExp): number[] {
  return names.flatMap((name, k) => (of.test(name) ? [k] : []));
}
