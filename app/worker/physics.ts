/** From the form to the SDK: reflections, inversions, simulations. */
import {
  braggAngle,
  createSimulator,
  type Crystal,
  type Instrument,
  invert,
  type InvertOptions,
  type Inversion,
  material,
  parseCif,
  type Profile,
  type Progress,
  reflection,
  type Reflection,
  type Sample,
  type Scan,
  splineProfile,
  secondLine,
} from "takagi";
import { parameterOf, resolutionOf, START_FWHM } from "../model.ts";
import type { Network } from "../network.ts";
import type { CrystalChoice, Experiment, Model } from "../session.ts";
import { load, NetworkError, networkFor } from "./network.ts";
import type { Preview, Setup, Work } from "./protocol.ts";

/** Depths at which a profile is drawn. */
const DEPTHS = 301;

export async function setup({ experiment }: Work["setup"]["ask"]): Promise<Setup> {
  const { name, d, wavelength, asymmetry = 0 } = (await prepared(experiment)).reflection;
  return { name, d, twoTheta: 2 * braggAngle(d, wavelength), asymmetry };
}

export async function invertEntry(
  { entry, networks, isFromModel }: Work["invert"]["ask"],
  onProgress: (progress: Progress) => void,
): Promise<Work["invert"]["answer"]> {
  const { scan, experiment, model, held, mask, splines, effort } = entry;
  if (scan === undefined) throw new Error("a simulation has no scan to invert");
  const started = performance.now();
  const { reflection, sample, instrument } = await prepared(experiment);
  const options: InvertOptions = {
    sample,
    instrument: { ...instrument, ...startingResolution(experiment, model) },
    deviation: experiment.deviation,
    mask,
    fix: model === undefined ? {} : Object.fromEntries(held.map((name) => [name, parameterOf(model, name)])),
    ...(splines === undefined ? {} : { splines }),
    ...(effort === undefined ? {} : { effort }),
    onProgress,
  };
  const answer = isFromModel
    ? await invertFromModel(scan, reflection, options, model)
    : await invertByNetwork(scan, reflection, options, {
        networks,
        isAutomatic: entry.network === "automatic",
      });
  return { answer, seconds: (performance.now() - started) / 1000 };
}

async function invertFromModel(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions,
  model: Model | undefined,
): Promise<Inversion> {
  if (model === undefined) throw new Error("there is no profile yet to start from");
  const answer = await invert(scan, reflection, { ...options, guesses: [await profileOf(model)] });
  return { ...answer, methodReason: "searched from the profile that was drawn and from rough starts" };
}

/** Where the page chooses the network, one that cannot be loaded does not keep the scan from its answer. */
async function invertByNetwork(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions,
  { networks, isAutomatic }: { readonly networks: readonly Network[]; readonly isAutomatic: boolean },
): Promise<Inversion> {
  const plainly = async (methodReason: string): Promise<Inversion> => ({
    ...(await invert(scan, reflection, options)),
    methodReason,
  });
  const { polarisation, monochromator } = options.instrument ?? {};
  const found = await networkFor(networks, scan, {
    reflection,
    ...(polarisation === undefined ? {} : { polarisation }),
    ...(monochromator === undefined ? {} : { monochromator }),
  });
  if (typeof found === "string") return plainly(found);
  options.onProgress?.({ stage: "asking the network", fraction: 0 });
  try {
    return await invert(scan, reflection, { ...options, predictor: await load(found) });
  } catch (error) {
    if (!isAutomatic || !(error instanceof NetworkError)) throw error;
    return plainly(error.message);
  }
}

export async function preview({
  experiment,
  model,
  twoTheta,
  isDraft,
}: Work["preview"]["ask"]): Promise<Preview> {
  const { reflection, sample, instrument } = await prepared(experiment);
  const profile = await profileOf(model);
  const simulator = await createSimulator();
  const { intensity } = simulator.simulate(profile, reflection, twoTheta, {
    sample,
    instrument: { ...model.instrument, ...instrument },
    deviation: experiment.deviation,
    kernel: isDraft ? "fast" : "simd",
  });
  return { profile, intensity };
}

async function profileOf({ thickness, strainWeights, debyeWallerWeights }: Model): Promise<Profile> {
  const profile = await splineProfile({ thickness, strainWeights, debyeWallerWeights, points: DEPTHS });
  // Rounding may leave a spline of ones a hair above 1.
  return { ...profile, debyeWaller: profile.debyeWaller.map((w) => Math.min(Math.max(w, 0), 1)) };
}

export async function counts({ intensity, seed }: Work["counts"]["ask"]): Promise<Float64Array> {
  return (await createSimulator()).counts(intensity, seed);
}

/** A Gaussian's width is read off the scan; other shapes need a start, and keep what an earlier fit found. */
function startingResolution(experiment: Experiment, model: Model | undefined): Instrument {
  if (experiment.resolutionShape === "gaussian") return {};
  const wasFitted = model?.instrument.resolution?.shape === experiment.resolutionShape;
  return { resolution: resolutionOf(experiment, wasFitted ? parameterOf(model, "fwhm") : START_FWHM) };
}

export interface Prepared {
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly instrument: Instrument;
}

/** The last one, kept: a drag asks for the same again and again. */
let last: { readonly key: string; readonly value: Promise<Prepared> } | undefined;

export function prepared(experiment: Experiment): Promise<Prepared> {
  const key = JSON.stringify(experiment);
  if (last?.key !== key) last = { key, value: prepare(experiment) };
  return last.value;
}

async function prepare(experiment: Experiment): Promise<Prepared> {
  const {
    hkl,
    wavelength,
    surface,
    isGrazingExit,
    geometry,
    filmThickness,
    substrate,
    substrateHkl,
    polarisation,
    monochromator,
  } = experiment;
  const found = await reflection(crystalOf(experiment.crystal), {
    hkl,
    wavelength,
    ...(surface === undefined ? {} : { surface }),
  });
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  return {
    reflection:
      isGrazingExit && found.asymmetry !== undefined ? { ...found, asymmetry: -found.asymmetry } : found,
    sample: {
      geometry,
      ...(isThick && filmThickness !== undefined ? { filmThickness } : {}),
      ...(geometry === "thick film on substrate"
        ? { substrate: await reflection(crystalOf(substrate), { hkl: substrateHkl ?? hkl, wavelength }) }
        : {}),
    },
    instrument: {
      polarisation,
      ...(polarisation === "unpolarised" && monochromator !== undefined ? { monochromator } : {}),
      ...(experiment.hasSecondLine
        ? {
            lines: [
              { wavelength, weight: 2 },
              { wavelength: secondLineOf(wavelength), weight: 1 },
            ],
          }
        : {}),
    },
  };
}

/** The anode's Kα2 line.
 *  @throws where the wavelength is no Kα1 line */
function secondLineOf(wavelength: number): number {
  const second = secondLine(wavelength);
  if (second === undefined)
    throw new Error(`${wavelength} Å is the Kα1 line of no known anode, so that its Kα2 line is not known`);
  return second;
}

function crystalOf(choice: CrystalChoice | undefined): Crystal {
  if (choice === undefined) throw new Error("no crystal is chosen");
  if (choice.kind === "material") return material(choice.name);
  const crystal = parseCif(choice.text);
  return crystal.name === "" ? { ...crystal, name: choice.name } : crystal;
}
