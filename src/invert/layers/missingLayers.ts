/** Layers that may be missing in a stack: what the curve so far leaves of the scan. */
import { strainOn } from "../../profile/stack.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";
import { strainAt } from "../features.ts";
import { devianceAt } from "../objective.ts";
import { ROUGH } from "../precision.ts";
import { pick } from "../random.ts";
import type { StagedStep } from "../staged.ts";
import { instrumentFrom, type LayerMode, type LayerSearchSetting } from "./layerMode.ts";
import { againstSubstrate } from "./layerProblem.ts";
import { stageOf, type LayerFilm } from "./layerUnknowns.ts";
import { type MissingPeak, missingPeaks, strainsShown } from "./residual.ts";

/** Starts of one layer more that are climbed from. */
const CLIMBED = 5;
/** nm: thicknesses that are tried beside those of the fringes. */
export const TRIED = [6, 11, 20, 35, 60, 100, 170, 280, 430];
const PEAKS = 5;
const EVEN_STRAINS = 6;
/** Thicknesses of layers that others hide: steps and range, nm. */
const LEAST_STEP = 1;
const MOST_COUNTED = 160;
const MOST_STEPS = 70;
/** Relative error at which starts are ranked. */
export const SCREENED = 0.5;
/** Parts of a cycle of a layer's phase that are looked at. */
export const PARTS = 4;

/** Stacks of one layer more, the best few by one curve each: of each strain that may be missing the best thickness and place. */
export function* candidates(
  setting: LayerSearchSetting,
  mode: LayerMode,
): Generator<StagedStep, LayerFilm[], void> {
  const { problem, climbed } = mode,
    { crystal, substrate } = setting,
    layers = problem.film(climbed),
    filled = [...layers, { thickness: 1, strain: 0, debyeWaller: 1 }],
    larger = setting.sketchOf(setting.stackOf(filled)),
    place = larger.place(filled),
    errors = new Float64Array(larger.points).fill(SCREENED),
    best: { film: LayerFilm; cost: number }[] = [];
  if (layers.length > 0) instrumentFrom(larger, climbed, place);
  for (const { against, thicknesses } of missingLayers(setting, mode)) {
    const strain = strainOn(substrate, { crystal, strain: against });
    let own: { film: LayerFilm; cost: number } | undefined;
    for (const thickness of thicknesses)
      for (let at = 0; at <= layers.length; at++) {
        const film = [...layers.slice(0, at), { thickness, strain, debyeWaller: 1 }, ...layers.slice(at)];
        larger.films.put(film, place.x);
        if (layers.length === 0) larger.screen(place, errors);
        const cost = devianceAt(larger, ROUGH, place, errors);
        if (own === undefined || cost < own.cost) own = { film, cost };
        yield { cost, stage: stageOf(film) };
      }
    if (own !== undefined) best.push(own);
  }
  return best
    .sort((a, b) => a.cost - b.cost)
    .slice(0, CLIMBED)
    .map(({ film }) => film);
}

/** Strains against the substrate (%) of layers that may be missing, with thicknesses (nm). */
function missingLayers(
  { mostStrain, substrate, crystal, fringes }: LayerSearchSetting,
  { problem, climbed, stack }: LayerMode,
): { against: number; thicknesses: number[] }[] {
  const { setting, twoTheta } = problem,
    { reflection, features } = setting,
    film = problem.film(climbed),
    mean = problem.objectiveAt(ROUGH, climbed.x).mean(climbed),
    offset = climbed.x[problem.unknowns.instrument.offset],
    peak = features.expected + offset,
    [low, high] = strainsShown(twoTheta, peak, mostStrain),
    all = [...new Set([...TRIED, ...fringes])];
  const list = missingPeaks(problem, mean, { error: 0.1, most: PEAKS }).map((missing) => {
    const own = thicknessOf(missing, reflection.wavelength);
    return { against: strainAt(missing.twoTheta, peak), thicknesses: [...all, 0.5 * own, own, 1.5 * own] };
  });
  // Peaks that others hide: the substrate's, and those of the layers that are known.
  const known = [0, ...againstSubstrate(stack, film)];
  for (const against of known)
    list.push({
      against,
      thicknesses: film.length === 0 ? all : countedFrom(known, against, setting.reflection.d),
    });
  for (let k = 0; k < EVEN_STRAINS; k++)
    list.push({ against: low + ((high - low) * (k + 0.5)) / EVEN_STRAINS, thicknesses: TRIED.slice(0, 4) });
  return list
    .filter(
      ({ against }) =>
        Math.abs(against) < mostStrain && Number.isFinite(strainOn(substrate, { crystal, strain: against })),
    )
    .map(({ against, thicknesses }) => ({
      against,
      thicknesses: thicknesses.filter((t) => t > 2 && t < 1500),
    }));
}

/** nm, of a peak's full width at half maximum by Scherrer's equation. */
export function thicknessOf({ twoTheta, width }: MissingPeak, wavelength: number): number {
  return (0.9 * wavelength) / (ANGSTROM_PER_NM * width * RADIANS * Math.cos((twoTheta * RADIANS) / 2));
}

/** Thicknesses (nm) that differ by a quarter of a cycle of the layer's phase against the farthest of the others. */
function countedFrom(known: readonly number[], against: number, d: number): number[] {
  const apart = Math.max(...known.map((e) => Math.abs(e - against)), 0.1) / 100,
    step = Math.max(d / ANGSTROM_PER_NM / apart / PARTS, LEAST_STEP),
    list: number[] = [];
  for (let t = 3; t < MOST_COUNTED && list.length < MOST_STEPS; t += step) list.push(t);
  return [...list, ...TRIED.filter((t) => t > list[list.length - 1])];
}

/** A layer that may be missing put anywhere, besides or in place of another. */
export function withMissing(setting: LayerSearchSetting, mode: LayerMode, uniform: () => number): LayerFilm {
  const film = mode.problem.film(mode.climbed).slice(),
    { against, thicknesses } = pick(missingLayers(setting, mode), uniform),
    layer = {
      thickness: pick(thicknesses, uniform),
      strain: strainOn(setting.substrate, { crystal: setting.crystal, strain: against }),
      debyeWaller: 1,
    };
  if (film.length > 0 && (uniform() < 0.5 || film.length === setting.mostLayers))
    film.splice(Math.floor(uniform() * film.length), 1);
  film.splice(Math.floor(uniform() * (film.length + 1)), 0, layer);
  return film;
}
