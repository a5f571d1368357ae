/** Made by tools/confidence.mjs from 220 inversions, its threshold from 260 others. */
import type { StumpModel } from "../stumps.ts";

export const LAYER_MODEL: StumpModel = {
  bias: 1.0272,
  threshold: 0.92623,
  stumps: [
    { feature: "mass", at: 0.9756, below: -0.65492, above: 0.71331 },
    { feature: "mass", at: 0.85216, below: -0.15363, above: 0.1017 },
    { feature: "drawnMass", at: 0.73125, below: -0.33091, above: 0.38064 },
    { feature: "drawnMass", at: 0.45625, below: -0.26818, above: 0.22452 },
    { feature: "disorder", at: 0.015655, below: 0.25489, above: -0.39456 },
    { feature: "disorder", at: 0.043158, below: 0.10046, above: -0.40928 },
    { feature: "mass", at: 0.24846, below: -0.32926, above: 0.13256 },
    { feature: "disorder", at: 0.023304, below: 0.02895, above: -0.067961 },
    { feature: "excess", at: 0.85255, below: 0.079951, above: -0.33541 },
    { feature: "lnEfficiency", at: -1.6203, below: -0.12555, above: 0.23474 },
    { feature: "mass", at: 0.19721, below: -0.06069, above: 0.017628 },
    { feature: "gapOfNumber", at: 12.953, below: 0.028154, above: -0.11689 },
  ],
};
