// What a diffractometer would count of an irradiated crystal: bun examples/bun/simulate.mjs [FILE.xy]
// In a project of your own: `bun add takagi`.
import { createSimulator, material, pseudoVoigtProfile, reflection } from "takagi";

const ysz400 = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
// nm, %: strain of 1.2 % at most, 80 nm below the surface.
const profile = pseudoVoigtProfile({
  thickness: 300,
  height: 1.2,
  depth: 80,
  widthSurface: 150,
  widthInterface: 120,
  debyeWallerMin: 0.4,
});
const twoTheta = Float64Array.from({ length: 1000 }, (_, i) => 71.5 + 0.003 * i);

const simulator = await createSimulator();
const { intensity } = simulator.simulate(profile, ysz400, twoTheta, {
  instrument: { resolution: { shape: "gaussian", fwhm: 0.02 } },
});
// 10⁶ counts at the peak, over a background of one; the same seed gives the same counts everywhere.
const peak = Math.max(...intensity);
const counts = simulator.counts(
  intensity.map((value) => (1e6 * value) / peak + 1),
  7,
);

const file = process.argv[2] ?? "scan.xy";
await Bun.write(file, Array.from(twoTheta, (angle, i) => `${angle.toFixed(3)} ${counts[i]}\n`).join(""));
console.log(`${file}: ${counts.length} points, ${counts.reduce((sum, count) => sum + count, 0)} counts`);
