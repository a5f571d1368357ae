/** Milliseconds from the import of the built package to its first curve, in a fresh process. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { median } from "./measure.ts";

const CHILD = `
const start = performance.now();
const { createSimulator } = await import(process.argv[1]);
const simulator = await createSimulator();
const reflection = { name: "ZrO2", hkl: [4, 0, 0], wavelength: 1.5406, d: 1.2858375, cellVolume: 136.0624,
  structureFactor: { zero: [223.6, 9.387], h: [120.3, 9.387], hBar: [120.3, 9.387] } };
const profile = { depth: [0, 100, 200, 300], strain: [0.3, 1.2, 0.6, 0], debyeWaller: [0.9, 0.5, 0.8, 1] };
for (const name in profile) profile[name] = Float64Array.from(profile[name]);
const twoTheta = Float64Array.from({ length: 1000 }, (_, i) => 71.5 + i * 0.003);
const { intensity } = simulator.simulate(profile, reflection, twoTheta, { instrument: { resolution: { shape: "gaussian", fwhm: 0.02 } } });
if (!(intensity[500] > 0)) throw new Error("no curve");
console.log(performance.now() - start);
`;

/** Median of `runs` processes, or null where the package is not built or has no simulator. */
export function coldStart(root: string, runs = 7): number | null {
  const entry = fileURLToPath(new URL("dist/index.js", pathToFileURL(root + "/")));
  if (!existsSync(entry)) return null;
  try {
    const times = Array.from({ length: runs }, () =>
      Number(
        execFileSync(process.execPath, ["--input-type=module", "-e", CHILD, pathToFileURL(entry).href], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        }),
      ),
    );
    return median(times);
  } catch {
    return null;
  }
}
