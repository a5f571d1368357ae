/** Scans of known films as problems of the engine. */
import { createGenerator } from "../../src/dataset/generator.ts";
import { preset as presets } from "../../src/dataset/presets.ts";
import { ownReflection } from "../../src/dataset/scaling.ts";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { readFeatures } from "../../src/invert/features.ts";
import { populationFor } from "../../src/invert/populations.ts";
import type { ScanProblem, ScanSetting } from "../../src/invert/scanProblem.ts";
import { type SplineFilmSetting, splineProblem } from "../../src/invert/splines.ts";
import type { Disorder, Place, SplineFilm } from "../../src/invert/unknowns.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Scan } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

type Setting = Partial<ScanSetting & SplineFilmSetting>;

export interface Kind {
  readonly disorder: Disorder;
  readonly isSummed: boolean;
}

const FILM: SplineFilm = {
  thickness: 150,
  strainWeights: Float64Array.of(0.1, 0.3, 0.6, 0.9, 1.0, 0.95, 0.8, 0.6, 0.4, 0.2),
};
const FACTORS = Float64Array.of(0.97, 0.9, 0.75, 0.6, 0.5, 0.55, 0.65, 0.75, 0.8, 0.85);
const ALPHA = 0.7;
export const INSTRUMENT = {
  resolution: { shape: "pseudo-voigt", fwhm: 0.02, lorentzFraction: 0.2 },
  offset: 0.007,
  scale: 2e5,
  background: 8,
  backgroundDecades: -0.3,
  diffuse: { height: 60, halfWidth: 0.3 },
  deadTime: 2e-7,
} as const;

/** YSZ 400 with a film of 150 nm and 1 % as a θ–2θ scan with all that an instrument may have; or cnn1's samples, summed. */
export async function simulated(
  kind: Kind,
  setting: Setting = {},
): Promise<{ problem: ScanProblem; truth: Place; scan: Scan }> {
  return kind.isSummed ? summed() : integrated(kind.disorder, setting);
}

async function integrated(disorder: Disorder, setting: Setting) {
  const simulator = await createSimulator(),
    ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
    twoTheta = Float64Array.from({ length: 401 }, (_, i) => 72.4 + 0.0036 * i),
    strains = Array.from(FILM.strainWeights),
    profile = await splineProfile({
      thickness: FILM.thickness,
      strainWeights: strains,
      ...(disorder === "tied" ? { disorder: ALPHA } : { debyeWallerWeights: Array.from(FACTORS) }),
      points: 2001,
    } as Parameters<typeof splineProfile>[0]);
  const { intensity } = simulator.simulate(profile, ysz, twoTheta, { instrument: INSTRUMENT }),
    scan: Scan = { twoTheta, intensity: simulator.counts(intensity, 5), countUnit: 1 };
  const problem = await problemOf(scan, {
    reflection: ysz,
    population: await populationFor(disorder === "tied" ? "cnn3" : "measured", ysz),
    ...setting,
  });
  const truth = problem.place(
    { ...FILM, ...(disorder === "tied" ? { disorder: ALPHA } : { debyeWallerWeights: FACTORS }) },
    { fwhm: 0.02, lorentzFraction: 0.2, offset: 0.007, background: 8 },
  );
  const { x } = truth,
    at = problem.unknowns.instrument;
  x[at.amplitude] = 0;
  x[at.slope] = -0.3 * Math.LN10;
  x[at.diffuse] = 60 / (1e-5 * problem.top);
  x[at.diffuseWidth] = Math.log(0.3);
  const lost = 2e-7 * problem.top;
  x[at.loss] = lost / (1 + lost);
  x[at.amplitude] = Math.log(2e5 / problem.peakAbove(truth));
  return { problem, truth, scan };
}

async function summed() {
  const preset = presets("cnn1"),
    generator = await createGenerator(preset),
    names = generator.labelNames,
    { labels } = generator.generate(11, 1, 1),
    at = (name: string): number => labels[names.indexOf(name)]!,
    scan = generator.scan(11, 1);
  const problem = await problemOf(scan, {
    reflection: ownReflection(preset)!,
    population: await populationFor(preset, ownReflection(preset)!),
    deviation: "linear",
    isSummed: true,
    fwhm: [0.8 * preset.ranges.fwhm[0], 1.2 * preset.ranges.fwhm[1]],
  } as Setting);
  const truth = problem.place(
    {
      thickness: at("thickness"),
      strainWeights: Float64Array.from({ length: 10 }, (_, k) => at(`weight${k + 1}`)),
      disorder: at("disorder"),
    },
    { fwhm: at("fwhm"), background: problem.top / (1 + 10 ** at("dynamicRange")) },
  );
  problem.screen(truth, new Float64Array(problem.points).fill(1));
  return { problem, truth, scan };
}

export async function problemOf(scan: Scan, setting: Setting): Promise<ScanProblem> {
  const { exports, simd } = await loadKernels(),
    own = setting.reflection!,
    features = readFeatures({ ...scan, countUnit: 1 }, own, setting.sample ?? {});
  return splineProblem({
    workspace: workspaceOf(exports),
    simd,
    scan,
    countUnit: 1,
    used: new Uint8Array(scan.twoTheta.length).fill(1),
    reflection: own,
    sample: {},
    deviation: "exact",
    instrument: {},
    features,
    population: await populationFor("measured", own),
    splines: 10,
    isSummed: false,
    held: {},
    known: [],
    mostStrain: 12,
    fwhm: [0.1 * features.fwhm, 2 * features.fwhm],
    floor: 0.01,
    ...setting,
  });
}
