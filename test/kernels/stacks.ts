/** Seeded random stacks, laid out in the kernels' memory. */
import { AnglePlane, SliceSlot } from "../../assembly/layout.ts";
import type { Wave } from "../../src/instrument/waves.ts";
import { type Slices, putAngles, putReflection, putSlices } from "../../src/simulate/recursion.ts";
import type { Sample } from "../../src/types.ts";
import type { Workspace } from "../../src/wasm/workspace.ts";
import { braggAngle, random } from "../simulate/crystals.ts";

export interface Stack {
  readonly slices: Slices;
  readonly theta: Float64Array;
  readonly sample: Sample;
}

export interface Placed {
  readonly block: number;
  readonly angles: number;
  readonly table: number;
  readonly derivatives: number;
  readonly count: number;
  readonly angleCount: number;
}

/** A random stack and even angles around it.
 *  @param thickness of one slice, Å
 *  @param strain largest, fraction */
export function randomStack(
  seed: number,
  wave: Wave,
  count: number,
  angleCount: number,
  thickness = 8,
  strain = 0.02,
  sample: Sample = {},
): Stack {
  const next = random(seed);
  const bragg = braggAngle(wave.reflection);
  const low = bragg - 1.3 * strain * Math.tan(bragg) - 0.01,
    high = bragg + 0.01;
  return {
    slices: {
      strain: Float64Array.from({ length: count }, () => strain * next()),
      debyeWaller: Float64Array.from({ length: count }, () => next()),
      thickness,
    },
    theta: Float64Array.from({ length: angleCount }, (_, i) =>
      angleCount === 1 ? bragg - 0.001 : low + ((high - low) * i) / (angleCount - 1),
    ),
    sample,
  };
}

/** Tables of the stack, with derivatives, in the caller's scope. */
export function place(workspace: Workspace, wave: Wave, stack: Stack): Placed {
  const block = putReflection(workspace, wave);
  const { slices, theta, sample } = stack;
  const count = slices.strain.length;
  const angles = putAngles(workspace, wave, block, theta, sample, slices.thickness * count);
  return { block, angles, count, angleCount: theta.length, ...putSlices(workspace, block, slices, true) };
}

/** Largest |K| and |A| of the placed stack (Im A: `absorption`). */
export function largest(
  workspace: Workspace,
  placed: Placed,
): { coupling: number; phase: number; absorption: number } {
  const { table, angles, count, angleCount } = placed;
  const slices = workspace.view(table, count * SliceSlot.Size),
    plane = workspace.view(angles, angleCount * AnglePlane.Size);
  let coupling = 0,
    phase = 0,
    absorption = 0;
  for (let n = 0; n < count; n++) {
    for (let j = 0; j < angleCount; j++) {
      const at = n * SliceSlot.Size;
      phase = Math.max(phase, Math.abs(slices[at] * plane[j] + slices[at + SliceSlot.OffsetRe]));
      absorption = Math.max(
        absorption,
        Math.abs(slices[at] * plane[angleCount + j] + slices[at + SliceSlot.OffsetIm]),
      );
      coupling = Math.max(
        coupling,
        slices[at + SliceSlot.Coupling] *
          Math.hypot(plane[AnglePlane.GRe * angleCount + j], plane[AnglePlane.GIm * angleCount + j]),
      );
    }
  }
  return { coupling, phase, absorption };
}
