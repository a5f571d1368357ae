/** Several scans of one sample as one posterior: its gradient, the disorder that each reflection sees, what is refused, and a pair
 *  that settles what neither scan does. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { InvalidParameterError } from "../../src/errors.ts";
import { anchorAt } from "../../src/invert/climb.ts";
import { invert } from "../../src/invert/invert.ts";
import { JointProblem } from "../../src/invert/jointProblem.ts";
import { FINE } from "../../src/invert/precision.ts";
import { populationFor } from "../../src/invert/populations.ts";
import { invertTogether } from "../../src/invert/together.ts";
import type { Disorder, SplineFilm } from "../../src/invert/unknowns.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Instrument, Profile, Reflection, Scan } from "../../src/types.ts";
import { strainError } from "../support/profiles.ts";
import { compareGradient } from "./gradients.ts";
import { problemOf } from "./problems.ts";

/** Pair 12 of tools/together.mjs --seed 7. */
const PAIR = JSON.parse(await readFile(new URL("pair.json", import.meta.url), "utf8")) as {
  readonly scans: readonly { readonly first: number; readonly step: number; readonly counts: number[] }[];
  readonly thickness: number;
  readonly weights: number[];
};
const WAVELENGTH = 1.540598,
  simulator = await createSimulator(),
  of = (hkl: readonly [number, number, number]) =>
    reflection(material("YSZ"), { hkl, wavelength: WAVELENGTH }),
  ysz400 = await of([4, 0, 0]),
  ysz200 = await of([2, 0, 0]),
  FILM: SplineFilm = {
    thickness: 120,
    strainWeights: Float64Array.of(0.1, 0.3, 0.7, 1.0, 1.2, 1.1, 0.8, 0.5, 0.3, 0.2),
  },
  FACTORS = Float64Array.of(0.97, 0.9, 0.75, 0.6, 0.4, 0.5, 0.65, 0.75, 0.8, 0.85),
  ALPHA = 0.9;

function instrumentOf(own: Reflection): Instrument {
  return {
    resolution: { shape: "pseudo-voigt", fwhm: own === ysz400 ? 0.02 : 0.03, lorentzFraction: 0.1 },
    offset: own === ysz400 ? 0.004 : -0.003,
    scale: own === ysz400 ? 1e5 : 4e5,
    background: 4,
  };
}

function powered(profile: Profile, power: number): Profile {
  return { ...profile, debyeWaller: profile.debyeWaller.map((w) => w ** power) };
}

/** @param profile with the Debye–Waller factor of YSZ 400 */
function scanOf(profile: Profile, own: Reflection, points: number, seed: number): Scan {
  const centre = (360 / Math.PI) * Math.asin(own.wavelength / (2 * own.d)),
    // 2.2 % of strain below the peak, 0.5 % above it.
    reach = (360 / Math.PI) * Math.tan((centre * Math.PI) / 360),
    twoTheta = Float64Array.from(
      { length: points },
      (_, i) => centre - 0.022 * reach + (0.027 * reach * i) / (points - 1),
    ),
    seen = powered(profile, (ysz400.d / own.d) ** 2);
  const { intensity } = simulator.simulate(seen, own, twoTheta, { instrument: instrumentOf(own) });
  return { twoTheta, intensity: simulator.counts(intensity, seed), countUnit: 1 };
}

async function profileOf(disorder: Disorder): Promise<Profile> {
  return splineProfile({
    thickness: FILM.thickness,
    strainWeights: Array.from(FILM.strainWeights),
    ...(disorder === "tied" ? { disorder: ALPHA } : { debyeWallerWeights: Array.from(FACTORS) }),
    points: 2001,
  } as Parameters<typeof splineProfile>[0]);
}

async function jointProblem(disorder: Disorder, order: readonly Reflection[]) {
  const profile = await profileOf(disorder),
    population = await populationFor(disorder === "tied" ? "cnn3" : "measured", ysz400),
    [first] = order,
    film = { ...FILM, ...(disorder === "tied" ? { disorder: ALPHA } : { debyeWallerWeights: FACTORS }) },
    problems = await Promise.all(
      order.map((own, k) =>
        problemOf(scanOf(profile, own, 161, k + 1), {
          reflection: own,
          population,
          power: (first!.d / own.d) ** 2,
        }),
      ),
    );
  return { problem: new JointProblem(problems, [[], []]), film, profile };
}

test.each([
  ["free disorder, the lower order second", "free", [ysz400, ysz200]],
  ["free disorder, the lower order first", "free", [ysz200, ysz400]],
  ["tied disorder", "tied", [ysz400, ysz200]],
] as const)("the gradient of two scans is that of differences: %s", async (_, disorder, order) => {
  const { problem, film } = await jointProblem(disorder, order),
    place = problem.place(film);
  problem.screen(place, problem.errors(1));
  const x = place.x.slice(),
    u = problem.unknowns;
  // Beside the truth, where no derivative vanishes.
  x[u.thickness]! += 0.01;
  x[u.scale]! -= 0.02;
  for (let k = 0; k < u.weights; k++) x[u.shape + k]! *= 1 + 0.03 * Math.sin(k);
  const beside = { x: problem.bound(x), sign: place.sign },
    objective = problem.objectiveAt(FINE, x),
    errors = objective.errors([0.02, 0.05]);
  compareGradient(objective, beside, { errors });
  compareGradient(objective, beside, { errors, anchor: anchorAt(problem, place.x) });
});

test("each reflection sees the power |h'|²/|h|² of the Debye–Waller factor", async () => {
  for (const disorder of ["free", "tied"] as const)
    for (const order of [
      [ysz400, ysz200],
      [ysz200, ysz400],
    ] as const) {
      const { problem, film, profile } = await jointProblem(disorder, order),
        [, second] = problem.scans,
        power = (order[0].d / order[1].d) ** 2,
        place = second!.place(film, { background: 1e-3 }),
        at = problem.unknowns.instrument,
        { twoTheta } = second!.setting.scan;
      Object.assign(place.x, { [at.slope]: 0, [at.diffuse]: 0, [at.loss]: 0, [at.background]: -60 });
      place.x[at.amplitude] = 0;
      const { resolution } = instrumentOf(order[1]),
        mean = second!.calculated(place, twoTheta),
        direct = simulator.simulate(powered(profile, power), order[1], twoTheta, {
          instrument: {
            resolution: { ...resolution!, fwhm: Math.exp(place.x[at.fwhm]!), lorentzFraction: 0.05 } as never,
            offset: place.x[at.offset]!,
          },
        }).intensity,
        ratio = mean.map((m, i) => m / direct[i]!),
        middle = ratio.slice().sort()[ratio.length >> 1]!;
      ratio.forEach((r) => expect(Math.abs(r / middle - 1)).toBeLessThan(0.02));
    }
});

test("two scans settle what neither does alone; each has its own instrument and curve", async () => {
  const scans = PAIR.scans.map(({ first, step, counts }, k) => ({
      scan: {
        twoTheta: Float64Array.from(counts, (_, i) => first + i * step),
        intensity: Float64Array.from(counts),
        countUnit: 1,
      },
      reflection: k === 0 ? ysz400 : ysz200,
    })),
    truth = await splineProfile({ thickness: PAIR.thickness, strainWeights: PAIR.weights }),
    quick = { effort: 0.1 };
  for (const { scan, reflection: own } of scans)
    expect(strainError(truth, (await invert(scan, own, quick)).profile)).toBeGreaterThan(0.1);
  const together = await invertTogether(scans, quick);
  expect(strainError(truth, together.profile)).toBeLessThan(0.1);
  expect(together.scans!.map(({ reflection: own }) => own.name)).toEqual([ysz400.name, ysz200.name]);
  for (const { scan, calculated, chi2PerPoint, rms } of together.scans!) {
    expect(calculated).toHaveLength(scan.twoTheta.length);
    expect(chi2PerPoint).toBeLessThan(1.3);
    expect(rms).toBeGreaterThan(0);
  }
  // Each solution has the curve of each scan: that of its profile, seen with its instrument.
  together.solutions.forEach((solution, i) => {
    if (i === 0) expect(together.scans).toMatchObject(solution.scans!);
    expect(solution.scans![0]).toMatchObject({ calculated: solution.calculated, rms: solution.rms });
    for (const [k, { calculated, instrument }] of solution.scans!.entries()) {
      const { reflection: own, twoTheta } = { ...scans[k]!, ...scans[k]!.scan },
        seen = powered(solution.profile, (ysz400.d / own.d) ** 2),
        { intensity } = simulator.simulate(seen, own, twoTheta, { instrument });
      const worst = Math.max(...intensity.map((value, j) => Math.abs(Math.log10(value / calculated[j]!))));
      expect(worst).toBeLessThan(1e-3);
    }
  });
  const [first, second] = together.scans!;
  expect(first!.calculated).toEqual(together.calculated);
  expect(second!.instrument).not.toEqual(first!.instrument);
  expect(together.parameters.names.filter((name) => name.endsWith("2") && name.startsWith("o"))).toEqual([
    "offset2",
  ]);
  expect(together.verdictReason).toMatch(/calibrated on single scans/);
}, 180_000);

test("a thickness that is known is that of the film, once: it holds nothing else", async () => {
  const profile = await profileOf("free"),
    scans = [ysz400, ysz200].map((own, k) => ({
      scan: scanOf(profile, own, 161, k + 1),
      reflection: own,
      instrument: { resolution: instrumentOf(own).resolution! },
    })),
    answer = await invertTogether(scans, {
      known: { thickness: [FILM.thickness, 0.2] },
      guesses: [profile],
      effort: 0.1,
    });
  expect(Math.abs(answer.thickness - FILM.thickness)).toBeLessThan(1);
  expect(strainError(profile, answer.profile)).toBeLessThan(0.1);
});

test("what is not one surface of one crystal, and what is not for several scans, is refused by name", async () => {
  const scan = scanOf(await profileOf("free"), ysz400, 121, 3),
    first = { scan, reflection: ysz400 },
    refused = async (second: object, words: RegExp, options = {}) => {
      const refusal = invertTogether([first, { ...first, ...second }], options);
      await expect(refusal).rejects.toThrow(InvalidParameterError);
      await expect(refusal).rejects.toThrow(words);
    };
  await refused({ reflection: await of([2, 2, 0]) }, /scans\[1\]\.reflection must be of the surface/);
  await refused({ reflection: { ...ysz200, asymmetry: 5 } }, /scans\[1\]\.reflection must be symmetric/);
  await refused({ reflection: { ...ysz200, d: 2.6 } }, /scans\[1\]\.reflection must be of the crystal/);
  await refused({ reflection: undefined }, /scans\[1\]\.reflection/);
  await refused({ fix: { thickness: 3 } }, /scans\[1\]\.fix\.thickness/);
  await refused({}, /layers/, { layers: 1 });
  await expect(invertTogether([first])).rejects.toThrow(/scans must be two or more/);
});
