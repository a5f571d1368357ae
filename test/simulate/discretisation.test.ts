/** How much the cutting of a profile into slices costs. */
import { beforeAll, describe, expect, test } from "vitest";
import { resolutionBlock } from "../../src/instrument/resolution.ts";
import type { Wave } from "../../src/instrument/waves.ts";
import { reflectivity } from "../../src/simulate/recursion.ts";
import { continuous } from "../../src/simulate/simulator.ts";
import { resolvedAngles, slice, sliceCount } from "../../src/simulate/slicing.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import type { Geometry, Profile } from "../../src/types.ts";
import { DEGREES } from "../../src/units.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { braggAngle, decades, random, scattering, ZIRCONIA } from "./crystals.ts";

const WAVE: Wave = { reflection: ZIRCONIA, wavelength: 1.5406, polarisation: "sigma", deviation: "exact" };

let workspace: Workspace;
let simd: boolean;
beforeAll(async () => {
  const kernels = await loadKernels();
  workspace = workspaceOf(kernels.exports);
  simd = kernels.simd;
});

interface Case {
  profile: Profile;
  range: [number, number];
  geometry: Geometry;
}

/** A profile as implantation makes them: one broad peak, its weights scattered; thickness, strain and disorder over the
 *  ranges that are met. */
async function randomCase(seed: number): Promise<Case> {
  const next = random(seed);
  const thickness = 50 + 950 * next(),
    largest = (0.2 + 7.8 * next() ** 2) * (next() < 0.15 ? -0.3 : 1);
  const place = next(),
    width = 0.15 + 0.5 * next(),
    splines = 6 + Math.floor(9 * next());
  const strainWeights = Array.from(
    { length: splines },
    (_, i) => largest * Math.exp(-(((i / (splines - 1) - place) / width) ** 2)) * (0.8 + 0.4 * next()),
  );
  const profile = await splineProfile({ thickness, strainWeights, disorder: 3 * next(), points: 2001 });
  const bragg = braggAngle(ZIRCONIA),
    extreme = (Math.max(...profile.strain, 0) / 100) * Math.tan(bragg),
    other = (Math.min(...profile.strain, 0) / 100) * Math.tan(bragg);
  return {
    profile,
    range: [bragg - 1.1 * extreme - 0.003 - 0.02 * next(), bragg - other + 0.003 + 0.02 * next()],
    geometry: next() < 0.3 ? "thin film" : "single crystal",
  };
}

const strainLimits = (profile: Profile): [number, number] => [
  Math.min(...profile.strain, 0) / 100,
  Math.max(...profile.strain, 0) / 100,
];

function curve({ profile, geometry }: Case, count: number, theta: Float64Array, wave = WAVE): Float64Array {
  return reflectivity(workspace, simd, wave, slice(continuous(profile), count), { geometry }, theta, "simd");
}

function seen(theta: Float64Array, r: Float64Array, fwhm: number, places: Float64Array): Float64Array {
  return workspace.scope(() => {
    const block = workspace.put(resolutionBlock({ shape: "gaussian", fwhm })),
      out = workspace.f64(places.length);
    const grid = workspace.put(theta.map((t) => 2 * t * DEGREES));
    check(
      "resolve",
      workspace.kernels.resolve(
        block,
        grid,
        theta.length,
        workspace.put(r),
        1,
        workspace.put(places),
        places.length,
        out,
        0,
        0,
        workspace.bytes(workspace.kernels.resolveScratch(theta.length, 1)),
      ),
    );
    return workspace.copy(out, places.length);
  });
}

describe("slices sampled in their middle", () => {
  test("are of second order: ten times as many, a hundred times as right", async () => {
    const given = await randomCase(3);
    const { range, profile } = given;
    const count =
      2 *
      sliceCount(
        profile.depth[profile.depth.length - 1] * 10,
        ZIRCONIA.d,
        WAVE.wavelength,
        strainLimits(profile),
        range,
      );
    const theta = Float64Array.from({ length: 200 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 199);
    // Amplitudes of a weak film, so that nothing is near zero or saturates.
    const weak = { ...WAVE, reflection: scattering(ZIRCONIA, 0.01) };
    const [coarse, fine, finest] = [count, 3 * count, 27 * count].map((n) =>
      curve({ ...given, geometry: "thin film" }, n, theta, weak),
    );
    const rms = (r: Float64Array): number =>
      Math.sqrt(r.reduce((sum, value, i) => sum + (value - finest[i]) ** 2, 0));
    const order = Math.log(rms(coarse) / rms(fine)) / Math.log(3);
    expect(order).toBeGreaterThan(1.9);
    expect(order).toBeLessThan(2.2);
  });

  test("in the number chosen leave the curve as ten times as many make it", async () => {
    const ideal: number[] = [],
      resolved: number[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const given = await randomCase(seed);
      const { profile, range, geometry } = given;
      const thickness = profile.depth[profile.depth.length - 1] * 10;
      const count = sliceCount(thickness, ZIRCONIA.d, WAVE.wavelength, strainLimits(profile), range);
      const theta = resolvedAngles(range, ZIRCONIA, { geometry }, WAVE.wavelength, thickness);
      const [chosen, fine] = [count, 10 * count].map((n) => curve(given, n, theta));
      const bright = [...fine.keys()].filter((i) => fine[i] > 1e-9);
      ideal.push(
        decades(
          bright.map((i) => chosen[i]),
          bright.map((i) => fine[i]),
        ),
      );
      const places = Float64Array.from(
        { length: 400 },
        (_, i) => 2 * DEGREES * (range[0] + ((range[1] - range[0]) * i) / 399),
      );
      const [one, two] = [chosen, fine].map((r) => seen(theta, r, 0.02, places));
      const visible = [...two.keys()].filter((i) => two[i] > 1e-8);
      resolved.push(
        decades(
          visible.map((i) => one[i]),
          visible.map((i) => two[i]),
        ),
      );
    }
    const median = (errors: number[]): number => errors.sort((a, b) => a - b)[errors.length >> 1];
    expect(Math.max(...resolved)).toBeLessThan(0.01);
    expect(median(resolved)).toBeLessThan(5e-4);
    // Without an instrument minima are as deep as they like, and slices blur their bottoms.
    expect(Math.max(...ideal)).toBeLessThan(0.1);
    expect(median(ideal)).toBeLessThan(3e-3);
  });
});
