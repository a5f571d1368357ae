/** How far the band of the draws is widened, in largest strains, so that 95 % bands hold the truth at 95 % of the depths of answers
 *  of each confidence (split conformal, Lei et al. 2018, by confidence; 629 inversions: tools/confidence.mjs). */
export const BANDS: readonly { readonly upTo: number; readonly margin: number }[] = [
  { upTo: 0.2, margin: 1.01 },
  { upTo: 0.4, margin: 0.769 },
  { upTo: 0.6, margin: 0.29 },
  { upTo: 0.8, margin: 0.174 },
  { upTo: 0.95, margin: 0.0191 },
  { upTo: 1, margin: 0.0032 },
];
