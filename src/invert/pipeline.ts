/** The one call that most users make: a scan in, the answer out. */
import { fit, type FitOptions } from "../fit/fit.ts";
import type { Inversion, Polarisation, Profile, Reflection, Scan } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";
import { guessesFrom } from "./guesses.ts";

/** What `invert` needs of a network: `createPredictor` of takagi/nn makes one. */
export interface ProfilePredictor {
  /** Names the network in the answer. */
  readonly model?: { readonly card: { readonly name: string } };
  /** @returns outside: in words, how the scan is unlike all that the network was trained on; empty where it is not */
  predict(scan: Scan, options: {
    readonly reflection: Reflection;
    readonly polarisation?: Polarisation;
    readonly monochromator?: number;
    readonly wasm?: KernelOrigin;
  }): Promise<{ readonly profile: Profile; readonly outside: readonly string[] }>;
}

/** How an inversion is steered; all optional. */
export interface InvertOptions extends Omit<FitOptions, "guesses"> {
  /** A network whose answer the fit starts from, where it knows such scans. */
  readonly predictor?: ProfilePredictor;
}

/** Rough starts beside the network's. */
const STARTS = 4;
/** χ² per point of an answer from the network's start that is taken without a search of its own. */
const EXPLAINED = 1.5;

/** Strain and disorder against depth from a measured scan, with no guess. With a network that knows such scans: its
 *  profile, a few beside it and a few rough starts are fitted, and the best is the answer; where that does not explain the
 *  scan, the multi-start fit is done too, and the better one taken. Otherwise the multi-start fit. `method` and
 *  `methodReason` of the answer say which.
 *  @throws as `fit` and the predictor do
 *  @example
 *  const predictor = await createPredictor(await loadModel("models/universal")); // of takagi/nn
 *  const { profile, verdict, method } = await invert(scan, reflection, { predictor }); */
export async function invert(scan: Scan, reflection: Reflection, { predictor, ...options }: InvertOptions = {}): Promise<Inversion> {
  const plainly = async (methodReason: string): Promise<Inversion> => ({ ...(await fit(scan, reflection, options)), methodReason });
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
  const starts = options.starts ?? STARTS;
  const found = await fit(scan, reflection, { ...options, starts, guesses: guessesFrom(profile) });
  const fromNetwork: Inversion = { ...found, method: "network and fit", methodReason: `fitted from the profile of ${name} and ${starts} rough starts` };
  if (found.chi2PerPoint <= EXPLAINED) return fromNetwork;
  const other = await plainly(`the fit from the profile of ${name} ended at χ² per point ${found.chi2PerPoint.toFixed(2)}, not below this one's`);
  return other.chi2PerPoint <= found.chi2PerPoint
    ? other
    : { ...fromNetwork, methodReason: `${fromNetwork.methodReason}; the multi-start fit ended at χ² per point ${other.chi2PerPoint.toFixed(2)}` };
}
