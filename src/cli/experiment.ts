/** From options to crystal, reflection, sample and instrument. */

import { parseCif } from "../crystal/cif.ts";
import { material } from "../crystal/materials.ts";
import { reflection } from "../crystal/structureFactor.ts";
import { InvalidParameterError } from "../errors.ts";
import type { Crystal, Geometry, Hkl, Instrument, Reflection, Resolution, Sample } from "../types.ts";
import { decodeText } from "../io/text.ts";
import { KEV_ANGSTROM } from "../units.ts";
import { inFile, readBytes, uniqueNames } from "./files.ts";
import type { CrystalFlags, PhysicsFlags } from "./physicsOptions.ts";
import { UsageError } from "./terminal.ts";

/** The reflection that the options name.
 *  @throws {InvalidParameterError} naming an option
 *  @throws {InputError} @throws {CifError} @throws {UnreachableReflectionError} */
export async function readReflection(flags: PhysicsFlags): Promise<Reflection> {
  const hkl = required("--hkl", flags.hkl, "three Miller indices such as --hkl 4,0,0");
  wavelengthOf(flags);
  if (flags.grazingExit === true && flags.surface === undefined)
    throw new UsageError("--grazing-exit needs --surface");
  return await reflectionOf(await readCrystal(flags), { ...flags, hkl }, "--");
}

/** A crystal's reflection in the beam and at the surface that the options name.
 *  @param prefix of the option that an error about the reflection belongs to */
export async function reflectionOf(
  crystal: Crystal,
  flags: PhysicsFlags & { readonly hkl: Hkl },
  prefix: string,
): Promise<Reflection> {
  const found = await named(prefix, () =>
    reflection(crystal, {
      hkl: flags.hkl,
      wavelength: wavelengthOf(flags),
      thermal: flags.thermal === true,
      ...optional("surface", flags.surface),
    }),
  );
  if (flags.grazingExit !== true || found.asymmetry === undefined) return found;
  return { ...found, asymmetry: -found.asymmetry };
}

/** Its wavelength, that of its energy, or the strongest of the lines. */
function wavelengthOf({ wavelength, energy, lines }: PhysicsFlags): number {
  if (wavelength !== undefined && energy !== undefined)
    throw new UsageError("give --wavelength or --energy, not both");
  if (wavelength !== undefined) return wavelength;
  if (energy !== undefined) return KEV_ANGSTROM / energy;
  if (lines === undefined)
    throw missing("--wavelength", "in Å, such as --wavelength 1.5406, or --energy in keV");
  return lines.reduce((best, line) => (line.weight > best.weight ? line : best)).wavelength;
}

export async function readCrystal({ cif, material: name, yttria }: CrystalFlags): Promise<Crystal> {
  if (cif !== undefined && name !== undefined) throw new UsageError("give --cif or --material, not both");
  if (cif !== undefined) {
    if (yttria !== undefined) throw new UsageError("--yttria needs --material YSZ");
    return readCif(cif);
  }
  const known = required(
    "--cif or --material",
    name,
    "the crystal; `takagi materials` lists the built-in ones",
  );
  return named("--", () => Promise.resolve(material(known, optional("yttria", yttria))));
}

/** A material or an alloy by its name, or a CIF file by its path.
 *  @param option that an error names */
export async function namedCrystal(option: string, name: string): Promise<Crystal> {
  if (/\.cif$/i.test(name)) return readCif(name);
  return named(`${option} `, () => Promise.resolve(material(name)));
}

async function readCif(path: string): Promise<Crystal> {
  const text = decodeText(await readBytes(path));
  const crystal = await inFile(path, () => parseCif(text));
  return crystal.name === "" ? { ...crystal, name: uniqueNames([path])[0]! } : crystal;
}

/** What lies below the strained region; the geometry follows from what is given where it is not named. */
export async function readSample(flags: PhysicsFlags): Promise<Sample> {
  const { filmThickness, substrateMaterial, substrateCif } = flags;
  const hasSubstrate = substrateMaterial !== undefined || substrateCif !== undefined;
  const implied: Geometry = hasSubstrate
    ? "thick film on substrate"
    : filmThickness === undefined
      ? "single crystal"
      : "thick film";
  const geometry = flags.geometry ?? implied;
  if (flags.substrateHkl !== undefined && !hasSubstrate)
    throw new UsageError("--substrate-hkl needs --substrate-material or --substrate-cif");
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  if (isThick && filmThickness === undefined) throw missing("--film-thickness", `in nm, for a ${geometry}`);
  if (!isThick && filmThickness !== undefined)
    throw new UsageError(`--film-thickness is not for a ${geometry}`);
  if (geometry !== "thick film on substrate") {
    if (hasSubstrate)
      throw new UsageError(`a substrate is for a thick film on substrate, not for a ${geometry}`);
    return { geometry, ...optional("filmThickness", filmThickness) };
  }
  if (!hasSubstrate)
    throw missing("--substrate-material or --substrate-cif", `the crystal under a ${geometry}`);
  if (substrateMaterial !== undefined && substrateCif !== undefined) {
    throw new UsageError("give --substrate-cif or --substrate-material, not both");
  }
  const hkl: Hkl =
    flags.substrateHkl ?? required("--hkl", flags.hkl, "three Miller indices such as --hkl 4,0,0");
  const crystal =
    substrateCif === undefined
      ? await named("--substrate-", () => Promise.resolve(material(substrateMaterial!)))
      : await readCif(substrateCif);
  const options = { hkl, wavelength: wavelengthOf(flags), thermal: flags.thermal === true };
  const substrate = await named("--substrate-", () => reflection(crystal, options));
  return { geometry, ...optional("filmThickness", filmThickness), substrate };
}

/** @param defaultFwhm of a resolution of which only the shape is named; undefined where it must be given too */
export function readInstrument(flags: PhysicsFlags, defaultFwhm?: number): Instrument {
  const resolution = readResolution(flags, defaultFwhm);
  return {
    ...optional("polarisation", flags.polarisation),
    ...optional("monochromator", flags.monochromator),
    ...optional("lines", flags.lines),
    ...optional("resolution", resolution),
  };
}

function readResolution(flags: PhysicsFlags, defaultFwhm: number | undefined): Resolution | undefined {
  const { resolution: named, lorentzFraction, fwhmHigh, lorentzFractionHigh, exponent } = flags;
  const shape = named ?? "gaussian";
  const isSplit = shape === "split-pseudo-voigt";
  forbid("--lorentz-fraction", lorentzFraction, isSplit || shape === "pseudo-voigt", "a pseudo-voigt");
  forbid("--fwhm-high", fwhmHigh, isSplit, "a split-pseudo-voigt");
  forbid("--lorentz-fraction-high", lorentzFractionHigh, isSplit, "a split-pseudo-voigt");
  forbid("--exponent", exponent, shape === "generalised-bell", "a generalised-bell");
  if (named === undefined && flags.fwhm === undefined) return undefined;
  const fwhm = required("--fwhm", flags.fwhm ?? defaultFwhm, "the width of the resolution in degrees 2θ");
  const fraction = lorentzFraction ?? 0.5;
  switch (shape) {
    case "gaussian":
    case "lorentzian":
      return { shape, fwhm };
    case "pseudo-voigt":
      return { shape, fwhm, lorentzFraction: fraction };
    case "split-pseudo-voigt":
      return {
        shape,
        fwhmLow: fwhm,
        fwhmHigh: fwhmHigh ?? fwhm,
        lorentzFractionLow: fraction,
        lorentzFractionHigh: lorentzFractionHigh ?? fraction,
      };
    case "generalised-bell":
      return { shape, fwhm, exponent: exponent ?? 2 };
  }
}

function forbid(option: string, value: number | undefined, allowed: boolean, shape: string): void {
  if (value !== undefined && !allowed)
    throw new UsageError(`${option} is for ${shape} resolution (--resolution)`);
}

function required<T>(option: string, value: T | undefined, hint: string): T {
  if (value === undefined) throw missing(option, hint);
  return value;
}

export function missing(option: string, hint: string): UsageError {
  return new UsageError(`${option} is missing: ${hint}`);
}

/** { name: value }, or nothing: an absent property and one that is undefined are two things. */
export function optional<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: T };
}

/** Errors about parameters that are options here name the option. */
async function named<T>(prefix: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const match =
      error instanceof InvalidParameterError
        ? /^(hkl|surface|wavelength|material|yttria)\b/.exec(error.parameter)
        : null;
    if (match === null) throw error;
    const option = match[1] === "wavelength" ? "--" : prefix;
    throw new UsageError(`${option}${(error as Error).message}`, { cause: error });
  }
}
