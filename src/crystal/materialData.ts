/** Common substrates, films and standards at room temperature: Hall symbol, cell, one atom of each site, source. */

import type { Cell } from "../types.ts";

/** [element, x, y, z, occupancy (1 if absent)]. */
export type Site = readonly [element: string, x: number, y: number, z: number, occupancy?: number];

export interface MaterialRow {
  /** Chemistry, for messages and lists. */
  readonly formula: string;
  readonly hall: string;
  readonly cell: Cell;
  readonly sites: readonly Site[];
  /** Where cell and coordinates come from. */
  readonly source: string;
}

const T = 1 / 3;
const FCC = "-F 4 2 3";
const BCC = "-I 4 2 3";
const ZINC_BLENDE = "F -4 2 3";
const WURTZITE = "P 6c -2c";
const RUTILE = "-P 4n 2n";
const CORUNDUM = '-R 3 2"c';
/** Origin at -43m, so that one atom lies at 000. */
const DIAMOND = "F 4d 2 3 -1d";

const cubic = (a: number): Cell => ({ a, b: a, c: a, alpha: 90, beta: 90, gamma: 90 });
const hexagonal = (a: number, c: number): Cell => ({ a, b: a, c, alpha: 90, beta: 90, gamma: 120 });
const tetragonal = (a: number, c: number): Cell => ({ a, b: a, c, alpha: 90, beta: 90, gamma: 90 });

function metal(hall: string, element: string, a: number, source: string): MaterialRow {
  return { formula: element, hall, cell: cubic(a), sites: [[element, 0, 0, 0]], source };
}
function diamond(element: string, a: number, source: string): MaterialRow {
  return metal(DIAMOND, element, a, source);
}
function zincBlende(cation: string, anion: string, a: number, source: string): MaterialRow {
  return { formula: cation + anion, hall: ZINC_BLENDE, cell: cubic(a), sites: [[cation, 0, 0, 0], [anion, 0.25, 0.25, 0.25]], source };
}
function wurtzite(cation: string, anion: string, [a, c, u]: readonly [number, number, number], source: string): MaterialRow {
  const sites: Site[] = [[cation, T, 2 * T, 0], [anion, T, 2 * T, u]];
  return { formula: cation + anion, hall: WURTZITE, cell: hexagonal(a, c), sites, source };
}
function rockSalt(cation: string, anion: string, a: number, source: string): MaterialRow {
  return { formula: cation + anion, hall: FCC, cell: cubic(a), sites: [[cation, 0, 0, 0], [anion, 0.5, 0.5, 0.5]], source };
}
function fluorite(cation: string, anion: string, a: number, source: string): MaterialRow {
  return { formula: `${cation}${anion}2`, hall: FCC, cell: cubic(a), sites: [[cation, 0, 0, 0], [anion, 0.25, 0.25, 0.25]], source };
}
function perovskite(large: string, small: string, a: number, source: string): MaterialRow {
  const sites: Site[] = [[large, 0, 0, 0], [small, 0.5, 0.5, 0.5], ["O", 0.5, 0.5, 0]];
  return { formula: `${large}${small}O3`, hall: "-P 4 2 3", cell: cubic(a), sites, source };
}

const WYCKOFF = "Wyckoff (1963), Crystal Structures 1";
const ADACHI = "Adachi (1992), Physical Properties of III-V Semiconductor Compounds";
const NITRIDES = "Vurgaftman & Meyer (2003), J. Appl. Phys. 94, 3675";
const SCHULZ = "Schulz & Thiemann (1977), Solid State Commun. 23, 815";

// Marked pure as a whole, so that bundlers drop it where no material is asked for.
export const MATERIALS: Readonly<Record<string, MaterialRow>> = /* @__PURE__ */ (() => ({
  Si: diamond("Si", 5.431020511, "CODATA 2018"),
  Ge: diamond("Ge", 5.6579, "Baker & Hart (1975), Acta Cryst. A31, 364"),
  diamond: diamond("C", 3.56683, "Straumanis & Aka (1951), J. Am. Chem. Soc. 73, 5643"),
  GaAs: zincBlende("Ga", "As", 5.65325, "Blakemore (1982), J. Appl. Phys. 53, R123"),
  AlAs: zincBlende("Al", "As", 5.6611, ADACHI),
  InAs: zincBlende("In", "As", 6.0583, ADACHI),
  InP: zincBlende("In", "P", 5.8687, ADACHI),
  GaP: zincBlende("Ga", "P", 5.4505, ADACHI),
  GaSb: zincBlende("Ga", "Sb", 6.0959, ADACHI),
  InSb: zincBlende("In", "Sb", 6.4794, ADACHI),
  "SiC-3C": zincBlende("Si", "C", 4.3596, "Taylor & Jones (1960), Silicon Carbide, Pergamon, p. 147"),
  GaN: wurtzite("Ga", "N", [3.19, 5.189, 0.377], SCHULZ),
  AlN: wurtzite("Al", "N", [3.11, 4.98, 0.3821], SCHULZ),
  InN: wurtzite("In", "N", [3.545, 5.703, 0.375], `${NITRIDES}; anion at the ideal height`),
  ZnO: wurtzite("Zn", "O", [3.2498, 5.2066, 0.3821], "Kisi & Elcombe (1989), Acta Cryst. C45, 1867"),
  "SiC-4H": {
    formula: "SiC",
    hall: WURTZITE,
    cell: hexagonal(3.08051, 10.0848),
    sites: [["C", 0, 0, 0.18784], ["Si", 0, 0, 0], ["C", T, 2 * T, 0.43671], ["Si", T, 2 * T, 0.24982]],
    source: "Bauer et al. (2001), Acta Cryst. A57, 60",
  },
  "SiC-6H": {
    formula: "SiC",
    hall: WURTZITE,
    cell: hexagonal(3.081, 15.1248),
    sites: [
      ["Si", 0, 0, 0], ["Si", T, 2 * T, 0.1664], ["Si", 2 * T, T, 0.3329],
      ["C", T, 2 * T, 0.0412], ["C", 2 * T, T, 0.208], ["C", 0, 0, 0.3746],
    ],
    source: "Capitani, Di Pierro & Tempesta (2007), Am. Mineral. 92, 403",
  },
  MgO: rockSalt("Mg", "O", 4.2117, "Hazen (1976), Am. Mineral. 61, 266"),
  NaCl: rockSalt("Na", "Cl", 5.6402, "Swanson & Fuyat (1953), NBS Circular 539 II, 41"),
  ZrC: rockSalt("Zr", "C", 4.6828, WYCKOFF),
  TiN: rockSalt("Ti", "N", 4.2417, "Wong-Ng et al. (1987), Powder Diffr. 2, 191"),
  ZrO2: fluorite("Zr", "O", 5.14335, "Yashima et al. (1994), Acta Cryst. B50, 663"),
  CeO2: fluorite("Ce", "O", 5.411, WYCKOFF),
  UO2: fluorite("U", "O", 5.4704, "Grønvold (1955), J. Inorg. Nucl. Chem. 1, 357"),
  ThO2: fluorite("Th", "O", 5.5997, WYCKOFF),
  CaF2: fluorite("Ca", "F", 5.46295, WYCKOFF),
  SrTiO3: perovskite("Sr", "Ti", 3.905, "Okazaki & Kawaminami (1973), Mater. Res. Bull. 8, 545"),
  KTaO3: perovskite("K", "Ta", 3.9885, WYCKOFF),
  LSAT: {
    formula: "(LaAlO3)0.3(Sr2AlTaO6)0.35",
    hall: "-P 4 2 3",
    cell: cubic(3.868),
    sites: [
      ["La", 0, 0, 0, 0.3], ["Sr", 0, 0, 0, 0.7],
      ["Al", 0.5, 0.5, 0.5, 0.65], ["Ta", 0.5, 0.5, 0.5, 0.35], ["O", 0.5, 0.5, 0],
    ],
    source: "Chakoumakos et al. (1998), J. Appl. Phys. 83, 1979; as a cubic perovskite",
  },
  LaAlO3: {
    formula: "LaAlO3",
    hall: CORUNDUM,
    cell: hexagonal(5.3647, 13.1114),
    sites: [["La", 0, 0, 0.25], ["Al", 0, 0, 0], ["O", 0.5281, 0, 0.25]],
    source: "Howard, Kennedy & Chakoumakos (2000), J. Phys. Condens. Matter 12, 349",
  },
  Al2O3: {
    formula: "Al2O3",
    hall: CORUNDUM,
    cell: hexagonal(4.7589, 12.991),
    sites: [["Al", 0, 0, 0.352], ["O", 0.306, 0, 0.25]],
    source: "Newnham & de Haan (1962), Z. Kristallogr. 117, 235",
  },
  LiTaO3: {
    formula: "LiTaO3",
    hall: 'R 3 -2"c',
    cell: hexagonal(5.15329, 13.7806),
    sites: [["Li", 0, 0, 0.2909], ["Ta", 0, 0, 0], ["O", 0.0495, 0.3425, 0.0749]],
    source: "Ohgaki, Tanaka & Marumo (1989), Mineral. J. 14, 373",
  },
  LiNbO3: {
    formula: "LiNbO3",
    hall: 'R 3 -2"c',
    cell: hexagonal(5.1483, 13.8631),
    sites: [["Li", 0, 0, 0.2829], ["Nb", 0, 0, 0], ["O", 0.0492, 0.3446, 0.0647]],
    source: "Abrahams, Reddy & Bernstein (1966), J. Phys. Chem. Solids 27, 997",
  },
  TiO2: {
    formula: "TiO2",
    hall: RUTILE,
    cell: tetragonal(4.5937, 2.9587),
    sites: [["Ti", 0, 0, 0], ["O", 0.30478, 0.30478, 0]],
    source: "Abrahams & Bernstein (1971), J. Chem. Phys. 55, 3206",
  },
  MgAl2O4: {
    formula: "MgAl2O4",
    hall: "-F 4vw 2vw 3",
    cell: cubic(8.0836),
    sites: [
      ["Mg", 0.125, 0.125, 0.125, 0.782], ["Al", 0.125, 0.125, 0.125, 0.218],
      ["Al", 0.5, 0.5, 0.5, 0.891], ["Mg", 0.5, 0.5, 0.5, 0.109], ["O", 0.26171, 0.26171, 0.26171],
    ],
    source: "Redfern et al. (1999), Am. Mineral. 84, 299",
  },
  "Ga2O3-beta": {
    formula: "Ga2O3",
    hall: "-C 2y",
    cell: { a: 12.214, b: 3.0371, c: 5.7981, alpha: 90, beta: 103.83, gamma: 90 },
    sites: [
      ["Ga", 0.0905, 0, 0.7946], ["Ga", 0.15866, 0.5, 0.31402],
      ["O", 0.1645, 0, 0.1098], ["O", 0.1733, 0, 0.5632], ["O", 0.9959, 0.5, 0.2566],
    ],
    source: "Åhman, Svensson & Albertsson (1996), Acta Cryst. C52, 1336",
  },
  Al: metal(FCC, "Al", 4.04958, WYCKOFF),
  Cu: metal(FCC, "Cu", 3.61496, WYCKOFF),
  Ni: metal(FCC, "Ni", 3.52387, WYCKOFF),
  Ag: metal(FCC, "Ag", 4.0862, WYCKOFF),
  Au: metal(FCC, "Au", 4.07825, WYCKOFF),
  Pt: metal(FCC, "Pt", 3.9231, WYCKOFF),
  Fe: metal(BCC, "Fe", 2.8665, WYCKOFF),
  Cr: metal(BCC, "Cr", 2.8839, WYCKOFF),
  Mo: metal(BCC, "Mo", 3.1473, WYCKOFF),
  W: metal(BCC, "W", 3.1648, WYCKOFF),
}))();
