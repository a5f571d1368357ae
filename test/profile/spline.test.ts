import { beforeAll, describe, expect, test } from "vitest";
import { InvalidParameterError, NotFiniteError } from "../../src/errors.ts";
import { splineProfile, splineValues, withInterface } from "../../src/profile/spline.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { check, type Workspace, workspaceOf } from "../../src/wasm/workspace.ts";
import { filled, random } from "../simulate/crystals.ts";
import { readReference } from "../support/reference.ts";

interface Row {
  kind: string;
  weights: number[];
  zeta: number[];
  values: number[];
}

let workspace: Workspace;
beforeAll(async () => {
  workspace = workspaceOf((await loadKernels()).exports);
});

/** β3 on the knots 0, 1, 2, 3, 4, from its truncated powers. */
function beta3(x: number): number {
  return [1, -4, 6, -4, 1].reduce((sum, c, i) => sum + (c * Math.max(x - i, 0) ** 3) / 6, 0);
}

const even = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i / (count - 1));

describe("cubic B-splines", () => {
  const shapeOf = (kind: string): "smooth" | "abrupt" => (kind.endsWith("smooth") ? "smooth" : "abrupt");

  test("agree with exact arithmetic to 1e-12 (tools/oracles/splines.py)", async () => {
    const { rows } = readReference<{ rows: Row[] }>("splines.json");
    expect(rows.length).toBeGreaterThan(5);
    for (const { kind, weights, zeta, values } of rows) {
      const fixed = kind.startsWith("strain") ? 0 : 1;
      const found = splineValues(workspace, withInterface(weights, shapeOf(kind), fixed), zeta);
      found.forEach((value, i) =>
        expect(Math.abs(value - values[i]), `${kind} at ${zeta[i]}`).toBeLessThan(1e-12),
      );
      // The same through the profile, whose depths are even and run the other way.
      if (fixed === 0) {
        const profile = await splineProfile({
          thickness: 70,
          strainWeights: weights,
          shape: shapeOf(kind),
          points: zeta.length,
        });
        profile.strain.forEach((e, i) =>
          expect(Math.abs(e - values[zeta.length - 1 - i])).toBeLessThan(1e-12),
        );
      }
    }
  });

  test("are those of β3(N ζ − i + 3), four of them at each point", () => {
    const intervals = 7,
      zeta = even(200);
    workspace.scope(() => {
      const basis = workspace.f64(zeta.length * 4),
        first = workspace.bytes(zeta.length * 4);
      check(
        "bsplineBasis",
        workspace.kernels.bsplineBasis(workspace.put(zeta), zeta.length, intervals, basis, first),
      );
      const firsts = workspace.view32(first, zeta.length),
        values = workspace.view(basis, zeta.length * 4);
      zeta.forEach((z, j) => {
        for (let i = 0; i < intervals + 3; i++) {
          const k = i - firsts[j];
          expect(
            Math.abs((k >= 0 && k < 4 ? values[j * 4 + k] : 0) - beta3(z * intervals - i + 3)),
          ).toBeLessThan(2e-13);
        }
      });
    });
  });

  test("sum to one everywhere", () => {
    for (const intervals of [1, 2, 10, 40]) {
      for (const value of splineValues(workspace, filled(intervals + 3, 1), even(997)))
        expect(Math.abs(value - 1)).toBeLessThan(1e-15);
    }
  });

  test("reproduce a straight line whose weights lie on it", () => {
    const intervals = 6;
    const weights = Array.from({ length: intervals + 3 }, (_, i) => i - 1);
    splineValues(workspace, weights, even(101)).forEach((value, i) =>
      expect(value).toBeCloseTo((i / 100) * intervals, 12),
    );
  });
});

describe("splineProfile", () => {
  const next = random(3);
  const strainWeights = Float64Array.from({ length: 10 }, () => 4 * next() - 1);

  test("smooth: strain leaves 0 and order 1 without slope or curvature at the interface", async () => {
    const profile = await splineProfile({
      thickness: 100,
      strainWeights,
      debyeWallerWeights: filled(10, 0.4),
      points: 100_000,
    });
    const last = profile.depth.length - 1;
    expect(profile.strain[last]).toBe(0);
    expect(profile.debyeWaller[last]).toBeCloseTo(1, 14);
    // w z³/6 of the first free weight: a hundredth of the first interval in, 1e-6 of it.
    const near = profile.depth.findIndex((z) => z >= 100 - 0.1);
    expect(Math.abs(profile.strain[near])).toBeLessThan((Math.abs(strainWeights[0]) * 1.1e-6) / 6);
    expect(1 - profile.debyeWaller[near]).toBeLessThan(1.1e-6 / 6);
  });

  test("abrupt: a constant is a constant up to the interface", async () => {
    const profile = await splineProfile({
      thickness: 100,
      strainWeights: filled(6, 1.5),
      shape: "abrupt",
      disorder: 0.7,
    });
    for (const e of profile.strain) expect(e).toBeCloseTo(1.5, 14);
    for (const w of profile.debyeWaller) expect(w).toBeCloseTo(Math.exp(-0.7), 12);
  });

  test("runs from the surface to the interface, and ties disorder to the strain", async () => {
    const profile = await splineProfile({
      thickness: 80,
      strainWeights: [0, 0, 0, 0, 1],
      disorder: 1,
      points: 3,
    });
    expect(Array.from(profile.depth)).toEqual([0, 40, 80]);
    expect(profile.strain[0]).toBeGreaterThan(0.1);
    expect(profile.debyeWaller[0]).toBeCloseTo(Math.exp(-1), 12);
    expect(profile.debyeWaller[2]).toBe(1);
  });

  test.each([
    [{ thickness: 0, strainWeights: [1] }, "thickness"],
    [{ thickness: NaN, strainWeights: [1] }, "thickness"],
    [{ thickness: 10, strainWeights: [] }, "strainWeights"],
    [{ thickness: 10, strainWeights: [1, 2, 3], shape: "abrupt" as const }, "strainWeights"],
    [{ thickness: 10, strainWeights: [1], debyeWallerWeights: [] }, "debyeWallerWeights"],
    [{ thickness: 10, strainWeights: [1], disorder: -1 }, "disorder"],
    [{ thickness: 10, strainWeights: [1], points: 1 }, "points"],
  ])("%o is refused, and the message names %s", async (options, name) => {
    const error: unknown = await splineProfile(options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InvalidParameterError);
    expect((error as InvalidParameterError).parameter).toBe(name);
  });

  test("a weight that is no number is refused with its index", async () => {
    const error: unknown = await splineProfile({ thickness: 10, strainWeights: [1, NaN] }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(NotFiniteError);
    expect((error as Error).message).toContain("strainWeights[1]");
  });
});
