/** Made by tools/confidence.mjs from 250 inversions, its threshold from 120 others. */
import type { StumpModel } from "../stumps.ts";

export const LAYER_MODEL: StumpModel = {
  bias: 0.55804,
  threshold: 0.78795,
  stumps: [
    { feature: "drawnMass", at: 0.64375, below: -0.26645, above: 0.19604 },
    { feature: "drawnMass", at: 0.50625, below: -0.24382, above: 0.1658 },
    { feature: "mass", at: 0.96792, below: -0.34627, above: 0.41932 },
    { feature: "mass", at: 0.54314, below: -0.089623, above: 0.057159 },
    { feature: "drawnMass", at: 0.3375, below: -0.22855, above: 0.12471 },
    { feature: "excess", at: 1.1837, below: 0.10097, above: -0.61548 },
    { feature: "drawnMass", at: 0.89375, below: -0.093786, above: 0.1638 },
    { feature: "layers", at: 2, below: 0.12264, above: -0.18969 },
    { feature: "hits", at: 2, below: -0.31366, above: 0.086297 },
    { feature: "excess", at: 0.77769, below: 0.041259, above: -0.18546 },
    { feature: "mass", at: 0.84748, below: -0.20426, above: 0.26529 },
    { feature: "drawnMass", at: 0.10625, below: -0.47708, above: 0.12026 },
    { feature: "hits", at: 3, below: -0.09479, above: 0.04017 },
    { feature: "excess", at: -0.032643, below: 0.080941, above: -0.16633 },
    { feature: "lnEfficiency", at: -3.626, below: -0.2884, above: 0.073342 },
    { feature: "climbs", at: 33, below: 0.090649, above: -0.035936 },
    { feature: "gapOfNumber", at: 11.648, below: 0.014201, above: -0.059648 },
    { feature: "hits", at: 1, below: -0.1113, above: 0.023537 },
    { feature: "mass", at: 0.99983, below: -0.017063, above: 0.037833 },
    { feature: "lnEfficiency", at: -1.8366, below: -0.017952, above: 0.034581 },
    { feature: "gapOfNumber", at: 10.827, below: 0.012774, above: -0.044456 },
  ],
};
