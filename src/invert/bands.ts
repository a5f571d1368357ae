/** How far the band of the draws is widened, in largest strains, by confidence. */
export const BANDS: readonly { readonly upTo: number; readonly margin: number }[] = [
  { upTo: 1, margin: 0.01 },
];
