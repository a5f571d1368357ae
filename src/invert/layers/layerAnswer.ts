/** From the posterior of a stack to the answer: layers with bands, and the profile. */
import { layersOf, stackProfile, strainAgainst } from "../../profile/stack.ts";
import type {
  Band,
  Estimate,
  FitParameters,
  FoundLayer,
  FoundPeriod,
  Profile,
  Reflection,
  Solution,
  Stack,
} from "../../types.ts";
import { curveOf, LEVEL } from "../answer.ts";
import { type NumberRow, parametersOf, plainNumber } from "../answerParts.ts";
import { cholesky } from "../../leastSquares/linear.ts";
import { type Draw, quantilesOf } from "../posterior.ts";
import { normals } from "../random.ts";
import { distinctLayers, type LayerFilm, repeatsOf, withNumbers } from "./layerUnknowns.ts";
import type { LayerProblem } from "./layerProblem.ts";
import type { LayerSolution, LayersSolved } from "./solveLayers.ts";

/** Depths of a profile, about, besides both sides of each interface. */
const POINTS = 200;
/** Half width of a number's band in standard deviations of the posterior: what simulated inversions need to hold the truth at
 *  95 % (tools/layers.mjs). */
const REACH = 2.4;
/** Share of a number's range within which it stands at its bound. */
const AT_BOUND = 1e-4;
const GAUSSIAN_DRAWS = 160;
/** Of numbers that are held. */
const LEAST_VARIANCE = 1e-18;

/** Quantities of one stack, exact. */
export function layerSolution(
  { problem: answered, posterior, error }: LayersSolved,
  solution: LayerSolution,
): Solution {
  const { problem } = solution,
    film = problem.film(solution),
    stack = withNumbers(solution.stack, film),
    profile = layerProfile(stack),
    parameters = parametersOf(problem, solution, numbersOf(solution)),
    draws = problem === answered ? posterior.draws : gaussianDraws(solution, parameters),
    { strain, depth } = mostStrained(stack);
  return {
    ...curveOf(problem, solution, error),
    weight: solution.share,
    profile,
    strainBand: bandOf(stack, draws, profile, "strain"),
    debyeWallerBand: bandOf(stack, draws, profile, "debyeWaller"),
    thickness: profile.depth[profile.depth.length - 1],
    maxStrain: strain,
    maxStrainDepth: depth,
    minDebyeWaller: profile.debyeWaller.reduce((a, b) => Math.min(a, b), 1),
    splines: 0,
    stack: {
      stack,
      layers: layersFound(solution, stack, parameters),
      periods: periodsFound(problem, stack, film, parameters),
    },
    parameters,
  };
}

/** A layer from its upper edge to its lower one. */
interface Slab {
  readonly top: number;
  readonly bottom: number;
  /** %, against the substrate's lattice. */
  readonly strain: number;
  readonly debyeWaller: number;
}

/** All layers from the surface down, superlattices written out. */
function slabsOf(stack: Stack): Slab[] {
  let top = 0;
  return layersOf(stack)
    .reverse()
    .map(({ crystal, thickness, strain = 0, debyeWaller = 1 }) => {
      const bottom = top + thickness,
        slab = { top, bottom, strain: strainAgainst(stack.substrate, { crystal, strain }), debyeWaller };
      top = bottom;
      return slab;
    });
}

/** Strain against the substrate (%) and Debye–Waller factor against depth (nm), with both sides of each interface; of the bare
 *  substrate its first nm. */
export function layerProfile(stack: Stack): Profile {
  return stack.layers.length === 0
    ? { depth: Float64Array.of(0, 1), strain: new Float64Array(2), debyeWaller: new Float64Array(2).fill(1) }
    : stackProfile(stack, POINTS);
}

/** The most strained layer: its strain against the substrate (%) and the depth of its middle (nm). */
function mostStrained(stack: Stack): { strain: number; depth: number } {
  let best: Slab | undefined;
  for (const slab of slabsOf(stack))
    if (best === undefined || Math.abs(slab.strain) > Math.abs(best.strain)) best = slab;
  return best === undefined
    ? { strain: 0, depth: 0 }
    : { strain: best.strain, depth: 0.5 * (best.top + best.bottom) };
}

function bandOf(
  stack: Stack,
  draws: readonly Draw<LayerFilm>[],
  { depth }: Profile,
  quantity: "strain" | "debyeWaller",
): Band {
  const slabs = new Map(draws.map(({ film }) => [film, slabsOf(withNumbers(stack, film))])),
    beyond = quantity === "strain" ? 0 : 1,
    at = (film: LayerFilm, z: number): number => {
      for (const slab of slabs.get(film)!) if (z <= slab.bottom) return slab[quantity];
      return beyond;
    };
  return { ...quantilesOf(draws, at, depth, LEVEL), level: LEVEL };
}

/** Draws of a stack of another number of layers, whose posterior is taken as the Gaussian about its maximum. */
function gaussianDraws(
  { problem, x }: LayerSolution,
  { covariance, names }: FitParameters,
): Draw<LayerFilm>[] {
  const d = problem.unknowns.filmCount,
    factor = Float64Array.from(
      { length: d * d },
      (_, k) =>
        covariance[Math.floor(k / d) * names.length + (k % d)] + (k % (d + 1) === 0 ? LEAST_VARIANCE : 0),
    ),
    isFactored = cholesky(factor, d),
    normal = normals(1);
  return Array.from({ length: isFactored ? GAUSSIAN_DRAWS : 1 }, () => {
    const at = x.slice(),
      z = Array.from({ length: d }, normal);
    for (let i = 0; isFactored && i < d; i++) for (let k = 0; k <= i; k++) at[i] += factor[i * d + k] * z[k];
    return {
      film: problem.film({ x: problem.bound(at), sign: 1 }),
      weight: isFactored ? 1 / GAUSSIAN_DRAWS : 1,
    };
  });
}

/** Of each layer, in the order of the unknowns: a layer's number has its unknown's place in the covariance, too. */
function numbersOf({ problem, x }: LayerSolution): NumberRow[] {
  const u = problem.unknowns;
  return Array.from({ length: u.layers }, (_, i) => [
    plainNumber(`lnThickness${i + 1}`, x, u.thickness(i)),
    plainNumber(`strain${i + 1}`, x, u.strain(i)),
    plainNumber(`debyeWaller${i + 1}`, x, u.debyeWaller(i)),
  ]).flat();
}

function layersFound(
  { problem, x }: LayerSolution,
  stack: Stack,
  { covariance, names }: FitParameters,
): FoundLayer[] {
  const { unknowns: u, bounds } = problem,
    film = problem.film({ x, sign: 1 }),
    repeats = repeatsOf(stack),
    deviation = (k: number): number => Math.sqrt(covariance[k * names.length + k]);
  return distinctLayers(stack).map(({ crystal }, i) => {
    const { thickness, strain, debyeWaller } = film[i],
      places = { thickness: u.thickness(i), strain: u.strain(i), debyeWaller: u.debyeWaller(i) },
      ofStrain = deviation(places.strain);
    return {
      name: crystal.name,
      repeats: repeats[i],
      thickness: about(thickness, thickness * deviation(places.thickness), 0),
      strain: about(strain, ofStrain),
      strainAgainst: about(
        strainAgainst(stack.substrate, { crystal, strain }),
        slopeAgainst(stack.substrate, crystal) * ofStrain,
      ),
      debyeWaller: about(debyeWaller, deviation(places.debyeWaller), 0),
      atBound: (["thickness", "strain", "debyeWaller"] as const).filter((name) => {
        const place = places[name],
          low = bounds.lower[place],
          high = bounds.upper[place],
          // A Debye–Waller factor of 1 is no bound of the search but the perfect crystal.
          below = name === "debyeWaller" ? Infinity : high - x[place];
        return Math.min(x[place] - low, below) < AT_BOUND * (high - low);
      }),
    };
  });
}

/** What a strain against the substrate's lattice changes by with that of the layer's own lattice. */
function slopeAgainst(substrate: Reflection, crystal: Reflection): number {
  return strainAgainst(substrate, { crystal, strain: 1 }) - strainAgainst(substrate, { crystal, strain: 0 });
}

function about(value: number, deviation: number, least = -Infinity): Estimate {
  const half = REACH * deviation;
  return { value, lower: Math.max(value - half, least), upper: value + half };
}

function periodsFound(
  { unknowns: u }: LayerProblem,
  stack: Stack,
  film: LayerFilm,
  { covariance, names }: FitParameters,
): FoundPeriod[] {
  const n = names.length;
  let first = 0;
  return stack.layers.flatMap((item) => {
    const from = first,
      members = "layers" in item ? item.layers : [item];
    first += members.length;
    if (!("layers" in item)) return [];
    const thickness = members.reduce((sum, _, i) => sum + film[from + i].thickness, 0),
      strains = members.map(({ crystal }, i) =>
        strainAgainst(stack.substrate, { crystal, strain: film[from + i].strain }),
      ),
      mean = strains.reduce((sum, e, i) => sum + (e * film[from + i].thickness) / thickness, 0);
    // Derivatives by ln thickness and strain of each member.
    const byThickness = new Float64Array(n),
      byStrain = new Float64Array(n);
    members.forEach(({ crystal }, i) => {
      const t = film[from + i].thickness;
      byThickness[u.thickness(from + i)] = t;
      byStrain[u.thickness(from + i)] = ((strains[i] - mean) * t) / thickness;
      byStrain[u.strain(from + i)] = (slopeAgainst(stack.substrate, crystal) * t) / thickness;
    });
    const deviation = (slope: Float64Array): number => {
      let sum = 0;
      for (let a = 0; a < n; a++)
        if (slope[a] !== 0) for (let b = 0; b < n; b++) sum += slope[a] * slope[b] * covariance[a * n + b];
      return Math.sqrt(Math.max(sum, 0));
    };
    return [
      {
        repeats: item.repeats,
        thickness: about(thickness, deviation(byThickness), 0),
        strainAgainst: about(mean, deviation(byStrain)),
      },
    ];
  });
}
