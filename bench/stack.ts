/** Times of stacks of several crystals; tables made beforehand, but for the last line. */
import type { Wave } from "../src/instrument/waves.ts";
import { stackBlocks } from "../src/simulate/stackBlocks.ts";
import { putStack, putStackAngles, stackColumns } from "../src/simulate/stackKernel.ts";
import { planStack, stackNumbers } from "../src/simulate/stackPieces.ts";
import type { Layer, Reflection, Stack } from "../src/types.ts";
import type { Workspace } from "../src/wasm/workspace.ts";
import { milliseconds, rounded } from "./measure.ts";

interface Machine {
  readonly workspace: Workspace;
  readonly simd: boolean;
}

/** @param theta radians, an even number
 *  @param today the recursion of one crystal on as many slices and angles, for the ratio */
export function stackTimes(
  { workspace, simd }: Machine,
  {
    wave,
    theta,
    pieces,
    today,
  }: {
    readonly wave: Wave;
    readonly theta: Float64Array;
    readonly pieces: number;
    readonly today: () => number;
  },
  rounds: number,
): Record<string, unknown> {
  const film: Reflection = { ...wave.reflection, name: "film", d: wave.reflection.d * 1.002 };
  const layers = [1, 2, 3].map((i): Layer => ({ crystal: film, thickness: 40 + 10 * i, strain: 0.3 * i }));
  const place = (stack: Stack, cuts = 1) => {
    const plan = planStack(stack, () => cuts),
      numbers = stackNumbers(stack),
      every = Int32Array.from(numbers, (_, i) => i);
    return {
      plan,
      numbers,
      bare: putStack(workspace, wave, plan, numbers),
      whole: putStack(workspace, wave, plan, numbers, every),
    };
  };
  return workspace.scope(() => {
    const substrate = wave.reflection;
    const angles = putStackAngles(workspace, wave, theta);
    const graded = place(
      { substrate, layers: [{ crystal: film, thickness: 300, strain: 0, strainTop: 1 }] },
      pieces,
    );
    const three = place({ substrate, layers }),
      lattice = place({ substrate, layers: [{ layers: layers.slice(0, 2), repeats: 30 }] });
    const run = (elements: typeof three.bare) => () =>
      workspace.scope(() => workspace.view(stackColumns(workspace, simd, elements, angles), 1)[0]);
    const times = milliseconds(
      {
        today,
        blocks: () => (simd ? (stackBlocks(workspace, wave, graded.bare, angles, theta)?.[5] ?? 0) : 0),
        three: run(three.bare),
        threeWhole: run(three.whole),
        lattice: run(lattice.bare),
        latticeWhole: run(lattice.whole),
        tables: () =>
          workspace.scope(() => putStack(workspace, wave, three.plan, three.numbers).elementCount),
      },
      rounds,
    );
    const ns = (name: keyof typeof times, count: number) =>
      rounded((times[name].least * 1e6) / (count * theta.length));
    return {
      what: `${theta.length} angles; least of ${rounds} rounds, kernels alone`,
      pieces: {
        count: pieces,
        unit: "ns per piece and angle",
        value: ns("blocks", pieces),
        ofOneCrystal: rounded(times.blocks.least / times.today.least),
      },
      uniformLayers: {
        count: 3,
        unit: "ns per layer and angle",
        reflectivity: ns("three", 3),
        withDerivatives: ns("threeWhole", 3),
      },
      superlattice: {
        layers: 60,
        unit: "ns per layer and angle",
        reflectivity: ns("lattice", 60),
        withDerivatives: ns("latticeWhole", 60),
      },
      tablesOfThreeLayers: { unit: "µs", value: rounded(times.tables.least * 1e3) },
    };
  });
}
