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

/** One element of a site, and which share of the site's occupancy it has. */
export interface Share {
  readonly element: string;
  readonly share: number;
}

/** The elements behind an atom type: "Zr4+", "O2-", "AL", "Siva" (a scattering type), or of a mixed site "0.3La + 0.7Sr",
 *  "La0.3Sr0.7", "La3+0.3/Sr2+0.7". D is hydrogen; "Wat" a water molecule's oxygen (American Mineralogist's files); "Va" is a
 *  vacancy and no vanadium, unless vanadium is in the formula.
 *  @param formula elements that the file's formula names; empty if unknown
 *  @returns nothing for a vacancy; undefined where the type is not understood; "unshared" for several elements without shares */
export function elementsOfType(
  text: string,
  formula: ReadonlySet<string>,
): readonly Share[] | "unshared" | undefined {
  const plain = text.trim().replace(/^[([{](.*)[)\]}]$/, "$1");
  const single = elementOfSymbol(plain, formula);
  if (single !== undefined) return single === "" ? [] : [{ element: single, share: 1 }];
  const parts = partsOf(plain);
  if (parts === undefined) return undefined;
  const named = parts.map(({ symbol, share }) => ({ element: elementOfSymbol(symbol, formula), share }));
  if (named.some(({ element }) => element === undefined)) return undefined;
  const without = named.filter(({ share }) => share === undefined).length;
  if (named.length > 1 && without > 0) return "unshared";
  const shares = named.map(({ element, share }) => ({ element: element!, share: share ?? 1 }));
  const sum = shares.reduce((total, { share }) => total + share, 0);
  if (!(sum <= 1.01)) return undefined;
  return shares.filter(({ element, share }) => element !== "" && share > 0);
}

const SHARE = String.raw`\d*\.\d+|[01](?![\d+-])`;
/** A share before or after a symbol with a charge: "0.3La3+", "La3+0.3", "La0.3". */
const PART = new RegExp(
  String.raw`^(${SHARE})?\s*\*?\s*([A-Z][a-z]?)(?:\d?[+-]\d?(?!\.))?\s*:?\s*(${SHARE})?$`,
);

/** The parts of a mixed type, between marks or, where each has its share, one after the other. */
function partsOf(text: string): { symbol: string; share: number | undefined }[] | undefined {
  if (text.length > 200) return undefined;
  const marked = text.split(/\s*[/,;&|]\s*|\s+\+\s+|(?<=[A-Za-z])\+(?=[\d.]*\.?\d*[A-Z])|\s+/);
  const isSplit = marked.length > 1 || PART.test(text);
  const pieces = isSplit ? marked : (text.match(/[A-Z][a-z]?(?:\d?[+-])?(?:\d*\.\d+|[01])/g) ?? []);
  if (!isSplit && pieces.join("") !== text) {
    // "LaSr" names two elements as well.
    const symbols = text.match(/[A-Z][a-z]?/g) ?? [];
    return symbols.length > 1 && symbols.join("") === text
      ? symbols.map((symbol) => ({ symbol, share: undefined }))
      : undefined;
  }
  const parts = pieces
    .filter((piece) => piece !== "" && piece !== "+")
    .map((piece) => {
      const match = PART.exec(piece);
      if (match === null) return undefined;
      const share = match[1] ?? match[3];
      return { symbol: match[2]!, share: share === undefined ? undefined : Number(share) };
    });
  return parts.some((part) => part === undefined)
    ? undefined
    : (parts as { symbol: string; share: number }[]);
}

/** Types whose letters are not those of a symbol alone (International Tables C, 6.1.1). */
const SCATTERING_TYPES: Readonly<Record<string, string>> = {
  siva: "Si",
  sival: "Si",
  sv: "Si",
  cval: "C",
  cv: "C",
  hiso: "H",
  wat: "O",
};

/** The element of one symbol; "" for a vacancy. */
function elementOfSymbol(text: string, formula: ReadonlySet<string>): string | undefined {
  const letters = /^([A-Za-z]+)(?:\d+|\d?[+-]\d?|\d[+-])?$/.exec(text)?.[1];
  if (letters === undefined) return undefined;
  if (/^va(?:c|cancy)?$/i.test(letters)) return formula.has("V") ? "V" : "";
  const special = SCATTERING_TYPES[letters.toLowerCase()];
  const symbol = letters[0]!.toUpperCase() + letters.slice(1).toLowerCase();
  // "CO" may be cobalt or name carbon and oxygen; only what is written as one symbol is one.
  if (NUMBERS.has(symbol) && (letters.length < 3 || special === undefined)) return symbol;
  if (symbol === "D") return "H";
  return special;
}

/** The element behind a site label ("Zr1", "OA2", "AL", "Wat"); labels are free, so that letters after a symbol say nothing.
 *  Two letters win over one if both are elements, unless only the one is in the formula ("CA1" in C6 H6).
 *  @param formula elements that the file's formula names; empty if unknown
 *  @returns undefined too where a label names several elements ("La/Sr1") or a vacancy ("Va1") */
export function elementOfLabel(text: string, formula: ReadonlySet<string>): string | undefined {
  const letters = /^[A-Za-z]{1,3}/.exec(text)?.[0];
  if (letters === undefined || /^[A-Za-z]+[\d.+-]*[/,;&|]\s*[A-Za-z]|[A-Z][a-z]?\d*\.\d+[A-Z]/.test(text))
    return undefined;
  if (letters.toLowerCase() === "wat") return "O";
  const one = letters[0]!.toUpperCase();
  const two = letters.length > 1 ? one + letters[1]!.toLowerCase() : undefined;
  if (two === "Va" && letters.startsWith("Va") && !formula.has("V")) return undefined;
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
