/** Crystals as the user chooses them, and what they mean to the SDK. */
import { type Crystal, epitaxialSurface, type Hkl, layerStrain, material, parseCif } from "takagi";

/** A built-in crystal or an alloy by its name, or the text of a CIF. */
export type CrystalChoice =
  | { readonly kind: "material"; readonly name: string }
  | { readonly kind: "cif"; readonly name: string; readonly text: string };

export function crystalOf(choice: CrystalChoice | undefined): Crystal {
  if (choice === undefined) throw new Error("no crystal is chosen");
  if (choice.kind === "material") return material(choice.name);
  const crystal = parseCif(choice.text);
  return crystal.name === "" ? { ...crystal, name: choice.name } : crystal;
}

/** A built-in crystal or alloy by what was typed; undefined where it is none. */
export function crystalNamed(text: string): CrystalChoice | undefined {
  try {
    return { kind: "material", name: material(text).name };
  } catch {
    return undefined;
  }
}

/** Strain (%) of its own lattice of a film that fits the substrate along the surface; undefined where that is not known.
 *  @param hkl planes parallel to the surface */
export function fittingStrain(film: Crystal, substrate: Crystal, hkl: Hkl): number | undefined {
  if (film.name === substrate.name) return 0;
  const surface = epitaxialSurface(hkl, substrate);
  if (surface === undefined) return undefined;
  try {
    return layerStrain(film, { substrate, surface }).normal;
  } catch {
    // Its elastic constants are not known.
    return undefined;
  }
}
