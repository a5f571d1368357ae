/** An inversion made by hand: what the report must be able to show, without the engine. */
import type { Band, Inversion, Solution } from "../../src/types.ts";

export interface SyntheticOptions {
  readonly points?: number;
  readonly others?: number;
  readonly converged?: boolean;
  readonly masked?: readonly [number, number];
  readonly strain?: number;
  readonly countUnit?: number;
  readonly name?: string;
}

/** Counts with Poisson-like noise from a small generator of its own; zeros in the tails. */
export function syntheticInversion(options: SyntheticOptions = {}): Inversion {
  const {
    points = 1201,
    others = 2,
    converged = true,
    masked,
    strain = 1.4,
    countUnit = 1,
    name = "ZrO2 4 0 0",
  } = options;
  const random = generator(7);
  const twoTheta = Float64Array.from(
    { length: points },
    (_, i) => 71.6 + (2.4 * i) / Math.max(1, points - 1),
  );
  const calculated = twoTheta.map((x) => {
    const peak = 4e5 / (1 + ((x - 73.61) / 0.004) ** 2) ** 1.2;
    const film = 300 * Math.exp(-(((x - 72.75) / 0.35) ** 2)) * (1.05 + Math.sin(2 * Math.PI * x * 22));
    return (peak + film + 0.8) * countUnit;
  });
  const intensity = calculated.map((mean) => {
    const counts = mean / countUnit;
    const noise = Math.sqrt(counts) * (random() + random() + random() + random() - 2) * 1.73;
    return Math.max(0, Math.round(counts + noise)) * countUnit;
  });
  const answer = solution(strain, 300, calculated, others);
  const solutions = [
    answer,
    ...Array.from({ length: others }, (_, i) =>
      solution(strain * (0.8 + 0.5 * i), 260 + 90 * i, calculated, others),
    ),
  ];
  const used = Uint8Array.from(twoTheta, (x) =>
    masked !== undefined && x >= masked[0] && x <= masked[1] ? 0 : 1,
  );
  return {
    ...answer,
    scan: { twoTheta, intensity, countUnit },
    reflection: {
      name,
      hkl: [4, 0, 0],
      wavelength: 1.5406,
      d: 1.2858375,
      cellVolume: 136.06,
      structureFactor: { zero: [223.6, 9.39], h: [120.3, 9.39], hBar: [120.3, 9.39] },
    },
    converged,
    reason: converged
      ? "5 climbs, of which independent ones ended at the same profile"
      : "the budget of 1 s was spent in 9 climbs",
    isBudgetSpent: !converged,
    countUnit,
    relativeError: 0.018,
    prior: "universal",
    confidence: others === 0 ? 0.985 : 0.42,
    features: { mass: 0.9, hits: 2 },
    draws: [
      { profile: answer.profile, weight: 0.6 },
      { profile: solutions[solutions.length - 1]!.profile, weight: 0.4 },
    ],
    used,
    solutions,
    verdict: others === 0 ? "determined" : "ambiguous",
    verdictReason:
      others === 0
        ? "one profile explains the scan; the 95 % band of its strain is ±0.05 % on average"
        : "2 other profiles explain the scan about as well: thickness 300 or 260 or 350 nm",
    method: "search",
    methodReason: "no network was given",
  };
}

function solution(maxStrain: number, thickness: number, calculated: Float64Array, others: number): Solution {
  const depth = Float64Array.from({ length: 101 }, (_, i) => (thickness * i) / 100);
  const shape = depth.map(
    (z) => Math.exp(-(((z / thickness - 0.35) / 0.25) ** 2)) * (1 - z / thickness) ** 0.3,
  );
  const top = shape.reduce((a, b) => Math.max(a, b));
  const strain = shape.map((s) => (maxStrain * s) / top);
  const debyeWaller = shape.map((s) => 1 - (0.7 * s) / top);
  const peak = shape.indexOf(top);
  return {
    rms: 0.0834,
    chi2PerPoint: 1.043,
    weight: 1 / (1 + others),
    profile: { depth, strain, debyeWaller },
    strainBand: band(strain, 0.05 * Math.abs(maxStrain) + 0.01),
    debyeWallerBand: band(debyeWaller, 0.06),
    thickness,
    maxStrain,
    maxStrainDepth: depth[peak]!,
    minDebyeWaller: debyeWaller[peak]!,
    instrument: {
      polarisation: "sigma",
      resolution: { shape: "gaussian", fwhm: 0.0113 },
      offset: -0.0042,
      scale: 4.02e5,
      background: 0.81,
      backgroundSlope: 0.02,
    },
    calculated,
    parameters: {
      names: ["strainWeight1", "strainWeight2", "debyeWallerWeight1", "debyeWallerWeight2"],
      values: Float64Array.of(0.4, 1.5, 0.8, 0.3),
      covariance: new Float64Array(16),
    },
    splines: 13,
  };
}

function band(values: Float64Array, half: number): Band {
  return {
    lower: values.map((v, i) => v - half * (1 + i / 100)),
    upper: values.map((v, i) => v + half * (1 + i / 100)),
    level: 0.95,
  };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
