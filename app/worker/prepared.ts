/** From the form to what the SDK computes with: reflection, sample, instrument. */
import { type Crystal, type Instrument, reflection, type Reflection, type Sample, secondLine } from "takagi";
import { crystalOf } from "../crystals.ts";
import type { Experiment } from "../session.ts";

export interface Prepared {
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly instrument: Instrument;
}

/** The last one, kept: a drag asks for the same again and again. */
let last: { readonly key: string; readonly value: Promise<Prepared> } | undefined;

export function prepared(experiment: Experiment): Promise<Prepared> {
  const key = JSON.stringify(experiment);
  if (last?.key !== key) last = { key, value: prepare(experiment) };
  return last.value;
}

async function prepare(experiment: Experiment): Promise<Prepared> {
  const { hkl, wavelength, geometry, filmThickness, substrate, substrateHkl, polarisation, monochromator } =
    experiment;
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  return {
    reflection: await reflectionOf(crystalOf(experiment.crystal), experiment),
    sample: {
      geometry,
      ...(isThick && filmThickness !== undefined ? { filmThickness } : {}),
      ...(geometry === "thick film on substrate"
        ? { substrate: await reflection(crystalOf(substrate), { hkl: substrateHkl ?? hkl, wavelength }) }
        : {}),
    },
    instrument: {
      polarisation,
      ...(polarisation === "unpolarised" && monochromator !== undefined ? { monochromator } : {}),
      ...(experiment.hasSecondLine
        ? {
            lines: [
              { wavelength, weight: 2 },
              { wavelength: secondLineOf(wavelength), weight: 1 },
            ],
          }
        : {}),
    },
  };
}

/** Of the crystal, or of a layer on it: in the experiment's beam, seen from its surface. */
export async function reflectionOf(
  crystal: Crystal,
  {
    hkl,
    wavelength,
    surface,
    isGrazingExit,
  }: Pick<Experiment, "hkl" | "wavelength" | "surface" | "isGrazingExit">,
): Promise<Reflection> {
  const found = await reflection(crystal, { hkl, wavelength, ...(surface === undefined ? {} : { surface }) });
  return isGrazingExit && found.asymmetry !== undefined ? { ...found, asymmetry: -found.asymmetry } : found;
}

/** The anode's Kα2 line.
 *  @throws where the wavelength is no Kα1 line */
function secondLineOf(wavelength: number): number {
  const second = secondLine(wavelength);
  if (second === undefined)
    throw new Error(`${wavelength} Å is the Kα1 line of no known anode, so that its Kα2 line is not known`);
  return second;
}
