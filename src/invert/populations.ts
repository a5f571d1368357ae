/** Populations by name, learned once. */
import { parsePreset, preset as named, type Preset } from "../dataset/presets.ts";
import type { Reflection } from "../types.ts";
import { inverseFactor, type Mixture } from "./mixture.ts";
import { mixtureOf, populationOf } from "./population.ts";
import type { Population } from "./prior.ts";

/** By preset: what is learned of shapes does not depend on the crystal. */
const known = new Map<string, Promise<Mixture>>();

/** How the films of a preset lie.
 *  @throws {InvalidParameterError} */
export async function populationFor(
  given: Preset | string,
  reflection: Pick<Reflection, "d">,
): Promise<Population> {
  const chosen = typeof given === "string" ? named(given) : parsePreset(given),
    key = JSON.stringify(chosen),
    found = known.get(key) ?? mixtureOf(chosen);
  known.set(key, found);
  found.catch(() => known.delete(key));
  return populationOf(chosen, await found, reflection);
}

/** Nothing but bounds, and a weak wish for weights of the size of the largest. */
export function flatPopulation(splines: number): Population {
  const d = 2 * splines,
    mean = Float64Array.from({ length: d }, (_, k) => (k < splines ? 0.4 : 0.6)),
    covariance = new Float64Array(d * d);
  for (let k = 0; k < d; k++) covariance[k * d + k] = k < splines ? 0.6 ** 2 : 0.4 ** 2;
  const whitening = inverseFactor(covariance, d);
  let lnHeight = -(d / 2) * Math.log(2 * Math.PI);
  for (let k = 0; k < d; k++) lnHeight += Math.log(whitening[k * d + k]);
  return {
    name: "none",
    kind: "free",
    mixture: { dimension: d, components: [{ lnWeight: 0, mean, whitening, lnHeight }] },
    thickness: [5, 3000],
    scale: [0.02, 12],
    isLogarithmic: true,
    mostDisorder: 7,
  };
}
