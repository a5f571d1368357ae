/** Profiles that are not splines: pseudo-Voigts and samples. */
import { describe, expect, test } from "vitest";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { evenDepths, interpolate, validateProfile } from "../../src/profile/sampled.ts";

describe("pseudoVoigtProfile", () => {
  const options = {
    thickness: 100,
    height: 2,
    depth: 40,
    widthSurface: 20,
    widthInterface: 30,
    background: 0.1,
  };

  test("has its height at its depth and half of it half a width away, on each side", () => {
    for (const fraction of [0, 0.3, 1]) {
      const { depth, strain } = pseudoVoigtProfile({
        ...options,
        lorentzFractionSurface: fraction,
        lorentzFractionInterface: fraction,
        points: 1001,
      });
      const at = (z: number): number => strain[depth.findIndex((d) => Math.abs(d - z) < 1e-9)];
      expect(at(40)).toBeCloseTo(2.1, 12);
      expect(at(30)).toBeCloseTo(1.1, 12);
      expect(at(55)).toBeCloseTo(1.1, 12);
    }
  });

  test("is most disordered where strain is largest", () => {
    const { strain, debyeWaller } = pseudoVoigtProfile({ ...options, debyeWallerMin: 0.2 });
    expect(Math.min(...debyeWaller)).toBeCloseTo(0.2, 12);
    expect(debyeWaller.indexOf(Math.min(...debyeWaller))).toBe(strain.indexOf(Math.max(...strain)));
    expect(Math.min(...pseudoVoigtProfile(options).debyeWaller)).toBe(1);
  });

  test.each([
    [{ depth: 101 }, "depth"],
    [{ widthSurface: 0 }, "widthSurface"],
    [{ widthInterface: NaN }, "widthInterface"],
    [{ height: Infinity }, "height"],
    [{ debyeWallerMin: 0 }, "debyeWallerMin"],
    [{ lorentzFractionSurface: 1.1 }, "lorentzFractionSurface"],
    [{ thickness: -1 }, "thickness"],
    [{ points: 1.5 }, "points"],
  ])("%o is refused, and the message names %s", (change, name) => {
    try {
      pseudoVoigtProfile({ ...options, ...change });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidParameterError);
      expect((error as InvalidParameterError).parameter).toBe(name);
    }
  });
});

describe("sampled profiles", () => {
  test("are polygons, with their end values beyond the ends", () => {
    expect(Array.from(interpolate([0, 1, 3], [0, 2, 0], [-1, 0, 0.5, 1, 2, 3, 9]))).toEqual([
      0, 0, 1, 2, 1, 0, 0,
    ]);
    expect(Array.from(evenDepths(10, 3))).toEqual([0, 5, 10]);
  });

  const f = (...values: number[]): Float64Array => Float64Array.from(values);
  test.each([
    [{ depth: f(0), strain: f(0), debyeWaller: f(1) }, "profile.depth"],
    [{ depth: f(1, 2), strain: f(0, 0), debyeWaller: f(1, 1) }, "profile.depth[0]"],
    [{ depth: f(0, 2, 2), strain: f(0, 0, 0), debyeWaller: f(1, 1, 1) }, "profile.depth[2]"],
    [{ depth: f(0, 2), strain: f(0, 0, 0), debyeWaller: f(1, 1) }, "profile.strain"],
    [{ depth: f(0, 2), strain: f(0, 60), debyeWaller: f(1, 1) }, "profile.strain[1]"],
    [{ depth: f(0, 2), strain: f(0, 0), debyeWaller: f(1, -0.1) }, "profile.debyeWaller[1]"],
    [{ depth: f(0, 2), strain: f(0, 0), debyeWaller: f(1, 1.1) }, "profile.debyeWaller[1]"],
    [{ depth: f(0, 2), strain: f(0, 0), debyeWaller: f(1) }, "profile.debyeWaller"],
  ])("%o are refused, and the message names %s", (profile, name) => {
    expect(() => validateProfile(profile)).toThrow(InvalidParameterError);
    expect(() => validateProfile(profile)).toThrow(`${name} must be`);
  });

  test("with NaN are refused", () => {
    expect(() => validateProfile({ depth: f(0, 2), strain: f(0, NaN), debyeWaller: f(1, 1) })).toThrow(
      NotFiniteError,
    );
    expect(() => validateProfile({ depth: f(0, NaN), strain: f(0, 0), debyeWaller: f(1, 1) })).toThrow(
      NotFiniteError,
    );
  });
});
