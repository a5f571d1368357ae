/** Times of stacks of several crystals: kernels alone, tables once. */
import type { Wave } from "../src/instrument/waves.ts";
import { planStack, stackNumbers } from "../src/simulate/stackPieces.ts";
import { putStack, putStackAngles, stackColumns } from "../src/simulate/stackKernel.ts";
import { stackReflectivity } from "../src/simulate/stack.ts";
import type { Layer, Reflection, Stack } from "../src/types.ts";
import type { Workspace } from "../src/wasm/workspace.ts";
import { milliseconds, rounded } from "./measure.ts";

interface Machine {
  readonly workspace: Workspace;
  readonly simd: boolean;
}

/** ns of one piece at one angle, of each stack, R alone and with the derivatives by every number. */
export function stackTimes(
  { workspace, simd }: Machine,
  wave: Wave,
  theta: Float64Array,
  rounds: number,
): Record<string, number> {
  const film: Reflection = { ...wave.reflection, name: "film", d: wave.reflection.d * 1.01 };
  const uniform = (count: number): Stack => ({
    substrate: wave.reflection,
    layers: Array.from({ length: count }, (_, i) => ({ crystal: film, thickness: 40 + i, strain: 0.1 * i })),
  });
  const graded: Layer = { crystal: film, thickness: 300, strain: 0, strainTop: 1.5 };
  const stacks: Record<string, { stack: Stack; pieces: number; cuts: number }> = {
    "500 pieces of a graded layer": {
      stack: { substrate: wave.reflection, layers: [graded] },
      pieces: 500,
      cuts: 500,
    },
    "3 uniform layers": { stack: uniform(3), pieces: 3, cuts: 1 },
    "superlattice of 2 layers, 30 times": {
      stack: { substrate: wave.reflection, layers: [{ layers: uniform(2).layers as Layer[], repeats: 30 }] },
      pieces: 60,
      cuts: 1,
    },
  };
  const work: Record<string, () => number> = {},
    sizes: Record<string, number> = {};
  for (const [name, { stack, pieces, cuts }] of Object.entries(stacks)) {
    const plan = planStack(stack, () => cuts),
      numbers = stackNumbers(stack);
    sizes[`${name}: R, exact or in blocks`] = pieces * theta.length;
    work[`${name}: R, exact or in blocks`] = () =>
      stackReflectivity(workspace, { simd, judge: false, wave, plan, numbers, theta })[5];
    for (const columns of [undefined, Int32Array.from(numbers, (_, i) => i)]) {
      const label = columns === undefined ? `${name}: R` : `${name}: R and derivatives`;
      sizes[label] = pieces * theta.length;
      work[label] = () =>
        workspace.scope(() => {
          const angles = putStackAngles(workspace, wave, theta);
          const elements = putStack(workspace, wave, plan, numbers, columns);
          return workspace.view(stackColumns(workspace, simd, elements, angles), 1)[0];
        });
    }
  }
  const times = milliseconds(work, rounds);
  return Object.fromEntries(
    Object.entries(times).map(([label, { median }]) => [label, rounded((median * 1e6) / sizes[label])]),
  );
}
