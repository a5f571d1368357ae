/** Profiles unlike those that networks learn from: figures 8 and 9 of Boulle & Debelle 2023. */
import { Paper } from "../../assembly/layout.ts";
import type { NoiseKind } from "../dataset/generator.ts";
import type { PaperPreset } from "../dataset/presets.ts";
import { largestStrain } from "../profile/comparison.ts";
import { createSimulator } from "../simulate/simulator.ts";
import type { Scan } from "../types.ts";
import { DEGREES } from "../units.ts";
import { meanCounts } from "./cases.ts";

export interface Challenge {
  readonly labels: Readonly<Record<string, number>>;
  readonly scan: Scan;
}

const THICKNESS = 400;
/** %. */
const STRAINS = [2, 1.5, 1, 0.5];
/** nm below the surface. */
const DEPTHS = [60, 130, 210, 290];
const INSTRUMENT = { fwhm: 0.02, dynamicRange: 5 };
const TOP_COUNTS = 1e6;
/** %, beyond both ends. */
const MARGIN = 1;

/** Strain that rises steeply below the surface and falls slowly, and its mirror image, each with four maxima. */
export async function mirroredCases(
  preset: PaperPreset,
  noise: NoiseKind,
  seed: number,
): Promise<{ rightTailed: Challenge[]; leftTailed: Challenge[] }> {
  // Both ends of the mirrored weights are those of a film whose strain leaves 0 smoothly at surface and interface.
  const shape = (height: number): number =>
    height > 0.85 ? 0 : gauss((height - 0.72) / (height > 0.72 ? 0.09 : 0.2));
  const make = (height: (own: number) => number, first: number): Promise<Challenge[]> =>
    Promise.all(
      STRAINS.map((strain, k) =>
        challenge({
          preset,
          noise,
          seed: seed + first + k,
          strain,
          debyeWaller: 0.4,
          shape: (own) => shape(height(own)),
        }),
      ),
    );
  return { rightTailed: await make((own) => own, 0), leftTailed: await make((own) => 1 - own, 4) };
}

/** A layer of 1 % strain that is nearly amorphous, in four depths. */
export function buriedCases(preset: PaperPreset, noise: NoiseKind, seed: number): Promise<Challenge[]> {
  return Promise.all(
    DEPTHS.map((depth, k) =>
      challenge({
        preset,
        noise,
        seed: seed + k,
        strain: 1,
        debyeWaller: 0.05,
        shape: (own) => gauss((own - 1 + depth / THICKNESS) / 0.1),
      }),
    ),
  );
}

interface Request {
  readonly preset: PaperPreset;
  readonly noise: NoiseKind;
  readonly seed: number;
  readonly strain: number;
  readonly debyeWaller: number;
  /** At relative height, 0 to 1. */
  shape(height: number): number;
}

/** Splines whose weights are the shape's values at their middles (Schoenberg 1946): close to it, and mirrored where it is. */
async function challenge({ preset, noise, seed, strain, debyeWaller, shape }: Request): Promise<Challenge> {
  const raw = Array.from({ length: Paper.Weights }, (_, k) => shape((k + 2) / Paper.Weights)),
    largest = largestStrain(raw);
  const labels = {
    ...Object.fromEntries(raw.map((w, k) => [`weight${k + 1}`, (strain * w) / largest])),
    disorder: -Math.log(debyeWaller),
    thickness: THICKNESS,
    ...INSTRUMENT,
  };
  const {
      reflection: { wavelength, d },
      scan: { step, rounding },
    } = preset,
    bragg = Math.asin(wavelength / (2 * d));
  const end = (e: number): number =>
      Math.round(((bragg - (e / 100) * Math.tan(bragg)) * DEGREES) / rounding) * rounding,
    low = end(strain + MARGIN),
    high = end(-MARGIN);
  const twoTheta = Float64Array.from(
    { length: Math.round((high - low) / step) + 1 },
    (_, j) => 2 * (low + j * step),
  );
  const mean = await meanCounts(preset, twoTheta, labels, TOP_COUNTS),
    counts = noise === "none" ? mean : (await createSimulator()).counts(mean, seed);
  return {
    labels,
    scan: {
      twoTheta,
      intensity: noise === "published" ? counts.map((y, j) => y + mean[j]!) : counts,
      countUnit: 1,
    },
  };
}

function gauss(x: number): number {
  return Math.exp(-(x * x) / 2);
}
