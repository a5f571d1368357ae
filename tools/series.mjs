/** `node tools/series.mjs [--series]` (after npm run build): eight simulated fluences of one film, inverted as a batch, and the
 *  picture of their quantities in docs/. */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSimulator, material, pseudoVoigtProfile, reflection } from "../dist/index.js";

const root = fileURLToPath(new URL("..", import.meta.url)),
  folder = await mkdtemp(join(tmpdir(), "takagi-series-"));
const crystal = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
  simulator = await createSimulator(),
  twoTheta = Float64Array.from({ length: 400 }, (_, i) => 71.8 + 0.006 * i);

await mkdir(join(folder, "scans"));
for (let k = 0; k < 8; k++) {
  const fluence = 0.25 * 2 ** (k / 2),
    profile = pseudoVoigtProfile({
      thickness: 260,
      height: 1.3 * (1 - Math.exp(-fluence / 0.9)),
      depth: 110,
      widthSurface: 160,
      widthInterface: 100,
      debyeWallerMin: Math.exp(-fluence / 2),
    });
  const { intensity } = simulator.simulate(profile, crystal, twoTheta, {
    instrument: { resolution: { shape: "gaussian", fwhm: 0.012 }, scale: 3e5, background: 4 },
  });
  const counts = simulator.counts(intensity, k + 1);
  await writeFile(
    join(folder, "scans", `YSZ_${fluence.toFixed(2)}e14.xy`),
    Array.from(twoTheta, (angle, i) => `${angle.toFixed(4)} ${counts[i]}\n`).join(""),
  );
}
const takagi = (...words) =>
  execFileSync(process.execPath, [join(root, "dist/cli.js"), ...words], { cwd: folder, stdio: "inherit" });
takagi(
  "batch",
  "scans",
  ...["--material", "YSZ", "--hkl", "4,0,0", "--wavelength", "1.5406", "--out", "results"],
  ...process.argv.slice(2),
);
takagi("table", "results", "--pattern", "YSZ_(?<fluence>[0-9.]+e14)", "--against", "fluence");
await copyFile(join(folder, "results", "series.svg"), join(root, "docs", "series.svg"));
await rm(folder, { recursive: true });
