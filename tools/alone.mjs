// What a network says of a measured scan without any fit: node tools/alone.mjs MODEL SCAN (YSZ 400, Cu Kα1; after npm run build)
// The curve of its profile, width and offset against the scan: root mean square of the difference of log10, zeros taken as the
// smallest other count, as in the fit's own; the scale being the one at which that is least, the background the network's
// dynamic range below the maximum.
import { readFileSync } from "node:fs";
import { createSimulator, material, readScan, reflection } from "../dist/index.js";
import { createPredictor, loadModel } from "../dist/nn.js";

const [folder, file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node tools/alone.mjs MODEL SCAN");
const known = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
  scan = await readScan(readFileSync(file));
const predictor = await createPredictor(await loadModel(folder)),
  { labels, profile, offset, outside } = await predictor.predict(scan, { reflection: known });
const { fwhm, dynamicRange, lorentzFraction = 0 } = labels,
  resolution = { shape: "pseudo-voigt", fwhm, lorentzFraction: Math.min(1, Math.max(0, lorentzFraction)) };
const simulator = await createSimulator(),
  top = scan.intensity.reduce((a, b) => Math.max(a, b), 0),
  background = top / 10 ** dynamicRange;
const { intensity } = simulator.simulate(profile, known, scan.twoTheta, {
  instrument: { resolution, offset: offset + (labels.offset ?? 0), scale: 1 },
});
const smallest = scan.intensity.reduce((least, y) => (y > 0 ? Math.min(least, y) : least), Infinity);
/** At a scale, whose logarithm this is. */
const rms = (ln) =>
  Math.sqrt(
    intensity.reduce(
      (sum, y, i) =>
        sum + Math.log10((Math.exp(ln) * y + background) / Math.max(scan.intensity[i], smallest)) ** 2,
      0,
    ) / intensity.length,
  );
let low = Math.log(top) - 3,
  high = Math.log(top) + 3;
while (high - low > 1e-6) {
  const third = (high - low) / 3;
  if (rms(low + third) < rms(high - third)) high -= third;
  else low += third;
}
console.log(
  JSON.stringify({
    model: predictor.model.card.name,
    rms: rms(low),
    thickness: labels.thickness,
    maxStrain: profile.strain.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0),
    fwhm,
    outside,
  }),
);
predictor.dispose();
