/** Scans for the page's tests, from the simulator. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { layerStrain } from "../../src/crystal/epitaxy.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Hkl, Instrument, Profile, Stack } from "../../src/types.ts";

export const example = readFileSync(
  fileURLToPath(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url)),
);

/** Few counts of a thin strained region, which two profiles explain: as a file, and the counts alone, 0.0072° apart. */
export async function ambiguousScan(): Promise<string> {
  const twoTheta = Float64Array.from({ length: 250 }, (_, i) => 72.2 + (1.8 * i) / 250);
  const profile = pseudoVoigtProfile({
    thickness: 150,
    height: 1.2,
    depth: 60,
    widthSurface: 90,
    widthInterface: 60,
    debyeWallerMin: 0.5,
  });
  return scan("YSZ", [4, 0, 0], twoTheta, {
    profile,
    instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 1200, background: 1 },
  });
}

export async function ambiguousCounts(): Promise<number[]> {
  return (await ambiguousScan())
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(" ")[1]));
}

/** Of a crystal that has no network of its own. */
export async function siliconScan(scale = 1e5): Promise<string> {
  const twoTheta = Float64Array.from({ length: 400 }, (_, i) => 68.2 + (1.4 * i) / 400);
  const profile = pseudoVoigtProfile({
    thickness: 200,
    height: 0.8,
    depth: 80,
    widthSurface: 120,
    widthInterface: 80,
    debyeWallerMin: 0.5,
  });
  return scan("Si", [0, 0, 4], twoTheta, {
    profile,
    instrument: { resolution: { shape: "gaussian", fwhm: 0.01 }, scale, background: 2 },
  });
}

/** 60 nm of Al0.5Ga0.5As that fits GaAs. */
export async function aluminiumArsenideOnGalliumArsenide(): Promise<Stack> {
  const beam = { hkl: [0, 0, 4], wavelength: 1.5406 } as const,
    [substrate, film] = [material("GaAs"), material("Al0.5Ga0.5As")];
  return {
    substrate: await reflection(substrate, beam),
    layers: [
      {
        crystal: await reflection(film, beam),
        thickness: 60,
        strain: layerStrain(film, { substrate }).normal,
      },
    ],
  };
}

/** Its scan. */
export async function layerScan(): Promise<string> {
  const twoTheta = Float64Array.from({ length: 500 }, (_, i) => 65 + (1.9 * i) / 500),
    simulator = await createSimulator(),
    { intensity } = simulator.simulateStack(await aluminiumArsenideOnGalliumArsenide(), twoTheta, {
      instrument: { resolution: { shape: "gaussian", fwhm: 0.01 }, scale: 1e6, background: 2 },
    });
  return textOf("GaAs", [0, 0, 4], twoTheta, simulator.counts(intensity, 3));
}

/** Counts as a text file that says which crystal they are of. */
async function scan(
  name: string,
  hkl: Hkl,
  twoTheta: Float64Array,
  { profile, instrument }: { readonly profile: Profile; readonly instrument: Instrument },
): Promise<string> {
  const simulator = await createSimulator();
  const { intensity } = simulator.simulate(
    profile,
    await reflection(material(name), { hkl, wavelength: 1.5406 }),
    twoTheta,
    { instrument },
  );
  return textOf(name, hkl, twoTheta, simulator.counts(intensity, 3));
}

function textOf(name: string, hkl: Hkl, twoTheta: Float64Array, counts: Float64Array): string {
  return `# ${name} ${hkl.join(" ")}, wavelength 1.5406 Å\n${Array.from(twoTheta, (t, i) => `${t.toFixed(4)} ${counts[i]}`).join("\n")}\n`;
}
