// A measured scan to a strain profile and a page about it, as `npm start` does: node examples/node/invert.mjs [scan.xy]
import { readFile, writeFile } from "node:fs/promises";
import { invert, material, readScan, reflection, report } from "takagi";
import "takagi/nn"; // knows the networks

const file = process.argv[2] ?? new URL("../data/irradiated-ysz.xy", import.meta.url);
const scan = await readScan(await readFile(file));
const ysz400 = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
// Without a network the search begins at rough shapes, and nothing of TensorFlow is loaded.
const inversion = await invert(scan, ysz400, { network: "universal" });

const { maxStrain, maxStrainDepth, thickness, minDebyeWaller, rms, solutions } = inversion;
console.log(
  `strain up to ${maxStrain.toFixed(3)} % at ${maxStrainDepth.toFixed(1)} nm, in ${thickness.toFixed(1)} nm`,
);
console.log(
  `lowest Debye-Waller factor ${minDebyeWaller.toFixed(3)}; rms ${rms.toFixed(4)}; ${solutions.length - 1} other solutions`,
);
console.log(
  `${inversion.verdict}, confidence ${(100 * inversion.confidence).toFixed(0)} %: ${inversion.verdictReason}`,
);
console.log(`prior: ${inversion.prior}; ${inversion.draws.length} profiles drawn from the posterior`);
console.log(`${inversion.method}: ${inversion.methodReason}`);
await writeFile("report.html", report(inversion, { title: "Irradiated YSZ" }));
console.log("report.html shows it");
