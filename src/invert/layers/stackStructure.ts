/** A stack of layers, as the model of a scan sees it. */
import { AnglePlane } from "../../../assembly/layout.ts";
import type { Wave } from "../../instrument/waves.ts";
import { anglesAround, totalReflection } from "../../simulate/slicing.ts";
import { putStack, putStackAngles, stackColumns } from "../../simulate/stackKernel.ts";
import { LAYER_NUMBERS, planStack, type StackPlan, stackNumbers } from "../../simulate/stackPieces.ts";
import type { Stack } from "../../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../../units.ts";
import type { Workspace } from "../../wasm/workspace.ts";
import type { AngleGrid } from "../angleGrid.ts";
import type { Asked, Chain, Structure } from "../structure.ts";
import type { Place } from "../unknowns.ts";
import { layerFilmOf, type LayerUnknowns } from "./layerUnknowns.ts";

/** Angles a fringe, and the widest step over the width of the resolution: tails are seen point by point. */
const STEPS = 10;
const WIDEST_STEP = 0.5;
/** Width of a fringe over that of the resolution from which nothing of it is seen (10⁻⁶), and angles that it then needs. */
const BLURRED = 0.5;
const BLURRED_STEPS = 3;

/** Where the kernels have a number of a layer. */
function numberOf(layer: number, name: (typeof LAYER_NUMBERS)[number]): number {
  return LAYER_NUMBERS.length * layer + LAYER_NUMBERS.indexOf(name);
}

/** Work of a distinct layer over that of one that repeats it. */
const REPEATED = 13;

export class StackStructure implements Structure {
  readonly unknowns: LayerUnknowns;
  /** One an unknown of the film: by thickness (nm), strain (%) and Debye–Waller factor. */
  readonly columns: number;
  readonly #workspace: Workspace;
  readonly #simd: boolean;
  readonly #stack: Stack;
  readonly #plan: StackPlan;
  readonly #columnOf: Int32Array;
  readonly #numbers: Float64Array;

  /** @param stack of uniform layers; their numbers are those of a place */
  constructor(workspace: Workspace, simd: boolean, stack: Stack, unknowns: LayerUnknowns) {
    this.#workspace = workspace;
    this.#simd = simd;
    this.#stack = stack;
    this.unknowns = unknowns;
    this.columns = unknowns.filmCount;
    this.#plan = planStack(stack, () => 1);
    this.#numbers = stackNumbers(stack);
    this.#columnOf = new Int32Array(this.#numbers.length).fill(-1);
    for (let i = 0; i < unknowns.layers; i++) {
      this.#columnOf[numberOf(i, "thickness")] = unknowns.thickness(i);
      this.#columnOf[numberOf(i, "strain")] = unknowns.strain(i);
      this.#columnOf[numberOf(i, "debyeWaller")] = unknowns.debyeWaller(i);
    }
  }

  angles(
    range: readonly [number, number],
    { wavelength }: Wave,
    {
      thickest,
      fwhm,
      coarseness,
    }: { readonly thickest: number; readonly fwhm: number; readonly coarseness: number },
  ): Float64Array {
    const { theta: bragg } = totalReflection(this.#stack.substrate, wavelength),
      // Of a fringe (nm) as wide as a share of the resolution.
      thicknessOf = (share: number): number =>
        wavelength / (ANGSTROM_PER_NM * share * fwhm * RADIANS * Math.cos(bragg)),
      // Fringes that the resolution blurs away need no more than not to be mistaken for others.
      blurred = Math.max(thicknessOf(BLURRED), (thickest * BLURRED_STEPS) / STEPS);
    const theta = anglesAround(range, {
      peaks: [totalReflection(this.#stack.substrate, wavelength)],
      thickness: Math.max(Math.min(thickest, blurred), thicknessOf(STEPS * WIDEST_STEP)) * ANGSTROM_PER_NM,
      wavelength,
      coarseness,
    });
    // A vector takes two angles.
    if (theta.length % 2 === 0) return theta;
    const even = new Float64Array(theta.length + 1);
    even.set(theta);
    even[theta.length] = 2 * theta[theta.length - 1] - theta[theta.length - 2];
    return even;
  }

  grid(wave: Wave, theta: Float64Array): AngleGrid {
    const workspace = this.#workspace,
      count = theta.length;
    return workspace.scope(() => {
      const { table, refraction } = putStackAngles(workspace, wave, theta);
      return {
        count,
        theta,
        degrees: theta.map((t) => (2 * t) / RADIANS),
        table: workspace.copy(table, AnglePlane.Size * count),
        refraction: workspace.copy(refraction, count),
      };
    });
  }

  put(wave: Wave, grid: AngleGrid, place: Place, { withDerivatives, done }: Asked): number {
    const workspace = this.#workspace,
      { count, table, refraction } = grid,
      numbers = this.#numbers;
    layerFilmOf(this.unknowns, place).forEach(({ thickness, strain, debyeWaller }, i) => {
      numbers[numberOf(i, "thickness")] = thickness;
      numbers[numberOf(i, "strain")] = numbers[numberOf(i, "strainTop")] = strain;
      numbers[numberOf(i, "debyeWaller")] = debyeWaller;
    });
    const elements = putStack(
      workspace,
      wave,
      this.#plan,
      numbers,
      withDerivatives ? this.#columnOf : undefined,
    );
    done.work +=
      count * (elements.elementCount + elements.sequenceLength / REPEATED) * (withDerivatives ? 40 : 10);
    const angles = { table: workspace.put(table!), refraction: workspace.put(refraction!), count };
    return stackColumns(workspace, this.#simd, elements, angles);
  }

  chain({ x }: Place): Chain {
    const u = this.unknowns,
      first = Int32Array.from({ length: this.columns + 1 }, (_, k) => k),
      unknowns = Int32Array.from({ length: this.columns }, (_, k) => k),
      factors = new Float64Array(this.columns).fill(1);
    for (let i = 0; i < u.layers; i++) factors[u.thickness(i)] = Math.exp(x[u.thickness(i)]);
    return { first, unknowns, factors };
  }
}
