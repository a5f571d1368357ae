/** Chemical symbols, and what element a CIF means by a type symbol or a label. */

const SYMBOLS =
  "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc " +
  "Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi " +
  "Po At Rn Fr Ra Ac Th Pa U";

const NUMBERS: ReadonlyMap<string, number> = /* @__PURE__ */ numbers();

function numbers(): Map<string, number> {
  return new Map(SYMBOLS.split(" ").map((symbol, index) => [symbol, index + 1]));
}

/** Z of a chemical symbol from H to U, or undefined. */
export function atomicNumber(symbol: string): number | undefined {
  return NUMBERS.get(symbol);
}

/** The element behind an atom type ("Zr4+", "O2-", "Siva") or a site label ("Zr1", "OA2", "AL", "Wat").
 *  Two letters win over one if both are elements, unless only the one is in the formula ("CA1" in C6 H6).
 *  "Wat" is a water molecule's oxygen (American Mineralogist's files); D is hydrogen.
 *  @param formula elements that the file's formula names; empty if unknown */
export function elementOf(text: string, formula: ReadonlySet<string>): string | undefined {
  const letters = /^[A-Za-z]{1,3}/.exec(text)?.[0];
  if (letters === undefined) return undefined;
  if (letters.toLowerCase() === "wat") return "O";
  const one = letters[0]!.toUpperCase();
  const two = letters.length > 1 ? one + letters[1]!.toLowerCase() : undefined;
  const candidates = [two, one === "D" ? "H" : one].filter(
    (c): c is string => c !== undefined && NUMBERS.has(c),
  );
  return candidates.find((c) => formula.has(c)) ?? candidates[0];
}

/** Elements named in a formula such as "Al2 O3" or "(Mg0.8 Al0.2) O". */
export function elementsIn(formula: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [symbol] of formula.slice(0, 1000).matchAll(/[A-Z][a-z]?/g)) {
    const element = symbol === "D" ? "H" : symbol;
    if (NUMBERS.has(element)) found.add(element);
  }
  return found;
}
