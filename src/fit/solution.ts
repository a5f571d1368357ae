/** What a finished fit says: profile, bands, instrument. */
import { splineValues, withInterface } from "../profile/spline.ts";
import type { Band, Instrument, Profile, Solution } from "../types.ts";
import { evenDepths } from "../profile/sampled.ts";
import { residual, rmsLog } from "./residual.ts";
import type { Fitted, StageSetting } from "./stage.ts";

const DEPTHS = 301;
const LEVEL = 0.95;
/** Normal deviate of LEVEL, both sides. */
const DEVIATE = 1.959963984540054;

/** Strain (%) and Debye–Waller factor of a fit at relative heights. */
function curves(
  fitted: Fitted,
  setting: StageSetting,
  heights: Float64Array,
): { strain: Float64Array; debyeWaller: Float64Array } {
  const { x, model } = fitted;
  const { layout } = model;
  const { workspace } = setting.base;
  return {
    strain: splineValues(
      workspace,
      withInterface(x.subarray(layout.strain, layout.strain + layout.splines), "smooth", 0),
      heights,
    ),
    debyeWaller: splineValues(
      workspace,
      withInterface(x.subarray(layout.debyeWaller, layout.debyeWaller + layout.splines), "smooth", 1),
      heights,
    ),
  };
}

export function profileOf(fitted: Fitted, setting: StageSetting, points = DEPTHS): Profile {
  const thickness = Math.exp(fitted.x[fitted.model.layout.thickness]);
  const depth = evenDepths(thickness, points);
  return {
    depth,
    ...curves(
      fitted,
      setting,
      depth.map((z) => 1 - z / thickness),
    ),
  };
}

/** Relative rms difference of two profiles: the larger one of strain (by the first's largest) and Debye–Waller factor. */
export function difference(a: Profile, b: Profile): number {
  const thickness = Math.max(a.depth[a.depth.length - 1], b.depth[b.depth.length - 1]);
  const largest = Math.max(
    a.strain.reduce((m, e) => Math.max(m, Math.abs(e)), 0),
    1e-6,
  );
  let strain = 0,
    debyeWaller = 0;
  const at = (profile: Profile, depth: number): [number, number] => {
    const last = profile.depth.length - 1;
    const place = (depth / profile.depth[last]) * last;
    if (place > last) return [0, 1];
    const i = Math.min(Math.floor(place), last - 1),
      f = place - i;
    return [
      profile.strain[i] * (1 - f) + profile.strain[i + 1] * f,
      profile.debyeWaller[i] * (1 - f) + profile.debyeWaller[i + 1] * f,
    ];
  };
  for (let i = 0; i <= 200; i++) {
    const [ea, da] = at(a, (i * thickness) / 200),
      [eb, db] = at(b, (i * thickness) / 200);
    strain += (ea - eb) ** 2;
    debyeWaller += (da - db) ** 2;
  }
  return Math.max(Math.sqrt(strain / 201) / largest, Math.sqrt(debyeWaller / 201));
}

/** Bands by linear propagation of the covariance of weights and thickness; within the bounds of the parameters. */
function bands(
  fitted: Fitted,
  setting: StageSetting,
  variance: number,
  depth: Float64Array,
): { strain: Band; debyeWaller: Band } {
  const { x, model, result } = fitted;
  const { layout } = model;
  const n = layout.count,
    thickness = Math.exp(x[layout.thickness]);
  const heights = depth.map((z) => 1 - z / thickness);
  const step = 1e-5;
  const up = curves(
    fitted,
    setting,
    heights.map((z) => Math.min(z + step, 1)),
  );
  const down = curves(
    fitted,
    setting,
    heights.map((z) => Math.max(z - step, 0)),
  );
  const here = curves(fitted, setting, heights);
  const unit = new Float64Array(3 + layout.splines);
  const basis = Array.from({ length: layout.splines }, (_, i) => {
    unit.fill(0);
    unit[3 + i] = 1;
    return splineValues(setting.base.workspace, unit, heights);
  });
  const band = (
    first: number,
    values: Float64Array,
    above: Float64Array,
    below: Float64Array,
    least: number,
    most: number,
  ): Band => {
    const half = values.map((_, i) => {
      const z = heights[i];
      const slope = (above[i] - below[i]) / (Math.min(z + step, 1) - Math.max(z - step, 0));
      // At a fixed depth, d(height)/d(ln thickness) = 1 − height.
      const gradient: [number, number][] = [[layout.thickness, slope * (1 - z)]];
      basis.forEach((b, k) => {
        if (b[i] !== 0) gradient.push([first + k, b[i]]);
      });
      let sum = 0;
      for (const [p, gp] of gradient)
        for (const [q, gq] of gradient)
          if (gp !== 0 && gq !== 0) sum += gp * gq * result.covariance[p * n + q];
      return DEVIATE * Math.sqrt(Math.max(sum, 0) * variance);
    });
    const clamp = (v: number): number => Math.min(Math.max(Number.isNaN(v) ? 0 : v, least), most);
    return {
      lower: values.map((v, i) => clamp(Number.isNaN(half[i]) ? least : v - half[i])),
      upper: values.map((v, i) => clamp(Number.isNaN(half[i]) ? most : v + half[i])),
      level: LEVEL,
    };
  };
  const [least, most] = setting.base.strain;
  return {
    strain: band(layout.strain, here.strain, up.strain, down.strain, least, most),
    debyeWaller: band(layout.debyeWaller, here.debyeWaller, up.debyeWaller, down.debyeWaller, 0, 1),
  };
}

/** @param variance factor on the covariance: χ²/ν of the fit, at least 1
 *  @param weight among the solutions */
export function solutionOf(
  fitted: Fitted,
  setting: StageSetting,
  { variance, weight }: { variance: number; weight: number },
): Solution {
  const { x, model } = fitted;
  const { layout } = model;
  const { intensity, used, points, countUnit } = setting;
  const floor = 1e-3 * countUnit;
  const calculated = model.evaluate(x, null).map((m) => Math.max(m, floor));
  const counts = residual("counts", intensity, countUnit, setting.relativeError);
  const chi2 = calculated.reduce((sum, m, i) => sum + (used[i] === 1 ? counts.value(i, m) ** 2 : 0), 0);
  const profile = profileOf(fitted, setting);
  const deepest = profile.strain.reduce(
    (best, e, i) => (Math.abs(e) > Math.abs(profile.strain[best]) ? i : best),
    0,
  );
  const { strain, debyeWaller } = bands(fitted, setting, variance, profile.depth);
  const instrument: Instrument = {
    ...setting.base.instrument,
    resolution: model.resolutionAt(x),
    offset: x[layout.offset],
    scale: model.peak(x),
    background: x[layout.background],
    backgroundSlope: x[layout.backgroundSlope],
  };
  return {
    rms: rmsLog(intensity, calculated),
    chi2PerPoint: chi2 / Math.max(points - fitted.result.rank, 1),
    weight,
    profile,
    strainBand: strain,
    debyeWallerBand: debyeWaller,
    thickness: Math.exp(x[layout.thickness]),
    maxStrain: profile.strain[deepest],
    maxStrainDepth: profile.depth[deepest],
    minDebyeWaller: profile.debyeWaller.reduce((a, b) => Math.min(a, b), 1),
    instrument,
    calculated,
    splines: fitted.splines,
    parameters: {
      names: layout.names,
      values: x.slice(),
      covariance: fitted.result.covariance.map((c) => c * variance),
    },
  };
}
