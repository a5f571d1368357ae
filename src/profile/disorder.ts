/** Debye–Waller factor tied to the strain: Boulle & Debelle 2023 eq. 4 (Sousbie et al. 2006). */

/** DW = exp(−α (e/e_max)²), e_max the strain of largest modulus; 1 where there is no strain.
 *  @param strain any unit
 *  @param disorder α ≥ 0 */
export function tiedDebyeWaller(strain: ArrayLike<number>, disorder: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < strain.length; i++) largest = Math.max(largest, Math.abs(strain[i]));
  return Float64Array.from(strain, (e) => (largest === 0 ? 1 : Math.exp(-disorder * (e / largest) ** 2)));
}
