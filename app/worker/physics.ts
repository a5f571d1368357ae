/** From the form to the SDK: reflections, inversions, simulations. */
import {
  braggAngle, createSimulator, type Crystal, type Instrument, invert, material, parseCif, type Progress, reflection, type Reflection, type ResolutionShape,
  type Sample, splineProfile, WAVELENGTHS,
} from "takagi";
import { parameterOf, resolutionOf, START_FWHM } from "../model.ts";
import type { CrystalChoice, Experiment, Model } from "../session.ts";
import type { Preview, Setup, Work } from "./protocol.ts";

/** Depths at which a profile is drawn. */
const DEPTHS = 301;

export async function setup({ experiment }: Work["setup"]["ask"]): Promise<Setup> {
  const { name, d, wavelength, asymmetry = 0 } = (await prepared(experiment)).reflection;
  return { name, d, twoTheta: 2 * braggAngle(d, wavelength), asymmetry };
}

export async function invertEntry({ entry }: Work["invert"]["ask"], onProgress: (progress: Progress) => void): Promise<Work["invert"]["answer"]> {
  const { scan, experiment, model, held, mask, splines } = entry;
  if (scan === undefined) throw new Error("a simulation has no scan to invert");
  const started = performance.now();
  const { reflection, sample, instrument } = await prepared(experiment);
  const answer = await invert(scan, reflection, {
    sample,
    instrument: { ...instrument, ...startingResolution(experiment.resolutionShape, model) },
    deviation: experiment.deviation,
    mask,
    fix: model === undefined ? {} : Object.fromEntries(held.map((name) => [name, parameterOf(model, name)])),
    ...(splines === undefined ? {} : { splines }),
    onProgress,
  });
  return { answer, seconds: (performance.now() - started) / 1000 };
}

export async function preview({ experiment, model, twoTheta, isDraft }: Work["preview"]["ask"]): Promise<Preview> {
  const { reflection, sample, instrument } = await prepared(experiment);
  const { thickness, strainWeights, debyeWallerWeights } = model;
  const profile = await splineProfile({ thickness, strainWeights, debyeWallerWeights, points: DEPTHS });
  // Rounding may leave a spline of ones a hair above 1.
  const physical = { ...profile, debyeWaller: profile.debyeWaller.map((w) => Math.min(Math.max(w, 0), 1)) };
  const simulator = await createSimulator();
  const { intensity } = simulator.simulate(physical, reflection, twoTheta, { sample, instrument: { ...model.instrument, ...instrument }, deviation: experiment.deviation, kernel: isDraft ? "fast" : "simd" });
  return { profile: physical, intensity };
}

export async function counts({ intensity, seed }: Work["counts"]["ask"]): Promise<Float64Array> {
  return (await createSimulator()).counts(intensity, seed);
}

/** A Gaussian's width is read off the scan; other shapes need a start, and keep what an earlier fit found. */
function startingResolution(shape: ResolutionShape, model: Model | undefined): Instrument {
  if (model?.instrument.resolution?.shape === shape && shape !== "gaussian") return { resolution: model.instrument.resolution };
  if (shape === "gaussian") return {};
  return { resolution: resolutionOf(shape, START_FWHM) };
}

interface Prepared {
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly instrument: Instrument;
}

/** The last one, kept: a drag asks for the same again and again. */
let last: { readonly key: string; readonly value: Promise<Prepared> } | undefined;

function prepared(experiment: Experiment): Promise<Prepared> {
  const key = JSON.stringify(experiment);
  if (last?.key !== key) last = { key, value: prepare(experiment) };
  return last.value;
}

async function prepare(experiment: Experiment): Promise<Prepared> {
  const { hkl, wavelength, surface, isGrazingExit, geometry, filmThickness, substrate, substrateHkl, polarisation, monochromator } = experiment;
  const found = await reflection(crystalOf(experiment.crystal), { hkl, wavelength, ...(surface === undefined ? {} : { surface }) });
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  return {
    reflection: isGrazingExit && found.asymmetry !== undefined ? { ...found, asymmetry: -found.asymmetry } : found,
    sample: {
      geometry,
      ...(isThick && filmThickness !== undefined ? { filmThickness } : {}),
      ...(geometry === "thick film on substrate" ? { substrate: await reflection(crystalOf(substrate), { hkl: substrateHkl ?? hkl, wavelength }) } : {}),
    },
    instrument: {
      polarisation,
      ...(polarisation === "unpolarised" && monochromator !== undefined ? { monochromator } : {}),
      ...(experiment.hasSecondLine ? { lines: [{ wavelength, weight: 2 }, { wavelength: wavelength + WAVELENGTHS["Cu Kα2"] - WAVELENGTHS["Cu Kα1"], weight: 1 }] } : {}),
    },
  };
}

function crystalOf(choice: CrystalChoice | undefined): Crystal {
  if (choice === undefined) throw new Error("no crystal is chosen");
  if (choice.kind === "material") return material(choice.name);
  const crystal = parseCif(choice.text);
  return crystal.name === "" ? { ...crystal, name: choice.name } : crystal;
}
