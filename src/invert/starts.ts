/** Where the search of a profile starts: what users give, what a network proposes, rough shapes. */
import { interpolate } from "../profile/sampled.ts";
import type { Inversion, Profile } from "../types.ts";
import { guessesFrom } from "./guesses.ts";
import { findNetwork } from "./networks.ts";
import type { InvertOptions } from "./options.ts";
import type { Start } from "./race.ts";
import { roughStarts } from "./roughStarts.ts";
import type { ScanProblem } from "./scanProblem.ts";
import { staged, type StagedStep } from "./staged.ts";
import type { SplineFilm } from "./unknowns.ts";

const PROPOSALS = 64;
const ROUGH_STARTS = 14;

/** A film to start from. */
export interface StartFilm {
  readonly film: SplineFilm;
  readonly from: string;
  /** Of the resolution, degrees 2θ. */
  readonly fwhm?: number;
}

export interface StartFilms {
  readonly films: readonly StartFilm[];
  /** Rough shapes, looked for where they are asked for. */
  others(): Generator<StagedStep, readonly StartFilm[], void>;
  /** What the network says. */
  readonly proposals: readonly SplineFilm[];
  readonly method: Inversion["method"];
  readonly methodReason: string;
}

/** Films to start from, as one scan and the user say them. */
export async function startsOf(problem: ScanProblem, options: InvertOptions): Promise<StartFilms> {
  const { weights: splines } = problem.unknowns,
    films: StartFilm[] = [];
  for (const guess of options.guesses ?? [])
    for (const profile of guessesFrom(guess))
      films.push({ film: filmFrom(profile, splines), from: "the profile that was given" });
  const asked = await networkStarts(problem, options);
  asked.films.forEach((film, k) =>
    films.push({ ...film, from: k === 0 ? "the network's answer" : "the network's proposals" }),
  );
  return {
    films,
    others: () => roughFilms(problem),
    proposals: asked.films.map(({ film }) => film),
    method: asked.films.length > 0 ? "network and search" : "search",
    methodReason: asked.reason,
  };
}

/** The place of a film to start from. */
export function startIn(problem: ScanProblem): (start: StartFilm) => Start {
  return ({ film, from, fwhm }) => ({ ...problem.place(film, fwhm === undefined ? {} : { fwhm }), from });
}

/** Rough shapes to start from. */
export function* roughFilms(problem: ScanProblem): Generator<StagedStep, StartFilm[], void> {
  const from = "rough shapes",
    films = yield* staged(roughStarts(problem, ROUGH_STARTS), from);
  return films.map((film) => ({ film, from }));
}

async function networkStarts(
  problem: ScanProblem,
  { network, predictor: own, sample, instrument, wasm }: InvertOptions,
): Promise<{ films: { film: SplineFilm; fwhm?: number }[]; reason: string }> {
  const { scan, reflection } = problem.setting,
    predictor = network === undefined ? own : await findNetwork(network),
    none = (reason: string) => ({ films: [], reason });
  if (predictor === undefined) return none("no network was given");
  const name = `network ${predictor.model?.card.name ?? "given"}`;
  if ((sample?.geometry ?? "single crystal") !== "single crystal")
    return none(`${name} knows single crystals only`);
  if ((reflection.asymmetry ?? 0) !== 0) return none(`${name} knows symmetric reflections only`);
  const { polarisation, monochromator } = instrument ?? {},
    options = {
      reflection,
      ...(polarisation !== undefined && { polarisation }),
      ...(monochromator !== undefined && { monochromator }),
      ...(wasm !== undefined && { wasm }),
    },
    { weights: splines } = problem.unknowns,
    { profile, outside } = await predictor.predict(scan, options);
  if (outside.length > 0) return none(`${name} does not know such scans: ${outside.join("; ")}`);
  const proposals =
      predictor.proposes === false || predictor.propose === undefined
        ? []
        : await predictor.propose(scan, PROPOSALS, options),
    films = [
      { film: filmFrom(profile, splines) },
      ...proposals.map(({ profile: own, labels }) => ({
        film: filmFrom(own, splines),
        ...(labels.fwhm === undefined ? {} : { fwhm: labels.fwhm }),
      })),
    ];
  return {
    films,
    reason: `searched from ${films.length === 1 ? `the profile of ${name}` : `${films.length} proposals of ${name}`} and from rough starts`,
  };
}

/** Splines that follow a sampled profile. */
function filmFrom({ depth, strain, debyeWaller }: Profile, splines: number): SplineFilm {
  const thickness = depth[depth.length - 1],
    // The maximum of spline i lies at the height (i + 2)/n.
    places = Float64Array.from(
      { length: splines },
      (_, k) => (1 - Math.min((k + 2) / splines, 1)) * thickness,
    );
  return {
    thickness,
    strainWeights: interpolate(depth, strain, places),
    debyeWallerWeights: interpolate(depth, debyeWaller, places),
  };
}
