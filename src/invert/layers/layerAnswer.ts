/** From the posterior of a stack to the answer: layers with bands, and the profile. */
import { strainAgainst } from "../../profile/stack.ts";
import type {
  Band,
  Estimate,
  FitParameters,
  FoundLayer,
  FoundPeriod,
  Profile,
  Solution,
  Stack,
} from "../../types.ts";
import { instrumentOf, type NumberRow, parametersOf, plainNumber, rmsLog } from "../answerParts.ts";
import { FINE } from "../precision.ts";
import { deviance } from "../objective.ts";
import { type Draw, quantilesOf } from "../posterior.ts";
import { distinctLayers, type LayerFilm, orderOf, repeatsOf, withNumbers } from "./layerUnknowns.ts";
import type { LayerSolution, LayersSolved } from "./solveLayers.ts";

/** Even depths of a profile, besides both sides of each interface. */
const POINTS = 200;
const LEVEL = 0.95;
/** Half width of a number's band in standard deviations of the posterior: what simulated inversions need to hold the truth at
 *  95 % (tools/layers.mjs). */
const REACH = 2.4;
/** Share of a number's range within which it stands at its bound. */
const AT_BOUND = 1e-4;

/** Quantities of one stack, exact. */
export function layerSolution(
  { problem: answered, posterior, error }: LayersSolved,
  solution: LayerSolution,
  { twoTheta, intensity }: { readonly twoTheta: Float64Array; readonly intensity: Float64Array },
): Solution {
  const { problem } = solution,
    film = problem.film(solution),
    stack = withNumbers(solution.stack, film),
    profile = layerProfile(stack, film),
    calculated = problem.calculated(solution, twoTheta),
    mean = problem.objectiveAt(FINE, solution.x).mean(solution),
    chi2 = deviance(problem.counts, mean, new Float64Array(mean.length).fill(error)),
    parameters = parametersOf(problem, solution, numbersOf(solution)),
    draws = problem === answered ? posterior.draws : [{ film, weight: 1 }],
    { strain, depth } = thickest(stack, film);
  return {
    rms: rmsLog(intensity, calculated),
    chi2PerPoint: chi2 / problem.points,
    weight: solution.share,
    profile,
    strainBand: bandOf(stack, draws, profile, "strain"),
    debyeWallerBand: bandOf(stack, draws, profile, "debyeWaller"),
    thickness: profile.depth[profile.depth.length - 1],
    maxStrain: strain,
    maxStrainDepth: depth,
    minDebyeWaller: profile.debyeWaller.reduce((a, b) => Math.min(a, b), 1),
    instrument: instrumentOf(problem, solution),
    calculated,
    splines: 0,
    stack: {
      stack,
      layers: layersFound(solution, stack, parameters),
      periods: periodsFound(stack, film, parameters),
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

/** All layers from the surface down. */
function slabsOf(stack: Stack, film: LayerFilm): Slab[] {
  const distinct = distinctLayers(stack);
  let top = 0;
  return orderOf(stack)
    .slice()
    .reverse()
    .map((k) => {
      const { thickness, strain, debyeWaller } = film[k],
        own = { top, bottom: top + thickness, debyeWaller };
      top += thickness;
      return { ...own, strain: strainAgainst(stack.substrate, { crystal: distinct[k].crystal, strain }) };
    });
}

/** Strain against the substrate (%) and Debye–Waller factor against depth (nm), with both sides of each interface. */
export function layerProfile(stack: Stack, film: LayerFilm): Profile {
  const slabs = slabsOf(stack, film),
    whole = slabs.length === 0 ? 1 : slabs[slabs.length - 1].bottom,
    gap = 1e-9 * whole,
    depth: number[] = [],
    strain: number[] = [],
    debyeWaller: number[] = [];
  if (slabs.length === 0)
    return {
      depth: Float64Array.of(0, whole),
      strain: new Float64Array(2),
      debyeWaller: new Float64Array(2).fill(1),
    };
  for (const slab of slabs) {
    const from = slab.top === 0 ? 0 : slab.top + gap,
      count = Math.max(Math.round((POINTS * (slab.bottom - slab.top)) / whole), 1);
    for (let i = 0; i <= count; i++) {
      depth.push(i === count ? slab.bottom : from + ((slab.bottom - slab.top) * i) / count);
      strain.push(slab.strain);
      debyeWaller.push(slab.debyeWaller);
    }
  }
  return {
    depth: Float64Array.from(depth),
    strain: Float64Array.from(strain),
    debyeWaller: Float64Array.from(debyeWaller),
  };
}

/** Of the largest strain that a layer has: strain (%) and depth of the layer's middle (nm). */
function thickest(stack: Stack, film: LayerFilm): { strain: number; depth: number } {
  let best: Slab | undefined;
  for (const slab of slabsOf(stack, film))
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
  const slabs = new Map(draws.map(({ film }) => [film, slabsOf(stack, film)])),
    beyond = quantity === "strain" ? 0 : 1,
    at = (film: LayerFilm, z: number): number => {
      for (const slab of slabs.get(film)!) if (z <= slab.bottom) return slab[quantity];
      return beyond;
    };
  return { ...quantilesOf(draws, at, depth, LEVEL), level: LEVEL };
}

/** Of each layer, as unknowns. */
function numbersOf({ problem, x }: LayerSolution): NumberRow[] {
  const u = problem.unknowns;
  return Array.from({ length: u.layers }, (_, i) => [
    plainNumber(`lnThickness${i + 1}`, x, u.thickness(i)),
    plainNumber(`strain${i + 1}`, x, u.strain(i)),
    plainNumber(`debyeWaller${i + 1}`, x, u.debyeWaller(i)),
  ]).flat();
}

const EACH = 3;

function layersFound(
  { problem, x }: LayerSolution,
  stack: Stack,
  { covariance, names }: FitParameters,
): FoundLayer[] {
  const film = problem.film({ x, sign: 1 }),
    repeats = repeatsOf(stack),
    deviation = (k: number): number => Math.sqrt(covariance[k * names.length + k]);
  return distinctLayers(stack).map(({ crystal }, i) => {
    const { thickness, strain, debyeWaller } = film[i],
      byStrain =
        strainAgainst(stack.substrate, { crystal, strain: 1 }) -
        strainAgainst(stack.substrate, { crystal, strain: 0 }),
      ofStrain = deviation(EACH * i + 1);
    return {
      name: crystal.name,
      repeats: repeats[i],
      thickness: about(thickness, thickness * deviation(EACH * i), 0),
      strain: about(strain, ofStrain),
      strainAgainst: about(strainAgainst(stack.substrate, { crystal, strain }), byStrain * ofStrain),
      debyeWaller: about(debyeWaller, deviation(EACH * i + 2), 0),
      atBound: (["thickness", "strain", "debyeWaller"] as const).filter((_, k) => {
        const place = EACH * i + k,
          low = problem.bounds.lower[place],
          high = problem.bounds.upper[place];
        // A Debye–Waller factor of 1 is no bound of the search but the perfect crystal.
        return Math.min(x[place] - low, k === 2 ? Infinity : high - x[place]) < AT_BOUND * (high - low);
      }),
    };
  });
}

function about(value: number, deviation: number, least = -Infinity): Estimate {
  const half = REACH * deviation;
  return { value, lower: Math.max(value - half, least), upper: value + half };
}

function periodsFound(stack: Stack, film: LayerFilm, { covariance, names }: FitParameters): FoundPeriod[] {
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
    members.forEach((_, i) => {
      const t = film[from + i].thickness;
      byThickness[EACH * (from + i)] = t;
      byStrain[EACH * (from + i)] = ((strains[i] - mean) * t) / thickness;
      byStrain[EACH * (from + i) + 1] = t / thickness;
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
