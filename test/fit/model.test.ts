/** The model of a scan: it is the simulator's curve, and its derivatives are those of that curve. */
import { describe, expect, test } from "vitest";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { type ModelSetting, ScanModel } from "../../src/fit/model.ts";
import { lorentzFraction } from "../../src/instrument/resolution.ts";
import { splineProfile } from "../../src/profile/spline.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Instrument, Resolution } from "../../src/types.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { workspaceOf } from "../../src/wasm/workspace.ts";

const twoTheta = Float64Array.from({ length: 401 }, (_, i) => 72.4 + 0.0035 * i);
const strainWeights = [0.1, 0.5, 0.9, 1.0, 0.7, 0.3];
const debyeWallerWeights = [0.95, 0.7, 0.5, 0.4, 0.6, 0.8];

async function setting(
  instrument: Instrument,
  resolution: Resolution,
  deviation: "exact" | "linear" = "exact",
): Promise<ModelSetting> {
  const kernels = await loadKernels();
  return {
    workspace: workspaceOf(kernels.exports),
    simd: kernels.simd,
    twoTheta,
    reflection: await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
    sample: {},
    deviation,
    instrument,
    resolution,
    splines: 6,
    thickness: 200,
    coarseness: 1,
    strain: [0, 1.2],
    reach: 0.2,
    isShapeFree: resolution.shape !== "lorentzian",
  };
}

function parameters(model: ScanModel): Float64Array {
  const { layout } = model;
  const x = new Float64Array(layout.count);
  x[layout.thickness] = Math.log(150);
  x.set(strainWeights, layout.strain);
  x.set(debyeWallerWeights, layout.debyeWaller);
  x[layout.width] = 0.1;
  x[layout.offset] = 0.013;
  x[layout.scale] = Math.log(2e5);
  x[layout.background] = 6;
  x[layout.backgroundSlope] = 2;
  x[layout.lorentzFraction] = lorentzFraction(model.setting.resolution) || 0.1;
  return x;
}

describe("the model of a scan", () => {
  test("is the simulator's curve", async () => {
    const model = new ScanModel(await setting({}, { shape: "gaussian", fwhm: 0.02 }));
    const x = parameters(model);
    const profile = await splineProfile({ thickness: 150, strainWeights, debyeWallerWeights, points: 3001 });
    const simulator = await createSimulator();
    const curve = simulator.simulate(profile, model.setting.reflection, twoTheta, {
      instrument: {
        resolution: model.resolutionAt(x),
        offset: 0.013,
        scale: model.peak(x),
        background: 6,
        backgroundSlope: 2,
      },
    });
    model
      .evaluate(x, null)
      .forEach((m, i) => expect(Math.abs(Math.log10(m / curve.intensity[i]))).toBeLessThan(3e-3));
  });

  const cases: [string, Instrument, Resolution, "exact" | "linear"][] = [
    ["exact, Gaussian", {}, { shape: "gaussian", fwhm: 0.02 }, "exact"],
    ["linear, pseudo-Voigt", {}, { shape: "pseudo-voigt", fwhm: 0.02, lorentzFraction: 0.4 }, "linear"],
    [
      "two lines, unpolarised",
      {
        polarisation: "unpolarised",
        lines: [
          { wavelength: 1.5406, weight: 1 },
          { wavelength: 1.5444, weight: 0.5 },
        ],
      },
      { shape: "lorentzian", fwhm: 0.02 },
      "exact",
    ],
  ];
  test.each(cases)("has the derivatives of its curve: %s", async (_, instrument, resolution, deviation) => {
    const model = new ScanModel(await setting(instrument, resolution, deviation));
    const x = parameters(model);
    const n = model.layout.count,
      sought = model.setting.isShapeFree ? n : model.layout.lorentzFraction,
      jacobian = new Float64Array(twoTheta.length * n);
    model.evaluate(x, jacobian);
    for (let c = 0; c < sought; c++) {
      const step = 1e-5;
      const up = x.slice(),
        down = x.slice();
      up[c] += step;
      down[c] -= step;
      const above = model.evaluate(up, null),
        below = model.evaluate(down, null);
      let largest = 0,
        error = 0;
      for (let i = 0; i < twoTheta.length; i++) {
        largest = Math.max(largest, Math.abs(jacobian[i * n + c]));
        error = Math.max(error, Math.abs(jacobian[i * n + c] - (above[i] - below[i]) / (2 * step)));
      }
      expect(error / largest, `parameter ${c}`).toBeLessThan(2e-5);
    }
  });
});
