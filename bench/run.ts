/** `npm run bench`: one JSON document. All times but those of the pool and of training are of one thread, and medians of one run; compare ratios,
 *  not times of different machines. The limits are those that the project holds itself to on a machine where numpy's
 *  complex128 recursion takes about 110 ns a slice and angle. */
import { readFileSync, statSync } from "node:fs";
import { resolutionBlock } from "../src/instrument/resolution.ts";
import type { Wave } from "../src/instrument/waves.ts";
import { reflectivity, type Kernel, type Slices } from "../src/simulate/recursion.ts";
import { createGenerator } from "../src/dataset/generator.ts";
import { createSimulator } from "../src/simulate/simulator.ts";
import type { Profile, Reflection } from "../src/types.ts";
import { loadKernels } from "../src/wasm/load.ts";
import { check, workspaceOf } from "../src/wasm/workspace.ts";
import { networkTimes, type NetworkTimes } from "./nn.ts";
import { modelTimes } from "./models.ts";
import { coldStart } from "./coldStart.ts";
import { poolTimes } from "./pool.ts";
import { stackTimes } from "./stack.ts";
import { stepTimes } from "./variantA.ts";
import { limited, milliseconds, rounded, sink, type Times } from "./measure.ts";

const ANGLES = 1000;
const SLICES = 500;
const ROUNDS = 41;

const reflection: Reflection = {
  name: "ZrO2",
  hkl: [4, 0, 0],
  wavelength: 1.5406,
  d: 1.2858375,
  cellVolume: 136.06243,
  structureFactor: { zero: [223.59831, 9.38668], h: [120.31256, 9.38668], hBar: [120.31256, 9.38668] },
};
const wave: Wave = {
  reflection,
  wavelength: reflection.wavelength,
  polarisation: "sigma",
  deviation: "exact",
};
const radians = Math.PI / 180;

/** Strain of one broad peak, as ions leave it: fraction, `count` values from the interface to the surface. */
function strainOf(count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, n) => 0.015 * Math.exp(-((((n + 0.5) / count - 0.6) / 0.25) ** 2)) * ((n + 0.5) / count),
  );
}

function even(low: number, high: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

// npm runs scripts in the root of the package.
const root = process.cwd();
const wasm = readFileSync(`${root}/build/takagi.wasm`);
const kernels = await loadKernels(wasm);
const workspace = workspaceOf(kernels.exports);

const strain = strainOf(SLICES);
const slices: Slices = {
  strain,
  debyeWaller: strain.map((e) => Math.exp(-0.8 * (e / 0.01) ** 2)),
  thickness: 3000 / SLICES,
};
const theta = even(35.5 * radians, 37.1 * radians, ANGLES);

const curve = (kernel: Kernel): number =>
  reflectivity(workspace, kernels.simd, wave, slices, {}, theta, kernel)[ANGLES >> 1];
const grid = even(71, 75, 1000),
  places = even(71.2, 74.8, 1000),
  values = grid.map((x) => 1 + Math.cos(20 * x));
const seen = (fwhm: number, lorentzian: boolean): number =>
  workspace.scope(() => {
    const out = workspace.f64(places.length);
    const block = workspace.put(resolutionBlock({ shape: lorentzian ? "lorentzian" : "gaussian", fwhm }));
    const scratch = workspace.bytes(workspace.kernels.resolveScratch(grid.length, 1));
    check(
      "resolve",
      workspace.kernels.resolve(
        block,
        workspace.put(grid),
        grid.length,
        workspace.put(values),
        1,
        workspace.put(places),
        places.length,
        out,
        0,
        0,
        scratch,
      ),
    );
    return workspace.view(out, 1)[0];
  });

const simulator = await createSimulator({ wasm });
const depth = even(0, 300, 501);
const profile: Profile = {
  depth,
  strain: strainOf(501)
    .map((e) => e * 100)
    .reverse(),
  debyeWaller: strainOf(501)
    .map((e) => Math.exp(-60 * e))
    .reverse(),
};
const twoTheta = even(71, 74.2, ANGLES);
const simulate = (shape: "gaussian" | "lorentzian"): number =>
  simulator.simulate(profile, reflection, twoTheta, { instrument: { resolution: { shape, fwhm: 0.02 } } })
    .intensity[1];

const recursion = milliseconds(
  { f64: () => curve("f64"), simd: () => curve("simd"), fast: () => curve("fast") },
  ROUNDS,
);
const others = milliseconds(
  {
    gaussian: () => seen(0.02, false),
    lorentzian: () => seen(0.02, true),
    simulateGaussian: () => simulate("gaussian"),
    simulateLorentzian: () => simulate("lorentzian"),
  },
  9,
);
const generators = {
  cnn1: await createGenerator("cnn1"),
  cnn2: await createGenerator("cnn2"),
  cnn3: await createGenerator("cnn3"),
  measured: await createGenerator("measured"),
  universal: await createGenerator("universal"),
};
const models = {
  summed: await modelTimes({ disorder: "tied", isSummed: true }),
  scan: await modelTimes({ disorder: "free", isSummed: false }),
};
const SAMPLES = 400;
const samples = milliseconds(
  {
    cnn1: () => generators.cnn1.generate(1, 0, SAMPLES).inputs[0],
    cnn2: () => generators.cnn2.generate(1, 0, SAMPLES).inputs[0],
    cnn3: () => generators.cnn3.generate(1, 0, SAMPLES).inputs[0],
    measured: () => generators.measured.generate(1, 0, SAMPLES).inputs[0],
    universal: () => generators.universal.generate(1, 0, SAMPLES).inputs[0],
    labels: () => generators.universal.labels(1, 0, SAMPLES).labels[0],
  },
  7,
);
const POOLED = 4096;
const stacks = stackTimes(
  { workspace, simd: kernels.simd },
  { wave, theta, pieces: SLICES, today: () => curve("simd") },
  ROUNDS,
);
const pools = await poolTimes(root, "cnn2", POOLED, 5);
const networks = {
  paper: await networkTimes(root, "cnn1", "paper", 12_288),
  five: await networkTimes(root, "cnn3", "five", 24_576),
  takagi: await networkTimes(root, "cnn2", "takagi", 12_288),
};
const steps = await stepTimes(9);
const networkReport = (times: NetworkTimes | null, least: number | null, one: number, many: number) =>
  times === null
    ? null
    : {
        trainedPerSecond:
          least === null
            ? rounded(times.trainedPerSecond)
            : {
                value: rounded(times.trainedPerSecond),
                atLeast: least,
                pass: times.trainedPerSecond >= least,
              },
        oneCurve: limited(rounded(times.one), one, "ms"),
        batchOf1024: limited(rounded(times.many), many, "ms a curve"),
        residentMegabytes: rounded(times.residentMegabytes),
      };
const nanoseconds = (times: Times, units: number): number => rounded((times.median * 1e6) / units);
const least = (times: Times, units: number): { least: number } => ({
  least: rounded((times.least * 1e6) / units),
});
const ratio = (slow: Times, quick: Times): number => rounded(slow.median / quick.median);
const each = SLICES * ANGLES;
const started = coldStart(root);
const size = (file: string): number => statSync(`${root}/build/${file}`).size;

console.log(
  JSON.stringify(
    {
      node: process.version,
      simd: kernels.simd,
      stacks,
      recursion: {
        what: `typed arrays to reflectivity, ${ANGLES} angles × ${SLICES} slices, tables included`,
        unit: "ns per slice and angle",
        f64Judge: { value: nanoseconds(recursion.f64, each), ...least(recursion.f64, each) },
        f64Simd: {
          ...limited(nanoseconds(recursion.simd, each), 3.5, "ns"),
          ...least(recursion.simd, each),
          fasterThanJudge: ratio(recursion.f64, recursion.simd),
        },
        f32Fast: {
          ...limited(nanoseconds(recursion.fast, each), 1.6, "ns"),
          ...least(recursion.fast, each),
          fasterThanJudge: ratio(recursion.f64, recursion.fast),
        },
      },
      models: {
        what: "what fits evaluate, the objective and with its normal equations; CPU time",
        unit: "ms a curve",
        summed: {
          value: rounded(models.summed.value),
          jacobian: rounded(models.summed.jacobian),
          exactJacobian: rounded(models.summed.exact),
          fasterThanExact: rounded(models.summed.exact / models.summed.jacobian),
        },
        scan: {
          value: rounded(models.scan.value),
          jacobian: rounded(models.scan.jacobian),
          exactJacobian: rounded(models.scan.exact),
          fasterThanExact: rounded(models.scan.exact / models.scan.jacobian),
        },
      },
      resolve: {
        what: "1000 places × 1000 grid points, fwhm of 5 grid steps",
        unit: "ns per place and grid point",
        gaussian: nanoseconds(others.gaussian, 1e6),
        lorentzian: nanoseconds(others.lorentzian, 1e6),
      },
      simulate: {
        what: "300 nm of zirconia, 1000 angles, profile to intensity",
        unit: "ms",
        gaussian: rounded(others.simulateGaussian.median),
        lorentzian: rounded(others.simulateLorentzian.median),
      },
      samples: {
        what: "training samples, everything included, one thread",
        unit: "ms a sample",
        cnn1: rounded(samples.cnn1.median / SAMPLES),
        cnn2: {
          ...limited(rounded(samples.cnn2.median / SAMPLES), 0.3, "ms"),
          least: rounded(samples.cnn2.least / SAMPLES),
        },
        cnn3: {
          ...limited(rounded(samples.cnn3.median / SAMPLES), 0.2, "ms"),
          least: rounded(samples.cnn3.least / SAMPLES),
        },
        measured: {
          ...limited(rounded(samples.measured.median / SAMPLES), 0.5, "ms"),
          least: rounded(samples.measured.least / SAMPLES),
        },
        universal: {
          ...limited(rounded(samples.universal.median / SAMPLES), 0.5, "ms"),
          least: rounded(samples.universal.least / SAMPLES),
        },
        universalLabelsOnly: rounded(samples.labels.median / SAMPLES),
      },
      pool:
        pools === null
          ? null
          : {
              what: "takagi/pool, cnn2, workers running",
              unit: "ms a sample",
              oneWorker: rounded(pools.one.median / POOLED),
              twoWorkers: rounded(pools.two.median / POOLED),
              twoFasterThanOne: { value: ratio(pools.one, pools.two), atLeast: 1.8 },
            },
      networks: {
        what: "takagi train on all cores, samples drawn on the fly (samples/s of the steps); inference on tfjs's WASM kernels, one thread",
        paperCnn1: networkReport(networks.paper, 400, 8, 1.3),
        fiveCnn3: networkReport(networks.five, 1000, 4, 0.8),
        takagiCnn2: networkReport(networks.takagi, null, 8, 1.3),
        variantA: {
          what: 'steps of "five" on one thread, batch 128, samples not counted: takagi\'s kernels, and stock tfjs with gradients as forward convolutions',
          unit: "samples/s",
          takagi: rounded(steps.oursPerSecond),
          stock: rounded(steps.variantAPerSecond),
          fasterThanStock: rounded(steps.fasterThanVariantA),
        },
      },
      kernels: {
        simd: limited(size("takagi.wasm"), 52_000, "bytes"),
        scalar: limited(size("takagi.scalar.wasm"), 40_000, "bytes"),
        data: limited(size("takagi.data.wasm"), 40_000, "bytes"),
      },
      coldStart: {
        what: "import of the package to the first curve of 1000 angles, a process of its own",
        ...limited(started === null ? null : rounded(started), 40, "ms"),
      },
      sink: Number.isFinite(sink.value),
    },
    null,
    2,
  ),
);
