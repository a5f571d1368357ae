/** Scans for the page's tests, from the simulator. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";

export const example = readFileSync(fileURLToPath(new URL("../../examples/data/irradiated-ysz.xy", import.meta.url)));

/** Few counts of a thin strained region, which two profiles explain. */
export async function ambiguousScan(): Promise<string> {
  const ysz = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
  const simulator = await createSimulator();
  const twoTheta = Float64Array.from({ length: 250 }, (_, i) => 72.2 + (1.8 * i) / 250);
  const profile = pseudoVoigtProfile({ thickness: 150, height: 1.2, depth: 60, widthSurface: 90, widthInterface: 60, debyeWallerMin: 0.5 });
  const { intensity } = simulator.simulate(profile, ysz, twoTheta, { instrument: { resolution: { shape: "gaussian", fwhm: 0.02 }, scale: 2000, background: 1 } });
  const counts = simulator.counts(intensity, 3);
  return `# YSZ 4 0 0, wavelength 1.5406 Å\n${Array.from(twoTheta, (t, i) => `${t.toFixed(4)} ${counts[i]}`).join("\n")}\n`;
}
