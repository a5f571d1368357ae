/** `takagi reflectivity`: |X|² of stacks given slice by slice. */

import { createSimulator, type Kernel } from "../simulate/simulator.ts";
import { parseCases } from "./cases.ts";
import { inFile, readJson } from "./files.ts";
import { EXIT, type Terminal } from "./terminal.ts";

export interface ReflectivityFlags {
  readonly kernel?: Kernel;
  readonly json?: boolean;
}

export async function runReflectivity(
  path: string,
  flags: ReflectivityFlags,
  terminal: Terminal,
): Promise<number> {
  const document = await readJson(path);
  const cases = await inFile(path, () => parseCases(document));
  const simulator = await createSimulator();
  const kernel = flags.kernel === undefined ? {} : { kernel: flags.kernel };
  const results = cases.map(({ stack, reflection, twoTheta, options }) => {
    return simulator.reflectivity(stack, reflection, twoTheta, { ...options, ...kernel });
  });
  if (flags.json === true) {
    terminal.out(
      `${JSON.stringify({ cases: results.map((reflectivity) => ({ reflectivity: [...reflectivity] })) })}\n`,
    );
    return EXIT.ok;
  }
  results.forEach((reflectivity, i) => {
    const { reflection, twoTheta } = cases[i]!;
    const rows = Array.from(reflectivity, (value, j) => `${twoTheta[j]} ${value}\n`);
    terminal.out(`# case ${i + 1}: ${reflection.name}; 2θ (°), reflectivity\n${rows.join("")}`);
  });
  return EXIT.ok;
}
