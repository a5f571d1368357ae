/** Films of splines on one crystal: the problem of a scan of an irradiated or implanted crystal. */
import { ROUGH } from "./precision.ts";
import { distance } from "./distance.ts";
import type { Films } from "./films.ts";
import { type Known, type Population, PopulationPrior } from "./prior.ts";
import type { Problem } from "./problem.ts";
import { ScanProblem, type ScanSetting } from "./scanProblem.ts";
import { SplineStructure } from "./splineStructure.ts";
import { filmOf, type Place, putFilm, type SplineFilm, Unknowns } from "./unknowns.ts";

export interface SplineFilmSetting {
  readonly population: Population;
  readonly splines: number;
  readonly known: readonly Known[];
  /** Largest modulus of a strain weight, %. */
  readonly mostStrain: number;
  /** Of the film's Debye–Waller factor, where it is that of another reflection of the sample; 1 if absent. */
  readonly power?: number;
}

const LEAST_SCALE = 0.02;
const THINNEST = 3;

export function splineProblem(setting: ScanSetting & SplineFilmSetting): ScanProblem {
  return new ScanProblem(setting, splineFilms(setting));
}

function splineFilms(setting: ScanSetting & SplineFilmSetting): Films<Unknowns, SplineFilm> {
  const { workspace, simd, reflection, sample, population, splines, known, mostStrain, isSummed, held } =
      setting,
    unknowns = new Unknowns(splines, population.kind),
    power = setting.power ?? 1;
  return {
    name: population.name,
    unknowns,
    prior: new PopulationPrior(unknowns, population, known),
    structure: new SplineStructure({ workspace, simd, unknowns, reflection, sample, power }),
    bound: (lower, upper) => {
      const u = unknowns,
        whole = sample.filmThickness ?? Infinity,
        put = (from: number, count: number, low: number, high: number): void => {
          lower.fill(low, from, from + count);
          upper.fill(high, from, from + count);
        };
      if (held.thickness !== undefined)
        put(u.thickness, 1, Math.log(held.thickness), Math.log(held.thickness));
      else
        put(
          u.thickness,
          1,
          Math.log(Math.min(Math.max(THINNEST, population.thickness[0] / 4), whole / 2)),
          Math.log(Math.min(2.5 * population.thickness[1], whole)),
        );
      put(u.scale, 1, Math.log(Math.max(LEAST_SCALE, population.scale[0] / 4)), Math.log(mostStrain));
      put(u.shape, u.weights, isSummed ? 0 : -1.6, 1.6);
      if (u.kind === "tied") put(u.disorder, 1, 0, population.mostDisorder + 0.5);
      else put(u.disorder, u.weights, 0, 1);
    },
    put: (film, x) => putFilm(unknowns, film, x),
    of: (place) => filmOf(unknowns, place),
    distance,
    precision: ROUGH,
    thickness: (x) => Math.exp(x[unknowns.thickness]),
  };
}

/** The number of fringes that a film adds: ∫|e| dz/d; where there are several scans, to the one of highest order. */
export function fringesOf({ unknowns: u, scans }: Problem, { x }: Place): number {
  const d = Math.min(...scans.map(({ setting }) => setting.reflection.d));
  let sum = 0;
  for (let k = 0; k < u.weights; k++) sum += Math.abs(x[u.shape + k]);
  return (Math.exp(x[u.thickness]) * 10 * (Math.exp(x[u.scale]) / 100) * (sum / u.weights)) / d;
}
