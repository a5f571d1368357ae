/** Starts whose fringes are counted anew: a thickness that changes by d over the difference of two strains leaves the phases of the
 *  waves from these two depths as they are. */
import { strainOn } from "../../profile/stack.ts";
import type { Stack } from "../../types.ts";
import { ANGSTROM_PER_NM } from "../../units.ts";
import { strainAt } from "../features.ts";
import { devianceAt } from "../objective.ts";
import { ROUGH } from "../precision.ts";
import { staged, type StagedStep } from "../staged.ts";
import type { Place } from "../unknowns.ts";
import { peaksMet } from "./layerClimb.ts";
import { instrumentFrom, type LayerMode, type LayerSearchSetting } from "./layerMode.ts";
import { againstSubstrate } from "./layerProblem.ts";
import { stageOf, type LayerFilm } from "./layerUnknowns.ts";
import { PARTS, thicknessOf } from "./missingLayers.ts";
import { missingPeaks } from "./residual.ts";

/** Relative error at which starts are ranked. */
const RECOUNT_ERROR = 0.2;
/** Cycles by which a layer's count of fringes is changed, at most. */
const CYCLES = 3.5;
/** Other counts of a layer that are climbed from. */
const RECOUNTED = 2;
/** Starts with a layer in another place that are climbed from. */
const REARRANGED = 3;

/** Starts with the fringes of one layer counted anew: where its thickness changes by d over the difference of two strains, the
 *  phases of the waves from these two depths stay as they are. The best other counts of each layer by one curve each. */
export function* recounted(
  setting: LayerSearchSetting,
  mode: LayerMode,
): Generator<StagedStep, LayerFilm[], void> {
  const film = mode.problem.film(mode.climbed),
    starts: LayerFilm[] = [];
  for (const at of film.keys())
    starts.push(...(yield* counted(setting, mode, { film, at, kept: RECOUNTED, isOther: true })).map(filmOf));
  return starts;
}

/** Starts with one layer in another place, its fringes counted anew; the best few. */
export function* rearranged(
  setting: LayerSearchSetting,
  mode: LayerMode,
): Generator<StagedStep, LayerFilm[], void> {
  const film = mode.problem.film(mode.climbed),
    seen: Counted[] = [];
  for (const from of film.keys())
    for (const to of film.keys()) {
      // Neighbours that change places are one case, not two.
      if (from === to || from === to + 1) continue;
      const moved = film.slice(),
        [layer] = moved.splice(from, 1);
      moved.splice(to, 0, layer);
      seen.push(...(yield* counted(setting, mode, { film: moved, at: to, kept: 1, isOther: false })));
    }
  return seen
    .sort((a, b) => a.cost - b.cost)
    .slice(0, REARRANGED)
    .map(filmOf);
}

/** Layers that a stack in another order would not have: nm, Debye–Waller factor, %. */
const MENDING = { thickness: 4, debyeWaller: 0.3, strain: 0.05 };
/** Layers whose orders are all tried, at most; rounds of counting; starts that are climbed from. */
const MOST_ORDERED = 3;
const COUNTINGS = 2;
const REORDERED = 3;
/** Cycles by which the count of a layer's fringes is changed in these. */
const FAR_CYCLES = 30;

/** Starts with the layers in every other order, their thicknesses such that each meets its own peak, then counted anew; the best
 *  few. What a climb made of a wrong order has thicknesses that mend it. */
export function* reordered(
  setting: LayerSearchSetting,
  mode: LayerMode,
): Generator<StagedStep, LayerFilm[], void> {
  // A peak that is missing beside a layer of its strain is that layer's own.
  const layers = distinguished(withPeaks(setting, mode, distinguished(mode.problem.film(mode.climbed))));
  if (layers.length < 2 || layers.length > MOST_ORDERED) return [];
  const stack = setting.stackOf(layers),
    sketch = setting.sketchOf(stack),
    place = sketch.place(layers);
  instrumentFrom(sketch, mode.climbed, place);
  const met = yield* staged(peaksMet(sketch, stack, place), stageOf(layers)),
    like = { climbed: met, stack },
    seen: Counted[] = [];
  for (const order of orders(sketch.film(met))) {
    let best: Counted = { film: order, cost: Infinity, change: 0 };
    for (let round = 0; round < COUNTINGS; round++)
      for (const at of order.keys()) {
        const [own] = yield* counted(setting, like, { film: best.film, at, kept: 1, isOther: false });
        if (own !== undefined && own.cost < best.cost) best = own;
      }
    seen.push(best);
  }
  const best = seen.sort((a, b) => a.cost - b.cost).slice(0, REORDERED);
  for (const [k, one] of best.entries())
    for (const at of one.film.keys()) {
      const [own] = yield* counted(setting, like, {
        film: best[k].film,
        at,
        kept: 1,
        isOther: false,
        cycles: FAR_CYCLES,
      });
      if (own !== undefined && own.cost < best[k].cost) best[k] = own;
    }
  return best.map(filmOf);
}

/** With a layer for each peak that is missing most, up to as many as are ordered. */
function withPeaks(
  { substrate, crystal, mostStrain }: LayerSearchSetting,
  { problem, climbed }: LayerMode,
  film: LayerFilm,
): LayerFilm {
  const { setting, unknowns } = problem,
    peak = setting.features.expected + climbed.x[unknowns.instrument.offset],
    mean = problem.objectiveAt(ROUGH, climbed.x).mean(climbed),
    most = Math.max(MOST_ORDERED - film.length, 0),
    added = missingPeaks(problem, mean, { error: 0.1, most })
      .map((missing) => ({
        thickness: thicknessOf(missing, setting.reflection.wavelength),
        strain: strainOn(substrate, { crystal, strain: strainAt(missing.twoTheta, peak) }),
        against: strainAt(missing.twoTheta, peak),
        debyeWaller: 1,
      }))
      .filter(({ against, strain }) => Math.abs(against) < mostStrain && Number.isFinite(strain));
  return [...film, ...added];
}

/** Without thin or disordered layers, and of those with one strain only the thickest. */
function distinguished(film: LayerFilm): LayerFilm {
  const thickestFirst = film
      .filter(
        ({ thickness, debyeWaller }) => thickness > MENDING.thickness && debyeWaller > MENDING.debyeWaller,
      )
      .sort((a, b) => b.thickness - a.thickness),
    kept: LayerFilm[number][] = [];
  for (const layer of thickestFirst)
    if (!kept.some(({ strain }) => Math.abs(strain - layer.strain) < MENDING.strain)) kept.push(layer);
  return film.filter((layer) => kept.includes(layer)).map((layer) => ({ ...layer, debyeWaller: 1 }));
}

function orders(film: LayerFilm): LayerFilm[] {
  if (film.length < 2) return [film];
  return film.flatMap((layer, at) =>
    orders([...film.slice(0, at), ...film.slice(at + 1)]).map((others) => [layer, ...others]),
  );
}

interface Counted {
  readonly film: LayerFilm;
  readonly cost: number;
  /** Of the thickness, nm. */
  readonly change: number;
}

function filmOf({ film }: Counted): LayerFilm {
  return film;
}

/** The thickness of one layer over some cycles of its phase against the others', the best few by one curve each. */
function* counted(
  setting: LayerSearchSetting,
  { climbed, stack }: { readonly climbed: Place; readonly stack: Stack },
  {
    film,
    at,
    kept: most,
    isOther,
    cycles = CYCLES,
  }: {
    readonly film: LayerFilm;
    readonly at: number;
    readonly kept: number;
    readonly isOther: boolean;
    readonly cycles?: number;
  },
): Generator<StagedStep, Counted[], void> {
  const against = againstSubstrate(stack, film),
    sketch = setting.sketchOf(stack),
    place = sketch.place(film),
    errors = new Float64Array(sketch.points).fill(RECOUNT_ERROR),
    { thickness } = film[at],
    apart = Math.max(...[0, ...against].map((e) => Math.abs(e - against[at]))) / 100,
    cycle = setting.substrate.d / ANGSTROM_PER_NM / Math.max(apart, 1e-4),
    reach = Math.min(cycles * cycle, 0.5 * thickness),
    seen: Counted[] = [];
  instrumentFrom(sketch, climbed, place);
  for (let change = -reach; change <= reach; change += cycle / PARTS) {
    if (isOther && Math.abs(change) < 0.5 * cycle) continue;
    const own = film.map((layer, i) => (i === at ? { ...layer, thickness: thickness + change } : layer));
    sketch.films.put(own, place.x);
    const cost = devianceAt(sketch, ROUGH, place, errors);
    seen.push({ film: own, cost, change });
    yield { cost, stage: stageOf(film) };
  }
  const kept: Counted[] = [];
  for (const one of seen.sort((a, b) => a.cost - b.cost))
    if (kept.length < most && !kept.some(({ change }) => Math.abs(change - one.change) < 0.6 * cycle))
      kept.push(one);
  return kept;
}
