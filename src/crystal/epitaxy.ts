/** Films that fit their substrate: the strain of a layer whose composition and relaxation are known, and the composition of one
 *  whose strain was found. Surfaces (001) of cubic crystals and (0001) of hexagonal ones, and cubic (111). */
import { InvalidParameterError, requireFinite, requireOneOf, requireWithin } from "../errors.ts";
import type { Crystal, Hkl } from "../types.ts";
import {
  alloyCell,
  alloyName,
  type AlloySystem,
  alloySystems,
  parseAlloy,
  stiffnessOf,
  type Stiffness,
} from "./alloys.ts";

/** Plane that is parallel to the surface: of cubic crystals 001 or 111, of hexagonal ones 0001. */
export type EpitaxialSurface = "001" | "111" | "0001";

/** Strain of a layer's own relaxed lattice, %. */
export interface LayerStrain {
  /** Along the surface normal: what `strain` of a layer is. */
  readonly normal: number;
  /** Along the surface. */
  readonly inPlane: number;
}

/** How a film lies on its substrate. */
export interface EpitaxyOptions {
  /** The crystal that the film lies on; its edge a is what the film fits. */
  readonly substrate: Crystal;
  /** 0: the film fits the substrate (fully strained); 1: it has its own lattice (relaxed). 0 if absent. */
  readonly relaxation?: number;
  /** "001" for cubic and "0001" for hexagonal films if absent. */
  readonly surface?: EpitaxialSurface;
}

/** −e_normal/e_inPlane of a film that no force holds along its normal: 2C12/C11 on (001), 2C13/C33 on (0001),
 *  2(C11 + 2C12 − 2C44)/(C11 + 2C12 + 4C44) on (111). Hornstra & Bartels (1978), J. Cryst. Growth 44, 513. */
function poisson(stiffness: Stiffness, surface: EpitaxialSurface | undefined): number {
  if ("c13" in stiffness) {
    requireOneOf("surface", surface ?? "0001", ["0001"]);
    return (2 * stiffness.c13) / stiffness.c33;
  }
  const { c11, c12, c44 } = stiffness;
  const face = surface ?? "001";
  requireOneOf("surface", face, ["001", "111"]);
  if (face === "001") return (2 * c12) / c11;
  return (2 * (c11 + 2 * c12 - 2 * c44)) / (c11 + 2 * c12 + 4 * c44);
}

function requireCubicOrHexagonal(substrate: Crystal): void {
  const { a, b } = substrate.cell;
  if (Math.abs(a / b - 1) > 1e-6)
    throw new InvalidParameterError("substrate", "a cubic or hexagonal crystal", substrate.name);
}

/** Which of the surfaces that `layerStrain` knows a crystal has: (001) and (111) of cubic crystals, (0001) of hexagonal ones.
 *  @param hkl Miller indices of the planes that are parallel to the surface
 *  @returns undefined for any other surface
 *  @example epitaxialSurface([0, 0, 4], material("GaAs")) // "001" */
export function epitaxialSurface([h, k, l]: Hkl, { cell }: Crystal): EpitaxialSurface | undefined {
  const isBasal = h === 0 && k === 0 && l !== 0;
  if (cell.gamma === 120) return isBasal ? "0001" : undefined;
  if (cell.a !== cell.b || cell.b !== cell.c) return undefined;
  const sizes = [h, k, l].map(Math.abs);
  if (sizes.filter((size) => size === 0).length === 2) return "001";
  return sizes.every((size) => size === sizes[0]) ? "111" : undefined;
}

/** Strain of a film of a built-in crystal or alloy on a substrate, from elastic theory: along the surface
 *  (1 − relaxation)(a_substrate/a − 1), along the normal what no force gives.
 *  @param film its name, such as "Si0.8Ge0.2" or "AlAs"
 *  @throws {InvalidParameterError} where the film's elastic constants are not known, or the surface is not one of its lattice
 *  @example
 *  layerStrain(material("AlAs"), { substrate: material("GaAs") }).normal // 0.12 % */
export function layerStrain(film: Crystal, options: EpitaxyOptions): LayerStrain {
  const { substrate, relaxation = 0, surface } = options;
  requireWithin("relaxation", relaxation, 0, 1);
  requireCubicOrHexagonal(substrate);
  const stiffness = stiffnessOf(parseAlloy(film.name) ?? film.name);
  if (stiffness === undefined)
    throw new InvalidParameterError("film", "a crystal whose elastic constants are known", film.name);
  const inPlane = (1 - relaxation) * (substrate.cell.a / film.cell.a - 1);
  return { inPlane: 100 * inPlane, normal: -100 * poisson(stiffness, surface) * inPlane };
}

/** What is known of a layer whose composition is asked for. */
export interface CompositionOptions extends EpitaxyOptions {
  /** Alloy that the layer is of. */
  readonly system: AlloySystem;
  /** Spacing of the film's planes parallel to the surface against the substrate's, Δd/d in %: what an inversion finds on the
   *  substrate's own reflection. */
  readonly strain: number;
  /** The same along the surface, where an asymmetric reflection gives it: relaxation is then found, not taken. */
  readonly inPlane?: number;
}

/** What a layer's strain says of an alloy. */
export interface Composition {
  /** Share of the second end member, 0…1. */
  readonly x: number;
  /** Such as "Si0.8Ge0.2". */
  readonly name: string;
  /** How far the layer is relaxed: 0 on the substrate's lattice, 1 on its own. */
  readonly relaxation: number;
}

/** The composition of a film of which the spacing along the normal was found, for a degree of relaxation, or with it where the
 *  spacing along the surface was found too. Ask for relaxation 0 and 1 to bound a composition.
 *  @throws {InvalidParameterError} where no composition of the system has that spacing
 *  @example
 *  composition({ system: "Si1-xGex", strain: 1.3, substrate: material("Si") }).x // 0.195 if fully strained
 *  composition({ system: "Si1-xGex", strain: 1.3, substrate: material("Si"), relaxation: 1 }).x // 0.338 if relaxed */
export function composition(options: CompositionOptions): Composition {
  const { system, strain, inPlane, substrate, relaxation = 0, surface } = options;
  requireOneOf("system", system, alloySystems);
  requireFinite("strain", strain);
  requireWithin("relaxation", relaxation, 0, 1);
  requireCubicOrHexagonal(substrate);
  if (inPlane !== undefined) requireFinite("inPlane", inPlane);
  const { a, c } = substrate.cell;
  /** Found minus expected spacing along the normal, of a film of this composition, Å. */
  const miss = (x: number): number => {
    const cell = alloyCell({ system, x });
    const along =
      inPlane === undefined ? (1 - relaxation) * (a / cell.a - 1) : (a * (1 + inPlane / 100)) / cell.a - 1;
    const normal = -poisson(stiffnessOf({ system, x })!, surface) * along;
    return (cell.c / c) * (1 + normal) - (1 + strain / 100);
  };
  const x = root(miss);
  if (x === undefined) {
    const limits = [miss(0), miss(1)].map((value) => strain + 100 * value).sort((p, q) => p - q);
    throw new InvalidParameterError(
      "strain",
      `what ${system} on ${substrate.name} can have, ${limits.map((limit) => limit.toFixed(4)).join(" … ")} %`,
      strain,
    );
  }
  const own = alloyCell({ system, x }).a;
  const found =
    inPlane === undefined || Math.abs(own - a) < 1e-9 ? relaxation : (a * (inPlane / 100)) / (own - a);
  return { x, name: alloyName({ system, x }), relaxation: found };
}

/** Zero of a monotonic function on [0, 1], by bisection; rounding at the ends is forgiven. */
function root(f: (x: number) => number): number | undefined {
  const [atZero, atOne] = [f(0), f(1)];
  if (Math.abs(atZero) < 1e-9) return 0;
  if (Math.abs(atOne) < 1e-9) return 1;
  if (atZero > 0 === atOne > 0) return undefined;
  let low = 0,
    high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (f(middle) > 0 === atZero > 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}
