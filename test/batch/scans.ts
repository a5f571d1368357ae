/** Small simulated scans of one crystal, which are inverted in a fraction of a second, and folders full of them. */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { material } from "../../src/crystal/materials.ts";
import { reflection } from "../../src/crystal/structureFactor.ts";
import { pseudoVoigtProfile } from "../../src/profile/pseudoVoigt.ts";
import { createSimulator } from "../../src/simulate/simulator.ts";
import type { Reflection, Scan } from "../../src/types.ts";
import { xrdml } from "../io/files.ts";

export const YSZ = ["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406"];
/** The least work, for tests that ask nothing of the answer but that it be the same. */
export const QUICK = ["--effort", "0.001", "--no-model"];

export function ysz(): Promise<Reflection> {
  return reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
}

interface SmallScans {
  /** Largest, %. */
  readonly strain?: (k: number) => number;
  /** Degrees 2θ, of the scan and of the width of its resolution. */
  readonly step?: number;
}

/** Scans of films of 30 nm and more, each with its counting noise. */
export async function smallScans(
  count: number,
  { strain = (k) => 0.8 + 0.05 * k, step = 0.05 }: SmallScans = {},
): Promise<Scan[]> {
  const simulator = await createSimulator(),
    crystal = await ysz(),
    twoTheta = Float64Array.from({ length: Math.round(2.5 / step) + 1 }, (_, i) => 71.5 + step * i);
  return Array.from({ length: count }, (_, k) => {
    const thickness = 30 + 4 * k,
      profile = pseudoVoigtProfile({
        thickness,
        height: strain(k),
        depth: 0.4 * thickness,
        widthSurface: 0.6 * thickness,
        widthInterface: 0.5 * thickness,
        debyeWallerMin: 0.6,
      });
    const { intensity } = simulator.simulate(profile, crystal, twoTheta, {
      instrument: { resolution: { shape: "gaussian", fwhm: step }, scale: 1e5, background: 5 },
    });
    return { twoTheta, intensity: simulator.counts(intensity, k + 1) };
  });
}

export function textOf({ twoTheta, intensity }: Scan): string {
  return [...twoTheta].map((angle, i) => `${angle.toFixed(4)} ${intensity[i]}\n`).join("");
}

/** A folder `scans` with files of one scan each, a file with three, and one that holds none.
 *  @returns the folder around it, where results may lie, too */
export async function folderOfScans(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "takagi-batch-")),
    scans = await smallScans(count + 3);
  await mkdir(join(folder, "scans", "maps"), { recursive: true });
  await Promise.all(
    scans
      .slice(3)
      .map((scan, k) =>
        writeFile(join(folder, "scans", `film-${String(k).padStart(3, "0")}.xy`), textOf(scan)),
      ),
  );
  await writeFile(
    join(folder, "scans", "maps", "three.xrdml"),
    xrdml(
      scans
        .slice(0, 3)
        .map(({ intensity }) => ({ twoTheta: 71.5, omega: 35.75, step: 0.05, counts: [...intensity] })),
    ),
  );
  await writeFile(join(folder, "scans", "notes.txt"), "nothing was measured on Sunday\n");
  return folder;
}
