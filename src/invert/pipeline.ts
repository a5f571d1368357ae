/** The one call that most users make: a scan in, the answer out. */
import { fit, type FitOptions } from "../fit/fit.ts";
import { guessesFrom } from "../fit/guesses.ts";
import type { Inversion, Polarisation, Profile, Reflection, Scan } from "../types.ts";
import type { SplineProfileOptions } from "../profile/spline.ts";
import type { KernelOrigin } from "../wasm/load.ts";

/** What a network is told beside the scan. */
export interface PredictorOptions {
  readonly reflection: Reflection;
  readonly polarisation?: Polarisation;
  readonly monochromator?: number;
  readonly wasm?: KernelOrigin;
}

/** One of several profiles that a scan may have, as a network proposes it. */
export interface ProfileProposal {
  readonly profile: Profile;
  /** What the profile is made of: thickness (nm), strain weights (%), and Debye–Waller weights or the `disorder` that ties
   *  them to the strain. */
  readonly spline: SplineProfileOptions;
  /** By the network's own names, what it says: fwhm in degrees 2θ, lorentzFraction, dynamicRange in decades, … */
  readonly labels: Readonly<Record<string, number>>;
  /** Scan angle minus true angle, degrees 2θ. */
  readonly offset: number;
  /** Share of the probability that it stands for, 0 … 1. */
  readonly weight: number;
}

/** What `invert` needs of a network: `createPredictor` of takagi/nn makes one. */
export interface ProfilePredictor {
  /** Names the network in the answer. */
  readonly model?: { readonly card: { readonly name: string }; readonly bank?: object };
  /** @returns outside: in words, how the scan is unlike all that the network was trained on; empty where it is not */
  predict(
    scan: Scan,
    options: PredictorOptions,
  ): Promise<{ readonly profile: Profile; readonly outside: readonly string[] }>;
  /** At most `count` profiles that the scan may have, the most probable first; absent, or an error, where the network has no
   *  bank of residuals (`model.bank`). */
  propose?(scan: Scan, count: number, options: PredictorOptions): Promise<readonly ProfileProposal[]>;
}

/** How an inversion is steered; all optional. */
export interface InvertOptions extends Omit<FitOptions, "guesses"> {
  /** A network whose answer the fit starts from, where it knows such scans. */
  readonly predictor?: ProfilePredictor;
}

/** Strain and disorder against depth from a measured scan, with no guess. With a network that knows such scans: its
 *  profile and a few beside it are fitted besides the rough starts of the multi-start fit, so that no profile is missed that
 *  the latter would find. Otherwise the multi-start fit alone. `method` and
 *  `methodReason` of the answer say which.
 *  @throws as `fit` and the predictor do
 *  @example
 *  const predictor = await createPredictor(await loadModel("models/universal")); // of takagi/nn
 *  const { profile, verdict, method } = await invert(scan, reflection, { predictor }); */
export async function invert(
  scan: Scan,
  reflection: Reflection,
  { predictor, ...options }: InvertOptions = {},
): Promise<Inversion> {
  const plainly = async (methodReason: string): Promise<Inversion> => ({
    ...(await fit(scan, reflection, options)),
    methodReason,
  });
  if (predictor === undefined) return plainly("no network was given");
  const name = `network ${predictor.model?.card.name ?? "given"}`;
  const { geometry = "single crystal" } = options.sample ?? {};
  if (geometry !== "single crystal") return plainly(`${name} knows single crystals only`);
  if ((reflection.asymmetry ?? 0) !== 0) return plainly(`${name} knows symmetric reflections only`);
  const { polarisation, monochromator } = options.instrument ?? {};
  const { profile, outside } = await predictor.predict(scan, {
    reflection,
    ...(polarisation !== undefined && { polarisation }),
    ...(monochromator !== undefined && { monochromator }),
    ...(options.wasm !== undefined && { wasm: options.wasm }),
  });
  if (outside.length > 0) return plainly(`${name} does not know such scans: ${outside.join("; ")}`);
  const found = await fit(scan, reflection, { ...options, guesses: guessesFrom(profile) });
  return {
    ...found,
    method: "network and fit",
    methodReason: `fitted from the profile of ${name} and from rough starts`,
  };
}
