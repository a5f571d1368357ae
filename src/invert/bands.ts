/** How far the band of the draws is widened, in largest strains, so that 95 % bands hold the truth at 95 % of the depths of answers
 *  of each confidence (split conformal, Lei et al. 2018, by confidence; 1435 inversions: tools/confidence.mjs). */
export const BANDS: readonly { readonly upTo: number; readonly margin: number }[] = [
  { upTo: 0.2, margin: 1 },
  { upTo: 0.4, margin: 0.516 },
  { upTo: 0.6, margin: 0.395 },
  { upTo: 0.8, margin: 0.282 },
  { upTo: 0.95, margin: 0.0471 },
  { upTo: 1, margin: 0.0014 },
];
