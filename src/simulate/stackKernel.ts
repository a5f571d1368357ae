/** R of a stack of several crystals and its derivatives by every number of every layer: plans and numbers in, the kernels'
 *  tables out. Internal units but for the numbers, which have those of the public border. */
import {
  AnglePlane,
  ElementSlot,
  ReflectionSlot,
  SliceDerivative,
  SliceSlot,
} from "../../assembly/layout.ts";
import type { Wave } from "../instrument/waves.ts";
import type { Complex, Reflection } from "../types.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { braggAngleOf, putReflection } from "./recursion.ts";
import { type Piece, piecesOf, type Share, type StackPlan } from "./stackPieces.ts";

/** Angles on which a stack is calculated, in the kernels' memory. */
export interface StackAngles {
  /** f64[AnglePlane.Size][count] of the substrate, with the amplitude that comes from it. */
  readonly table: number;
  /** f64[count]. */
  readonly refraction: number;
  readonly count: number;
}

/** The pieces of a stack in the kernels' memory. */
export interface StackElements {
  readonly elements: number;
  readonly elementCount: number;
  readonly sequence: number;
  readonly sequenceLength: number;
  readonly firstEntries: number;
  readonly entryColumns: number;
  readonly entries: number;
  /** Numbers that have a column; 0 where R alone is wanted. */
  readonly columnCount: number;
}

/** How a crystal differs from the substrate, by which its slices become elements of one stack. */
interface Relation {
  readonly block: number;
  /** What is added to x. */
  readonly shift: number;
  /** π Γ F_0/λ, less that of the substrate; 0 in the linear form. */
  readonly refraction: Complex;
  /** K of unit thickness in units of the substrate's. */
  readonly out: Complex;
  readonly in: Complex;
}

/** Angle table of the substrate in the caller's scope; θ in radians, at least two (a vector of angles).
 *  @param start "substrate": a semi-infinite crystal below; "nothing": X = 0 */
export function putStackAngles(
  workspace: Workspace,
  wave: Wave,
  theta: ArrayLike<number>,
  start: "substrate" | "nothing" = "substrate",
): StackAngles {
  const { kernels } = workspace;
  const count = theta.length;
  const block = putReflection(workspace, wave),
    angles = workspace.put(theta),
    table = workspace.f64(AnglePlane.Size * count),
    refraction = workspace.f64(count);
  check("prepareAngles", kernels.prepareAngles(block, angles, count, table));
  check("prepareRefraction", kernels.prepareRefraction(block, angles, count, refraction));
  if (start === "nothing") check("startEmpty", kernels.startEmpty(table, count));
  else
    check(
      "startSemiInfinite",
      kernels.startSemiInfinite(block, table, table, count, workspace.bytes(kernels.startScratch())),
    );
  return { table, refraction, count };
}

/** Elements of the stack in the caller's scope.
 *  @param wave of the substrate's reflection
 *  @param numbers as stackNumbers gives them
 *  @param columnOf column of each number, −1 for none; no derivatives if absent */
export function putStack(
  workspace: Workspace,
  wave: Wave,
  plan: StackPlan,
  numbers: ArrayLike<number>,
  columnOf?: Int32Array,
): StackElements {
  const { pieces, sequence } = piecesOf(plan, numbers);
  const rows = rowsOf(workspace, wave, plan, pieces);
  const elements = new Float64Array(pieces.length * ElementSlot.Size);
  const firstEntries = new Int32Array(pieces.length + 1),
    entryColumns: number[] = [],
    entries: number[] = [];
  pieces.forEach((piece, u) => {
    elements.set(valueOf(piece, rows[u]), u * ElementSlot.Size);
    if (columnOf !== undefined)
      for (const [index, row] of slopesOf(piece, rows[u])) {
        if (columnOf[index] < 0) continue;
        entryColumns.push(columnOf[index]);
        entries.push(...row);
      }
    firstEntries[u + 1] = entryColumns.length;
  });
  return {
    elements: workspace.put(elements),
    elementCount: pieces.length,
    sequence: workspace.putI32(sequence),
    sequenceLength: sequence.length,
    firstEntries: workspace.putI32(firstEntries),
    entryColumns: workspace.putI32(entryColumns),
    entries: workspace.put(entries),
    columnCount:
      columnOf === undefined ? 0 : columnOf.reduce((most, column) => Math.max(most, column + 1), 0),
  };
}

/** Address of f64[1 + columnCount][angles] in the caller's scope: R, then ∂R/∂number for each that has a column, per unit
 *  of that number (nm, %, 1).
 *  @param amplitude f64[2][angles] for P/Q at the surface, 0 if not wanted
 *  @param judge scalar kernel, whatever the machine has */
export function stackColumns(
  workspace: Workspace,
  simd: boolean,
  stack: StackElements,
  angles: StackAngles,
  { amplitude = 0, judge = false }: { readonly amplitude?: number; readonly judge?: boolean } = {},
): number {
  const { kernels } = workspace;
  const out = workspace.f64((1 + stack.columnCount) * angles.count);
  const { elementCount, sequenceLength, columnCount } = stack,
    isVector = simd && !judge && angles.count > 1;
  const run = isVector ? kernels.stackGradientSimd : kernels.stackGradient;
  const scratch = workspace.bytes(
    isVector
      ? kernels.stackGradientSimdScratch(elementCount, sequenceLength, columnCount)
      : kernels.stackGradientScratch(elementCount, sequenceLength),
  );
  check(
    "stackGradient",
    run(
      stack.elements,
      stack.elementCount,
      stack.sequence,
      stack.sequenceLength,
      angles.table,
      angles.refraction,
      angles.count,
      stack.firstEntries,
      stack.entryColumns,
      stack.entries,
      stack.columnCount,
      scratch,
      amplitude,
      out,
    ),
  );
  return out;
}

/** Numbers of one share for a thickness of 1 Å, and their slopes by its strain and its Debye–Waller factor. */
interface Row {
  readonly value: Float64Array;
  readonly byStrain: Float64Array;
  readonly byDebyeWaller: Float64Array;
}

/** Rows of all shares of all pieces: each crystal's slices by the kernel that makes them, related to the substrate. */
function rowsOf(workspace: Workspace, wave: Wave, plan: StackPlan, pieces: readonly Piece[]): Row[][] {
  const rows: Row[][] = pieces.map(() => []);
  return workspace.scope(() => {
    const blocks = plan.crystals.map((crystal) => putReflection(workspace, wave, crystal));
    const substrate = { block: blocks[0], reflection: plan.crystals[0] };
    plan.crystals.forEach((reflection, crystal) => {
      const places: { piece: number; share: number }[] = [],
        shares: Share[] = [];
      pieces.forEach((piece, u) =>
        piece.shares.forEach((share, s) => {
          if (share.crystal !== crystal) return;
          places.push({ piece: u, share: s });
          shares.push(share);
        }),
      );
      if (shares.length === 0) return;
      const relation = relationOf(workspace, wave, substrate, { block: blocks[crystal], reflection });
      rowsOfCrystal(workspace, relation, shares).forEach((row, i) => {
        rows[places[i].piece][places[i].share] = row;
      });
    });
    return rows;
  });
}

function rowsOfCrystal(workspace: Workspace, relation: Relation, shares: readonly Share[]): Row[] {
  const count = shares.length;
  return workspace.scope(() => {
    const strain = workspace.put(shares.map((share) => share.strain.value)),
      debyeWaller = workspace.put(shares.map((share) => share.debyeWaller.value)),
      thickness = workspace.put(new Float64Array(count).fill(1)),
      table = workspace.f64(SliceSlot.Size * count),
      derivatives = workspace.f64(SliceDerivative.Size * count);
    check(
      "prepareSlices",
      workspace.kernels.prepareSlices(
        relation.block,
        strain,
        debyeWaller,
        thickness,
        count,
        table,
        derivatives,
      ),
    );
    const slices = workspace.copy(table, SliceSlot.Size * count),
      slopes = workspace.copy(derivatives, SliceDerivative.Size * count);
    return shares.map((_, n) => ({
      value: elementOf(relation, slices.subarray(n * SliceSlot.Size)),
      byStrain: elementOf(relation, slopes.subarray(n * SliceDerivative.Size)),
      byDebyeWaller: elementOf(
        relation,
        Float64Array.of(0, 0, 0, slopes[n * SliceDerivative.Size + SliceDerivative.CouplingByDebyeWaller]),
      ),
    }));
  });
}

/** Slope, offset and coupling of a slice against its own reflection, as an element against the substrate's: linear in them. */
function elementOf({ shift, refraction, out, in: back }: Relation, slice: Float64Array): Float64Array {
  const slope = slice[SliceSlot.Slope],
    coupling = slice[SliceSlot.Coupling];
  return Float64Array.of(
    slope,
    slice[SliceSlot.OffsetRe] + slope * shift,
    slice[SliceSlot.OffsetIm],
    slope * refraction[0],
    slope * refraction[1],
    coupling * out[0],
    coupling * out[1],
    coupling * back[0],
    coupling * back[1],
  );
}

interface Placed {
  readonly block: number;
  readonly reflection: Reflection;
}

/** exact: x of the substrate is k(γ0 + γh)/2 − H_z/2 − (πΓF_0/λ)w, so that another crystal's differs by a constant and by
 *  its refraction; linear: x = θ − θ_B, and refraction is in the slice's own offset.
 *
 *  F_H and F_-H of crystals at the same hkl keep their phases against each other, which tell how far the atoms of one lie
 *  off those of the other; at different hkl nothing is known of that, and √(F_H F_-H) serves both ways. */
function relationOf(workspace: Workspace, wave: Wave, substrate: Placed, other: Placed): Relation {
  const own = workspace.copy(other.block, ReflectionSlot.Size),
    base = workspace.copy(substrate.block, ReflectionSlot.Size);
  const isLinear = wave.deviation === "linear";
  const half = (block: Float64Array): number =>
    (Math.PI * Math.cos(block[ReflectionSlot.Asymmetry])) / block[ReflectionSlot.PlaneSpacing];
  const index = (block: Float64Array): number =>
    (Math.PI * block[ReflectionSlot.Gamma]) / block[ReflectionSlot.Wavelength];
  const strength =
    (own[ReflectionSlot.Polarisation] * own[ReflectionSlot.Gamma]) /
    (base[ReflectionSlot.Polarisation] * base[ReflectionSlot.Gamma]);
  const { structureFactor: factor, hkl } = other.reflection,
    { structureFactor: baseFactor, hkl: baseHkl } = substrate.reflection;
  const isAlike = hkl.every((h, i) => h === baseHkl[i]);
  const between = (own: Complex, base: Complex): Complex => {
    const quotient = divided(own, base);
    return [strength * quotient[0], strength * quotient[1]];
  };
  const mean = between(rootOfProduct(factor.h, factor.hBar), rootOfProduct(baseFactor.h, baseFactor.hBar));
  return {
    block: other.block,
    shift: isLinear
      ? braggAngleOf(wave.wavelength, substrate.reflection.d) -
        braggAngleOf(wave.wavelength, other.reflection.d)
      : half(base) - half(own),
    refraction: isLinear
      ? [0, 0]
      : [
          index(own) * factor.zero[0] - index(base) * baseFactor.zero[0],
          index(own) * factor.zero[1] - index(base) * baseFactor.zero[1],
        ],
    out: isAlike ? between(factor.hBar, baseFactor.hBar) : mean,
    in: isAlike ? between(factor.h, baseFactor.h) : mean,
  };
}

function divided([ar, ai]: Complex, [br, bi]: Complex): Complex {
  const size = br * br + bi * bi;
  return [(ar * br + ai * bi) / size, (ai * br - ar * bi) / size];
}

/** Principal root of the product. */
function rootOfProduct([ar, ai]: Complex, [br, bi]: Complex): Complex {
  const re = ar * br - ai * bi,
    im = ar * bi + ai * br,
    modulus = Math.hypot(re, im);
  const root: Complex = [Math.sqrt(0.5 * (modulus + re)), Math.sqrt(Math.max(0.5 * (modulus - re), 0))];
  return im < 0 ? [root[0], -root[1]] : root;
}

/** thickness · Σ weight · row. */
function valueOf({ thickness, shares }: Piece, rows: readonly Row[]): Float64Array {
  const value = new Float64Array(ElementSlot.Size);
  shares.forEach((share, s) => addTo(value, rows[s].value, thickness.value * share.weight.value));
  return value;
}

/** Derivatives of those numbers, by the index of what they are by. */
function slopesOf({ thickness, shares }: Piece, rows: readonly Row[]): Map<number, Float64Array> {
  const slopes = new Map<number, Float64Array>();
  const add = (index: number, row: Float64Array, factor: number): void => {
    let sum = slopes.get(index);
    if (sum === undefined) slopes.set(index, (sum = new Float64Array(ElementSlot.Size)));
    addTo(sum, row, factor);
  };
  const h = thickness.value;
  shares.forEach(({ weight, strain, debyeWaller }, s) => {
    const row = rows[s];
    for (const [index, slope] of thickness.by) add(index, row.value, slope * weight.value);
    for (const [index, slope] of weight.by) add(index, row.value, slope * h);
    for (const [index, slope] of strain.by) add(index, row.byStrain, slope * h * weight.value);
    for (const [index, slope] of debyeWaller.by) add(index, row.byDebyeWaller, slope * h * weight.value);
  });
  return slopes;
}

function addTo(sum: Float64Array, row: Float64Array, factor: number): void {
  for (let i = 0; i < ElementSlot.Size; i++) sum[i] += factor * row[i];
}
