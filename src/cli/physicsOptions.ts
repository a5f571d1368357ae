/** Options of crystal, beam, sample and instrument that several commands share: their words, and what they give. */

import type { Command } from "commander";
import type { Deviation, Geometry, Hkl, Polarisation, ResolutionShape, SpectralLine } from "../types.ts";
import { group } from "./help.ts";
import { choice, hkl, hkls, lines, number, type Parser } from "./parse.ts";

export interface CrystalFlags {
  readonly cif?: string;
  readonly material?: string;
  readonly yttria?: number;
  readonly hkl?: Hkl;
  readonly wavelength?: number;
  readonly energy?: number;
  readonly thermal?: boolean;
}

export interface PhysicsFlags extends CrystalFlags {
  readonly surface?: Hkl;
  readonly grazingExit?: boolean;
  readonly polarisation?: Polarisation;
  readonly monochromator?: number;
  readonly lines?: readonly SpectralLine[];
  readonly geometry?: Geometry;
  readonly filmThickness?: number;
  readonly substrateMaterial?: string;
  readonly substrateCif?: string;
  readonly substrateHkl?: Hkl;
  readonly resolution?: ResolutionShape;
  readonly fwhm?: number;
  readonly lorentzFraction?: number;
  readonly fwhmHigh?: number;
  readonly lorentzFractionHigh?: number;
  readonly exponent?: number;
  readonly deviation?: Deviation;
}

export const GEOMETRIES = ["single crystal", "thin film", "thick film", "thick film on substrate"] as const;
export const POLARISATIONS = ["sigma", "pi", "unpolarised"] as const;
export const DEVIATIONS = ["exact", "linear"] as const;
export const SHAPES = [
  "gaussian",
  "lorentzian",
  "pseudo-voigt",
  "split-pseudo-voigt",
  "generalised-bell",
] as const;

/** Which crystal, which reflection, which wavelength. */
export function addCrystalOptions(command: Command): Command {
  return withHkl(command, hkl("--hkl"));
}

function withHkl<T>(command: Command, parseHkl: Parser<T>): Command {
  return group(command, "Crystal")
    .option("--cif <file>", "crystal from a CIF file")
    .option("--material <name>", "built-in crystal; `takagi materials` lists them")
    .option(
      "--yttria <x>",
      "mole fraction of Y2O3 in --material YSZ (0.095)",
      number("--yttria", { least: 0.03, most: 0.4 }),
    )
    .option("--hkl <h,k,l>", "Miller indices of the reflection", parseHkl)
    .option("--wavelength <Å>", "wavelength", number("--wavelength", { above: 0, unit: "Å" }))
    .option(
      "--energy <keV>",
      "of the photons, in place of the wavelength",
      number("--energy", { least: 4, most: 30, unit: "keV" }),
    )
    .option("--thermal", "damp structure factors by the CIF's thermal parameters");
}

/** The same, and everything else of sample and instrument.
 *  @param isSeveral --hkl may be given more than once: its value is a list */
export function addPhysicsOptions(command: Command, isSeveral = false): Command {
  (isSeveral ? withHkl(command, hkls("--hkl")) : addCrystalOptions(command))
    .option(
      "--surface <h,k,l>",
      "Miller indices of the surface, where the reflection is asymmetric",
      hkl("--surface"),
    )
    .option(
      "--grazing-exit",
      "with --surface: the beam leaves at the grazing angle, instead of coming in at it",
    );
  group(command, "Sample")
    .option(
      "--geometry <name>",
      `${GEOMETRIES.join(", ")} (from the options below)`,
      choice("--geometry", GEOMETRIES),
    )
    .option(
      "--film-thickness <nm>",
      "whole thickness of a thick film",
      number("--film-thickness", { above: 0, unit: "nm" }),
    )
    .option("--substrate-material <name>", "built-in crystal under a thick film")
    .option("--substrate-cif <file>", "crystal under a thick film, from a CIF file")
    .option("--substrate-hkl <h,k,l>", "its reflection (that of the film)", hkl("--substrate-hkl"));
  return group(command, "Beam and instrument")
    .option(
      "--polarisation <name>",
      `${POLARISATIONS.join(", ")} (sigma)`,
      choice("--polarisation", POLARISATIONS),
    )
    .option(
      "--monochromator <°>",
      "2θ of a monochromator before the sample",
      number("--monochromator", { least: 0, below: 180, unit: "degrees" }),
    )
    .option("--lines <Å:weight,…>", "lines of the source, such as 1.540598:1,1.544426:0.5", lines("--lines"))
    .option(
      "--resolution <shape>",
      `${SHAPES.join(", ")} (gaussian; a fit without --fwhm finds gaussian or pseudo-voigt)`,
      choice("--resolution", SHAPES),
    )
    .option(
      "--fwhm <°>",
      "its full width at half maximum in 2θ",
      number("--fwhm", { above: 0, unit: "degrees 2θ" }),
    )
    .option(
      "--lorentz-fraction <x>",
      "share of the Lorentzian in a pseudo-Voigt, 0…1 (0.5)",
      number("--lorentz-fraction", { least: 0, most: 1 }),
    )
    .option(
      "--fwhm-high <°>",
      "split pseudo-Voigt: width on the side of high angles (--fwhm)",
      number("--fwhm-high", { above: 0, unit: "degrees 2θ" }),
    )
    .option(
      "--lorentz-fraction-high <x>",
      "split pseudo-Voigt: share there (--lorentz-fraction)",
      number("--lorentz-fraction-high", { least: 0, most: 1 }),
    )
    .option("--exponent <x>", "of a generalised bell (2)", number("--exponent", { above: 0.5 }))
    .option(
      "--deviation <name>",
      "exact, or linear as RaDMaX has it (exact)",
      choice("--deviation", DEVIATIONS),
    );
}
