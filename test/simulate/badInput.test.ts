/** What cannot be calculated is refused: a typed error that names the parameter, never NaN, a hang or a stack trace. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  InvalidParameterError,
  NotFiniteError,
  TakagiError,
  UnreachableReflectionError,
} from "../../src/errors.ts";
import {
  createSimulator,
  type PhysicsOptions,
  type SimulateOptions,
  type Simulator,
  type EqualSlices,
} from "../../src/simulate/simulator.ts";
import type { Profile, Reflection } from "../../src/types.ts";
import { filled, scan, ZIRCONIA } from "./crystals.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await createSimulator();
});

const twoTheta = scan(ZIRCONIA, 0.02, 0.01, 50);
const stack: EqualSlices = { strain: filled(10, 0.5), debyeWaller: filled(10, 0.9), thickness: 100 };
const profile: Profile = {
  depth: Float64Array.of(0, 50, 100),
  strain: Float64Array.of(1, 0.5, 0),
  debyeWaller: Float64Array.of(0.5, 0.7, 1),
};

/** The error that `work` throws; fails if it throws none, or not one of ours. */
function errorOf(work: () => unknown): TakagiError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(TakagiError);
    return error as TakagiError;
  }
  return expect.unreachable("nothing was thrown");
}

type Kind = typeof InvalidParameterError | typeof NotFiniteError | typeof UnreachableReflectionError;
type StackRow = [
  what: string,
  kind: Kind,
  words: string,
  change: {
    stack?: Partial<EqualSlices>;
    reflection?: Partial<Reflection>;
    twoTheta?: ArrayLike<number>;
    options?: PhysicsOptions;
  },
];

const STACKS: StackRow[] = [
  ["no slices", InvalidParameterError, "stack.strain", { stack: { strain: [], debyeWaller: [] } }],
  [
    "lengths that differ",
    InvalidParameterError,
    "stack.debyeWaller",
    { stack: { debyeWaller: filled(9, 1) } },
  ],
  ["NaN strain", NotFiniteError, "stack.strain[0]", { stack: { strain: filled(10, NaN) } }],
  ["strain of 80 %", InvalidParameterError, "stack.strain[0]", { stack: { strain: filled(10, 80) } }],
  [
    "negative Debye–Waller",
    InvalidParameterError,
    "stack.debyeWaller[0]",
    { stack: { debyeWaller: filled(10, -0.1) } },
  ],
  ["zero thickness", InvalidParameterError, "stack.thickness", { stack: { thickness: 0 } }],
  ["NaN thickness", InvalidParameterError, "stack.thickness", { stack: { thickness: NaN } }],
  ["no angles", InvalidParameterError, "twoTheta", { twoTheta: [] }],
  ["an infinite angle", NotFiniteError, "twoTheta[1]", { twoTheta: [70, Infinity] }],
  ["an angle of 0", InvalidParameterError, "twoTheta[0]", { twoTheta: [0, 70] }],
  ["an angle of 190°", InvalidParameterError, "twoTheta[1]", { twoTheta: [70, 190] }],
  ["λ > 2d", UnreachableReflectionError, "wavelength", { reflection: { d: 0.7 } }],
  ["a negative wavelength", InvalidParameterError, "wavelength", { reflection: { wavelength: -1 } }],
  ["d of NaN", InvalidParameterError, "d", { reflection: { d: NaN } }],
  ["a cell of no volume", InvalidParameterError, "cellVolume", { reflection: { cellVolume: 0 } }],
  [
    "planes steeper than the Bragg angle",
    UnreachableReflectionError,
    "asymmetry",
    { reflection: { asymmetry: 40 } },
  ],
  ["an unknown kernel", InvalidParameterError, "kernel", { options: { kernel: "gpu" as "f64" } }],
  [
    "an unknown deviation",
    InvalidParameterError,
    "deviation",
    { options: { deviation: "cubic" as "exact" } },
  ],
  [
    "an unknown polarisation",
    InvalidParameterError,
    "polarisation",
    { options: { polarisation: "circular" as "pi" } },
  ],
  [
    "a thick film of no thickness",
    InvalidParameterError,
    "sample.filmThickness",
    { options: { sample: { geometry: "thick film" } } },
  ],
  [
    "a film thinner than its strained region",
    InvalidParameterError,
    "sample.filmThickness",
    { options: { sample: { geometry: "thick film", filmThickness: 50 } } },
  ],
  [
    "no substrate",
    InvalidParameterError,
    "sample.substrate",
    { options: { sample: { geometry: "thick film on substrate", filmThickness: 500 } } },
  ],
];

describe("reflectivity refuses", () => {
  test.each(STACKS)("%s", (_, kind, words, change) => {
    const error = errorOf(() =>
      simulator.reflectivity(
        { ...stack, ...change.stack },
        { ...ZIRCONIA, ...change.reflection },
        change.twoTheta ?? twoTheta,
        change.options,
      ),
    );
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(words);
  });

  test("structure factors that are no numbers", () => {
    for (const structureFactor of [
      { ...ZIRCONIA.structureFactor, zero: [NaN, 0] as const },
      { ...ZIRCONIA.structureFactor, h: [Infinity, 0] as const },
      // More electrons than any crystal has.
      { ...ZIRCONIA.structureFactor, hBar: [1e5, 0] as const },
    ]) {
      expect(
        errorOf(() => simulator.reflectivity(stack, { ...ZIRCONIA, structureFactor }, twoTheta)).message,
      ).toContain("structureFactor");
    }
  });

  test("a geometry that it does not know", () => {
    expect(
      errorOf(() =>
        simulator.reflectivity(stack, ZIRCONIA, twoTheta, { sample: { geometry: "powder" as "thin film" } }),
      ).message,
    ).toContain("geometry");
  });
});

const PROFILES: [
  what: string,
  kind: Kind,
  words: string,
  change: { profile?: Partial<Profile>; options?: SimulateOptions },
][] = [
  [
    "a profile of one depth",
    InvalidParameterError,
    "profile.depth",
    { profile: { depth: Float64Array.of(0) } },
  ],
  [
    "depths that do not ascend",
    InvalidParameterError,
    "profile.depth[2]",
    { profile: { depth: Float64Array.of(0, 50, 50) } },
  ],
  [
    "NaN in a profile",
    NotFiniteError,
    "profile.strain[1]",
    { profile: { strain: Float64Array.of(0, NaN, 0) } },
  ],
  [
    "a width of 0",
    InvalidParameterError,
    "resolution.fwhm",
    { options: { instrument: { resolution: { shape: "gaussian", fwhm: 0 } } } },
  ],
  [
    "a Lorentzian fraction of 2",
    InvalidParameterError,
    "resolution.lorentzFraction",
    { options: { instrument: { resolution: { shape: "pseudo-voigt", fwhm: 0.01, lorentzFraction: 2 } } } },
  ],
  [
    "a bell that has no area",
    InvalidParameterError,
    "resolution.exponent",
    { options: { instrument: { resolution: { shape: "generalised-bell", fwhm: 0.01, exponent: 0.5 } } } },
  ],
  [
    "an unknown shape",
    InvalidParameterError,
    "resolution.shape",
    { options: { instrument: { resolution: { shape: "box" as "gaussian", fwhm: 0.01 } } } },
  ],
  ["a scale of 0", InvalidParameterError, "instrument.scale", { options: { instrument: { scale: 0 } } }],
  [
    "a negative background",
    InvalidParameterError,
    "instrument.background",
    { options: { instrument: { background: -1 } } },
  ],
  ["no lines", InvalidParameterError, "lines", { options: { instrument: { lines: [] } } }],
  [
    "a line of no weight",
    InvalidParameterError,
    "lines[].weight",
    { options: { instrument: { lines: [{ wavelength: 1.5, weight: 0 }] } } },
  ],
  [
    "a line that cannot reach the reflection",
    UnreachableReflectionError,
    "wavelength",
    {
      options: {
        instrument: {
          lines: [
            { wavelength: 1.5406, weight: 1 },
            { wavelength: 3, weight: 1 },
          ],
        },
      },
    },
  ],
  [
    "a monochromator of NaN",
    InvalidParameterError,
    "monochromator",
    { options: { instrument: { polarisation: "unpolarised", monochromator: NaN } } },
  ],
  [
    "an offset of NaN",
    InvalidParameterError,
    "instrument.offset",
    { options: { instrument: { offset: NaN } } },
  ],
];

describe("simulate", () => {
  test.each(PROFILES)("refuses %s", (_, kind, words, change) => {
    const error = errorOf(() =>
      simulator.simulate({ ...profile, ...change.profile }, ZIRCONIA, twoTheta, change.options),
    );
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(words);
  });

  test("gives finite numbers for one angle, no strain, angles far from the peak, in any order and twice over", () => {
    const still = { ...profile, strain: filled(3, 0), debyeWaller: filled(3, 1) };
    for (const angles of [[73.6], [73.6, 73.6, 73.6], [90, 73, 80], [1, 179], [20.1, 20.2]]) {
      for (const given of [profile, still]) {
        for (const instrument of [{}, { resolution: { shape: "lorentzian", fwhm: 0.01 } }] as const) {
          const { intensity, reflectivity } = simulator.simulate(given, ZIRCONIA, angles, { instrument });
          expect(intensity.length).toBe(angles.length);
          for (const value of [...intensity, ...reflectivity])
            expect(Number.isFinite(value) && value >= 0).toBe(true);
        }
      }
    }
  });

  test("gives finite numbers for layers of 1 Å and of 10 µm, and where nothing diffracts", () => {
    for (const thickness of [0.1, 10_000]) {
      const { intensity } = simulator.simulate(
        { ...profile, depth: profile.depth.map((z) => (z * thickness) / 100) },
        ZIRCONIA,
        twoTheta,
        { instrument: { resolution: { shape: "gaussian", fwhm: 0.02 } } },
      );
      for (const value of intensity) expect(Number.isFinite(value)).toBe(true);
    }
    const nothing = simulator.simulate({ ...profile, debyeWaller: filled(3, 0) }, ZIRCONIA, twoTheta, {
      sample: { geometry: "thin film" },
      instrument: { background: 3 },
    });
    expect(Array.from(nothing.intensity)).toEqual(Array.from(filled(50, 3)));
  });
});
