/** Numbers that climbs start from where the crystals of a stack and their order are given. */
import { strainOn } from "../../profile/stack.ts";
import { byThickness } from "../films.ts";
import { normals, pick, uniforms } from "../random.ts";
import type { StagedStep } from "../staged.ts";
import type { LayerSearchSetting } from "./layerMode.ts";
import { distinctLayers, type LayerFilm } from "./layerUnknowns.ts";
import { SCREENED, TRIED } from "./missingLayers.ts";
import { shownOf, withPeriods } from "./periodStarts.ts";
import { strainsShown } from "./residual.ts";

/** Curves that are looked at for a given stack, and starts that are climbed from. */
const LOOKED_AT = 500;
const KEPT = 12;
/** Spreads of numbers that are given as starts: ln thickness, strain (%). */
const NEAR_THICKNESS = 0.15;
const NEAR_STRAIN = 0.1;

/** Numbers for layers whose crystals and order are given, the best few by one curve each. */
export function* givenStarts(
  setting: LayerSearchSetting,
  given: LayerFilm,
): Generator<StagedStep, LayerFilm[], void> {
  const uniform = uniforms(5),
    normal = normals(6),
    stack = setting.stackOf(given.map((layer) => ({ ...layer, thickness: 1, strain: 0 }))),
    problem = setting.sketchOf(stack),
    crystals = distinctLayers(stack).map(({ crystal }) => crystal),
    errors = new Float64Array(problem.points).fill(SCREENED),
    seen: { film: LayerFilm; cost: number }[] = [],
    shown = shownOf(problem, setting.fringes),
    thicknesses = [...TRIED, ...setting.fringes, ...setting.fringes],
    { features } = problem.setting,
    [low, high] = strainsShown(problem.twoTheta, features.peak, setting.mostStrain);
  const starts = Array.from({ length: LOOKED_AT }, (_, k) => {
    // The first one is what was given.
    const size = k === 0 ? 0 : 1;
    const film = given.map(({ thickness, strain, debyeWaller }, i) => ({
      thickness: Number.isNaN(thickness)
        ? pick(thicknesses, uniform)
        : thickness * Math.exp(size * NEAR_THICKNESS * normal()),
      strain: Number.isNaN(strain)
        ? strainOn(setting.substrate, { crystal: crystals[i], strain: low + (high - low) * uniform() })
        : strain + size * NEAR_STRAIN * normal(),
      debyeWaller,
    }));
    return k % 8 === 0 ? film : withPeriods(stack, film, given, { shown, uniform, normal });
  });
  for (const place of byThickness(
    problem.films,
    starts.map((film) => problem.place(film)),
  )) {
    const cost = problem.screen(place, errors);
    seen.push({ film: problem.film(place), cost });
    yield { cost, stage: "layers" };
  }
  return seen
    .sort((a, b) => a.cost - b.cost)
    .slice(0, KEPT)
    .map(({ film }) => film);
}
