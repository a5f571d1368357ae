/** What the workers compute by the SDK: inversions and curves. */
import {
  braggAngle,
  createSimulator,
  type Instrument,
  invert,
  type InvertOptions,
  type Inversion,
  type Progress,
  type Reflection,
  type Scan,
} from "takagi";
import { isStack, parameterOf, resolutionOf, START_FWHM } from "../model.ts";
import type { Network } from "../network.ts";
import type { Entry, Experiment, Model, SplineModel } from "../session.ts";
import { drawnCurve, profileOf } from "./drawing.ts";
import { checkLayers, drawnStack, stacksOf, type WantedLayers, wantedLayers } from "./layers.ts";
import { load, NetworkError, networkFor } from "./network.ts";
import { prepared } from "./prepared.ts";
import type { Preview, Setup, Work } from "./protocol.ts";

export async function setup({ experiment, layers }: Work["setup"]["ask"]): Promise<Setup> {
  const { name, d, wavelength, asymmetry = 0 } = (await prepared(experiment)).reflection;
  if (layers !== undefined) await checkLayers(experiment, layers);
  return { name, d, twoTheta: 2 * braggAngle(d, wavelength), asymmetry };
}

export async function invertEntry(
  { entry, networks, isFromModel }: Work["invert"]["ask"],
  onProgress: (progress: Progress) => void,
): Promise<Work["invert"]["answer"]> {
  const { scan, experiment } = entry;
  if (scan === undefined) throw new Error("a simulation has no scan to invert");
  if (isFromModel && entry.model === undefined) throw new Error("there is no profile yet to start from");
  const started = performance.now();
  const { reflection, sample, instrument } = await prepared(experiment);
  const from = isFromModel ? entry.model : undefined,
    wanted = await layersWanted(entry, from);
  const options: InvertOptions = {
    sample,
    instrument: { ...instrument, ...startingResolution(experiment, entry.model) },
    deviation: experiment.deviation,
    mask: entry.mask,
    ...optionsOf(entry, wanted !== undefined),
    onProgress,
  };
  const secondsSince = (): number => (performance.now() - started) / 1000;
  if (wanted !== undefined) {
    const answer = await invert(scan, reflection, { ...options, ...wanted.options });
    return {
      answer: from === undefined ? answer : { ...answer, methodReason: FROM_LAYERS },
      stacks: stacksOf(answer, wanted),
      seconds: secondsSince(),
    };
  }
  const answer =
    from === undefined || isStack(from)
      ? await invertByNetwork(scan, reflection, options, {
          networks,
          isAutomatic: entry.network === "automatic",
        })
      : await invertFromModel(scan, reflection, options, from);
  // Where nothing was said of layers they are of the crystal itself.
  const found = answer.stack === undefined ? {} : { stacks: stacksOf(answer, OWN_LAYERS) };
  return { answer, ...found, seconds: secondsSince() };
}

const OWN_LAYERS: WantedLayers = { options: { layers: "auto" }, crystals: {} };
const FROM_LAYERS = "searched from the layers that were drawn, as many and of these crystals";

/** What is asked of layers: those that were drawn where the fit begins at them, or what the form says; none for a profile. */
async function layersWanted(
  { experiment, layers }: Entry,
  from: Model | undefined,
): Promise<WantedLayers | undefined> {
  if (from === undefined) return layers && wantedLayers(experiment, layers);
  return isStack(from) ? wantedLayers(experiment, { number: "given", given: from.layers }) : undefined;
}

/** Of the search; layers have neither splines nor a thickness of the whole that could be held. */
function optionsOf({ model, held, splines, effort }: Entry, isOfLayers: boolean): InvertOptions {
  const names = held.filter((name) => !isOfLayers || name !== "thickness");
  return {
    fix: model === undefined ? {} : Object.fromEntries(names.map((name) => [name, parameterOf(model, name)])),
    ...(splines === undefined || isOfLayers ? {} : { splines }),
    ...(effort === undefined ? {} : { effort }),
  };
}

async function invertFromModel(
  scan: Scan,
  reflection: Reflection,
  options: InvertOptions,
  model: SplineModel,
): Promise<Inversion> {
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
  const { reflection, sample, instrument } = await prepared(experiment),
    { deviation } = experiment;
  return drawnCurve(model, {
    reflection,
    sample,
    instrument: { ...model.instrument, ...instrument },
    deviation,
    twoTheta,
    isDraft,
    ...(isStack(model) ? { stack: await drawnStack(experiment, model.layers) } : {}),
  });
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
