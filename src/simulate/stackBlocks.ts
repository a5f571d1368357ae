/** R of stacks of many pieces, through blocks that are interpolated between nodes (assembly/physics/transferMatrixSimd.ts). */
import { AnglePlane, ElementSlot } from "../../assembly/layout.ts";
import type { Wave } from "../instrument/waves.ts";
import { RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { chooseNodes, putReflection, SIMD_ABSORPTION, SIMD_COUPLING } from "./recursion.ts";
import type { StackAngles, StackElements } from "./stackKernel.ts";

/** Measured costs (ns an angle) of a piece in blocks, of an exact matrix, and of its place in the sequence. */
const BLOCK_PIECE = 3;
const EXACT_ELEMENT = 50;
const EXACT_PLACE = 5;

/** Largest |g|, |Im x| and w of the angles. */
function largest(
  workspace: Workspace,
  { table, refraction, count }: StackAngles,
): { g: number; xi: number; w: number } {
  return workspace.look(({ f64 }) => {
    const plane = f64(table, AnglePlane.Size * count),
      weights = f64(refraction, count);
    let g = 0,
      xi = 0,
      w = 0;
    for (let j = 0; j < count; j++) {
      g = Math.max(g, Math.hypot(plane[AnglePlane.GRe * count + j], plane[AnglePlane.GIm * count + j]));
      xi = Math.max(xi, Math.abs(plane[AnglePlane.XIm * count + j]));
      w = Math.max(w, weights[j]);
    }
    return { g, xi, w };
  });
}

/** Each element cut into as many equal pieces as the expansion of the kernel needs. */
function cutElements(
  workspace: Workspace,
  stack: StackElements,
  angles: StackAngles,
): { elements: Float64Array; sequence: number[]; slope: number } {
  const { g, xi, w } = largest(workspace, angles);
  const elements = workspace.copy(stack.elements, stack.elementCount * ElementSlot.Size);
  const parts: number[] = [];
  let slope = 0;
  for (let u = 0; u < stack.elementCount; u++) {
    const e = elements.subarray(u * ElementSlot.Size, (u + 1) * ElementSlot.Size);
    const coupling =
      g *
      Math.max(
        Math.hypot(e[ElementSlot.OutRe], e[ElementSlot.OutIm]),
        Math.hypot(e[ElementSlot.InRe], e[ElementSlot.InIm]),
      );
    const absorption =
      e[ElementSlot.Slope] * xi +
      Math.abs(e[ElementSlot.OffsetIm]) +
      w * Math.abs(e[ElementSlot.RefractionIm]);
    const cuts = Math.ceil(Math.max(1, coupling / SIMD_COUPLING, absorption / SIMD_ABSORPTION));
    for (let i = 0; i < ElementSlot.Size; i++) e[i] /= cuts;
    slope = Math.max(slope, e[ElementSlot.Slope]);
    parts.push(cuts);
  }
  const sequence: number[] = [];
  for (const u of workspace.copyI32(stack.sequence, stack.sequenceLength))
    for (let i = 0; i < parts[u]; i++) sequence.push(u);
  return { elements, sequence, slope };
}

/** R at the angles, or undefined where exact matrices are quicker.
 *  @param theta of the angles, radians; an even number
 *  @returns a copy, to 1e-7 in log10 R */
export function stackBlocks(
  workspace: Workspace,
  wave: Wave,
  stack: StackElements,
  angles: StackAngles,
  theta: Float64Array,
): Float64Array | undefined {
  const { elements, sequence, slope } = cutElements(workspace, stack, angles);
  const exact = EXACT_ELEMENT * stack.elementCount + EXACT_PLACE * stack.sequenceLength;
  if (!(BLOCK_PIECE * sequence.length < exact)) return undefined;
  const x = workspace.copy(angles.table, angles.count);
  const range =
    x.reduce((most, value) => Math.max(most, value), -Infinity) -
    x.reduce((least, value) => Math.min(least, value), Infinity);
  const nodes = chooseNodes(
    theta,
    sequence.length,
    slope * range,
    Math.abs(wave.reflection.asymmetry ?? 0) * RADIANS,
  );
  if (nodes === undefined) return undefined;
  return workspace.scope(() => {
    const { kernels } = workspace;
    const nodeCount = nodes.theta.length,
      block = putReflection(workspace, wave),
      places = workspace.put(nodes.theta),
      nodeTable = workspace.f64(AnglePlane.Size * nodeCount),
      nodeRefraction = workspace.f64(nodeCount);
    check("prepareAngles", kernels.prepareAngles(block, places, nodeCount, nodeTable));
    check("prepareRefraction", kernels.prepareRefraction(block, places, nodeCount, nodeRefraction));
    const order = workspace.putI32(sequence),
      out = workspace.f64(angles.count);
    check(
      "stackBlocks",
      kernels.stackBlocks(
        workspace.put(elements),
        order,
        sequence.length,
        nodes.blockLength,
        angles.table,
        angles.refraction,
        angles.count,
        nodeTable,
        nodeRefraction,
        nodeCount,
        workspace.put(nodes.positions),
        workspace.bytes(kernels.stackBlocksScratch(sequence.length, nodeCount, angles.count)),
        out,
      ),
    );
    return workspace.copy(out, angles.count);
  });
}
