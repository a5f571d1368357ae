/** `takagi structure-factor`: what the diffraction of a reflection needs to know of a crystal. */

import { braggAngle } from "../crystal/lattice.ts";
import type { Complex } from "../types.ts";
import { readReflection } from "./experiment.ts";
import type { CrystalFlags } from "./physicsOptions.ts";
import { EXIT, type Terminal } from "./terminal.ts";

export interface StructureFactorFlags extends CrystalFlags {
  readonly json?: boolean;
}

export async function runStructureFactor(flags: StructureFactorFlags, terminal: Terminal): Promise<number> {
  const reflection = await readReflection(flags);
  const { name, wavelength, d, cellVolume, structureFactor } = reflection;
  const { zero: f0, h: fh, hBar: fhbar } = structureFactor;
  if (flags.json === true) {
    terminal.out(`${JSON.stringify({ d, cellVolume, f0, fh, fhbar })}\n`);
    return EXIT.ok;
  }
  const rows = [
    ["d", `${d.toFixed(6)} Å`],
    ["2θ", `${(2 * braggAngle(d, wavelength)).toFixed(5)}° at ${wavelength} Å`],
    ["cell volume", `${cellVolume.toFixed(4)} Å³`],
    ["F_0", complex(f0)],
    ["F_H", complex(fh)],
    ["F_-H", complex(fhbar)],
  ] as const;
  terminal.out(`${name}\n${rows.map(([key, value]) => `  ${key.padEnd(12)} ${value}\n`).join("")}`);
  return EXIT.ok;
}

function complex([re, im]: Complex): string {
  return `${re.toFixed(4)} ${im < 0 ? "−" : "+"} ${Math.abs(im).toFixed(4)}i electrons per cell`;
}
