/** Numbers that climbs of stacks start from: what the curve so far leaves of the scan, and what lies beside a mode. */
import { strainOn } from "../../profile/stack.ts";
import type { Stack } from "../../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";
import { byThickness } from "../films.ts";
import { ROUGH } from "../precision.ts";
import { strainAt } from "../features.ts";
import { devianceAt } from "../objective.ts";
import { instrumentFrom, type LayerMode, type LayerSearchSetting } from "./layerMode.ts";
import { normals, pick, uniforms } from "../random.ts";
import { staged, type StagedStep } from "../staged.ts";
import { peaksMet } from "./layerClimb.ts";
import type { Place } from "../unknowns.ts";
import { againstSubstrate } from "./layerProblem.ts";
import { distinctLayers, type LayerFilm } from "./layerUnknowns.ts";
import { shownOf, withPeriods } from "./periodStarts.ts";
import { type MissingPeak, missingPeaks, strainsShown } from "./residual.ts";

/** Starts of one layer more that are climbed from. */
const CLIMBED = 5;
/** nm: thicknesses that are tried beside those of the fringes. */
const TRIED = [6, 11, 20, 35, 60, 100, 170, 280, 430];
const PEAKS = 5;
const EVEN_STRAINS = 6;
/** Thicknesses of layers that others hide: steps and range, nm. */
const LEAST_STEP = 1;
const MOST_COUNTED = 160;
const MOST_STEPS = 70;
/** Relative errors at which starts are ranked. */
const SCREENED = 0.5;
const RECOUNT_ERROR = 0.2;

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
        yield { cost, stage: `${film.length} layers` };
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
function thicknessOf({ twoTheta, width }: MissingPeak, wavelength: number): number {
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

/** Two neighbours as one.
 *  @param low the lower one */
function joined(film: LayerFilm, low: number): LayerFilm {
  const a = film[low],
    b = film[low + 1],
    thickness = a.thickness + b.thickness,
    mean = (x: number, y: number): number => (x * a.thickness + y * b.thickness) / thickness;
  return [
    ...film.slice(0, low),
    { thickness, strain: mean(a.strain, b.strain), debyeWaller: mean(a.debyeWaller, b.debyeWaller) },
    ...film.slice(low + 2),
  ];
}

/** Films of one layer less: each layer left out, and each two neighbours as one. */
export function lessened(film: LayerFilm): LayerFilm[] {
  return [
    ...film.map((_, at) => [...film.slice(0, at), ...film.slice(at + 1)]),
    ...film.slice(1).map((_, low) => joined(film, low)),
  ];
}

export function varied(film: LayerFilm, uniform: () => number, normal: () => number): LayerFilm {
  const kind = uniform(),
    at = Math.floor(uniform() * film.length),
    layer = film[at];
  if (film.length > 1 && kind < 0.3) return [...film.slice(0, at), ...film.slice(at + 1)];
  if (film.length > 1 && kind < 0.45) {
    const other = (at + 1) % film.length,
      next = film.slice();
    [next[at], next[other]] = [next[other], next[at]];
    return next;
  }
  if (film.length > 1 && kind < 0.6) return joined(film, Math.min(at, film.length - 2));
  if (kind < 0.72) {
    const share = 0.1 + 0.8 * uniform(),
      apart = 0.1 * normal();
    return [
      ...film.slice(0, at),
      { ...layer, thickness: share * layer.thickness, strain: layer.strain + (1 - share) * apart },
      { ...layer, thickness: (1 - share) * layer.thickness, strain: layer.strain - share * apart },
      ...film.slice(at + 1),
    ];
  }
  return jittered(film, normal);
}

/** Cycles by which a layer's count of fringes is changed, at most, and parts of a cycle that are looked at. */
const CYCLES = 3.5;
const PARTS = 4;
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
  const layers = withPeaks(setting, mode, distinguished(mode.problem.film(mode.climbed)));
  if (layers.length < 2 || layers.length > MOST_ORDERED) return [];
  const stack = setting.stackOf(layers),
    sketch = setting.sketchOf(stack),
    place = sketch.place(layers);
  instrumentFrom(sketch, mode.climbed, place);
  const met = yield* staged(peaksMet(sketch, stack, place), `${layers.length} layers`),
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
    yield { cost, stage: `${film.length} layers` };
  }
  const kept: Counted[] = [];
  for (const one of seen.sort((a, b) => a.cost - b.cost))
    if (kept.length < most && !kept.some(({ change }) => Math.abs(change - one.change) < 0.6 * cycle))
      kept.push(one);
  return kept;
}

/** All numbers moved a little. */
export function jittered(film: LayerFilm, normal: () => number): LayerFilm {
  return film.map(({ thickness, strain, debyeWaller }) => ({
    thickness: thickness * Math.exp(0.1 * normal()),
    strain: strain + 0.03 * normal(),
    debyeWaller: Math.min(1, debyeWaller + 0.1),
  }));
}

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
