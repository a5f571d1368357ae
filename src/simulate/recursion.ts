/** The one place that drives the recursion kernels: slices and angles in, |X|² out. Internal units: Å, radians,
 *  strain as a fraction. */
import {
  AnglePlane,
  DeviationForm,
  ElementSlot,
  ReflectionSlot,
  SliceSlot,
  SliceDerivative,
} from "../../assembly/layout.ts";
import {
  InvalidParameterError,
  UnreachableReflectionError,
  requireFiniteArray,
  requireOneOf,
  requirePositive,
} from "../errors.ts";
import type { Wave } from "../instrument/waves.ts";
import type { Sample } from "../types.ts";
import { ANGSTROM_PER_NM, CLASSICAL_ELECTRON_RADIUS, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

/** "f64": exact matrices, the judge. "simd": f64×2, 1e-7 in log10 R. "fast": f32×4, 2e-4 where R > 1e-8. */
export type Kernel = "f64" | "simd" | "fast";

/** Equal slices, interface first. */
export interface Slices {
  /** Fraction. */
  readonly strain: Float64Array;
  readonly debyeWaller: Float64Array;
  /** Of one slice, Å. */
  readonly thickness: number;
}

/** Bounds within which the expansions of the SIMD kernels hold; slices beyond them are cut. */
export const SIMD_COUPLING = 1e-3;
export const SIMD_ABSORPTION = 2e-3;
const FAST_COUPLING = 1e-3;
const FAST_PHASE = 1.5;
/** Phase of a block between two nodes, and the measured costs (ns) that choose its length. */
const NODE_PHASE = 0.15;
const NODE_COST = 16;
const ANGLE_COST = 28;

export function braggAngleOf(wavelength: number, d: number): number {
  const sine = wavelength / (2 * d);
  if (!(sine < 1))
    throw new UnreachableReflectionError(
      `wavelength ${wavelength} Å is longer than 2d = ${2 * d} Å: the reflection cannot be reached`,
    );
  return Math.asin(sine);
}

/** Writes the reflection's block and returns its address. */
export function putReflection(workspace: Workspace, wave: Wave, reflection = wave.reflection): number {
  const { wavelength } = wave;
  const { d, cellVolume, structureFactor } = reflection;
  requirePositive("wavelength", wavelength, "Å");
  requirePositive("reflection.d", d, "Å");
  requirePositive("reflection.cellVolume", cellVolume, "Å³");
  for (const part of ["zero", "h", "hBar"] as const)
    requireFiniteArray(`reflection.structureFactor.${part}`, structureFactor[part]);
  const theta = braggAngleOf(wavelength, d);
  const asymmetry = (reflection.asymmetry ?? 0) * RADIANS;
  if (!(Math.abs(asymmetry) < theta)) {
    throw new UnreachableReflectionError(
      `asymmetry of ${reflection.asymmetry}° leaves no Bragg geometry at a Bragg angle of ${(theta / RADIANS).toFixed(3)}°`,
    );
  }
  const block = new Float64Array(ReflectionSlot.Size);
  block[ReflectionSlot.Wavelength] = wavelength;
  block[ReflectionSlot.PlaneSpacing] = d;
  block[ReflectionSlot.Gamma] = (CLASSICAL_ELECTRON_RADIUS * wavelength ** 2) / (Math.PI * cellVolume);
  block[ReflectionSlot.Polarisation] = wave.polarisation === "pi" ? Math.abs(Math.cos(2 * theta)) : 1;
  block.set([...structureFactor.zero, ...structureFactor.h, ...structureFactor.hBar], ReflectionSlot.F0Re);
  block[ReflectionSlot.Asymmetry] = asymmetry;
  block[ReflectionSlot.Deviation] = wave.deviation === "linear" ? DeviationForm.Linear : DeviationForm.Exact;
  return workspace.put(block);
}

/** Angle table of `theta` with the amplitude that comes from below the slices; returns its address. */
export function putAngles(
  workspace: Workspace,
  wave: Wave,
  block: number,
  theta: ArrayLike<number>,
  sample: Sample,
  filmAngstrom: number,
): number {
  const { kernels } = workspace;
  const count = theta.length;
  const angles = workspace.put(theta);
  const table = workspace.f64(AnglePlane.Size * count);
  const scratch = workspace.bytes(kernels.startScratch());
  check("prepareAngles", kernels.prepareAngles(block, angles, count, table));
  const geometry = sample.geometry ?? "single crystal";
  requireOneOf("sample.geometry", geometry, [
    "single crystal",
    "thin film",
    "thick film",
    "thick film on substrate",
  ]);
  if (geometry === "single crystal") {
    check("startSemiInfinite", kernels.startSemiInfinite(block, table, table, count, scratch));
    return table;
  }
  if (geometry === "thick film on substrate") {
    if (sample.substrate === undefined)
      throw new InvalidParameterError(
        "sample.substrate",
        'a reflection for the geometry "thick film on substrate"',
        undefined,
      );
    const other = putReflection(workspace, wave, sample.substrate);
    const own = workspace.f64(AnglePlane.Size * count);
    check("prepareAngles", kernels.prepareAngles(other, angles, count, own));
    check("startSemiInfinite", kernels.startSemiInfinite(other, own, table, count, scratch));
  } else {
    check("startEmpty", kernels.startEmpty(table, count));
  }
  if (geometry !== "thin film") {
    const buried = filmThickness(sample, filmAngstrom) - filmAngstrom;
    layOnStart(workspace, { block, thickness: buried, angles, table, count });
  }
  return table;
}

/** One unstrained layer of the table's own crystal on the start that the table holds: the buried part of a thick film is a stack
 *  of one layer. */
function layOnStart(
  workspace: Workspace,
  {
    block,
    thickness,
    angles,
    table,
    count,
  }: {
    readonly block: number;
    /** Å. */
    readonly thickness: number;
    /** θ, radians: f64[count]. */
    readonly angles: number;
    readonly table: number;
    readonly count: number;
  },
): void {
  const { kernels } = workspace;
  workspace.scope(() => {
    const whole = { strain: Float64Array.of(0), debyeWaller: Float64Array.of(1), thickness };
    const slice = workspace.copy(putSlices(workspace, block, whole, false).table, SliceSlot.Size);
    const element = new Float64Array(ElementSlot.Size);
    element.set(slice.subarray(0, SliceSlot.Coupling));
    element[ElementSlot.OutRe] = element[ElementSlot.InRe] = slice[SliceSlot.Coupling];
    const refraction = workspace.f64(count),
      amplitude = workspace.f64(2 * count),
      sequence = workspace.putI32([0]);
    check("prepareRefraction", kernels.prepareRefraction(block, angles, count, refraction));
    check(
      "stackGradient",
      kernels.stackGradient(
        workspace.put(element),
        1,
        sequence,
        1,
        table,
        refraction,
        count,
        0,
        0,
        0,
        0,
        workspace.bytes(kernels.stackGradientScratch(1, 1)),
        amplitude,
        workspace.f64(count),
      ),
    );
    const plane = table + 8 * count * AnglePlane.StartRe;
    workspace.look(({ f64 }) => f64(plane, 2 * count).set(f64(amplitude, 2 * count)));
  });
}

/** Whole thickness of the film, Å. */
export function filmThickness(sample: Sample, strainedAngstrom: number): number {
  const whole = (sample.filmThickness ?? NaN) * ANGSTROM_PER_NM;
  if (!(whole >= strainedAngstrom * (1 - 1e-9))) {
    throw new InvalidParameterError(
      "sample.filmThickness",
      `at least the ${strainedAngstrom / ANGSTROM_PER_NM} nm of the strained region for the geometry "${sample.geometry}"`,
      sample.filmThickness,
    );
  }
  return Math.max(whole, strainedAngstrom);
}

/** Each slice cut into `parts` equal ones: the same crystal. */
function cut(slices: Slices, parts: number): Slices {
  if (parts === 1) return slices;
  const repeat = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: values.length * parts }, (_, i) => values[Math.floor(i / parts)]);
  return {
    strain: repeat(slices.strain),
    debyeWaller: repeat(slices.debyeWaller),
    thickness: slices.thickness / parts,
  };
}

/** Slice table, and its derivatives where asked for. */
export function putSlices(
  workspace: Workspace,
  block: number,
  slices: Slices,
  withDerivatives: boolean,
): { table: number; derivatives: number } {
  const count = slices.strain.length;
  const table = workspace.f64(SliceSlot.Size * count);
  const derivatives = withDerivatives ? workspace.f64(SliceDerivative.Size * count) : 0;
  const strain = workspace.put(slices.strain);
  const debyeWaller = workspace.put(slices.debyeWaller);
  const thickness = workspace.put(new Float64Array(count).fill(slices.thickness));
  check(
    "prepareSlices",
    workspace.kernels.prepareSlices(block, strain, debyeWaller, thickness, count, table, derivatives),
  );
  return { table, derivatives };
}

export interface Extent {
  readonly coupling: number;
  readonly absorption: number;
  readonly phase: number;
  readonly slope: number;
  readonly evenSlopes: boolean;
  readonly xRange: number;
}

/** Largest |K|, |Im A|, |Re A| and what else chooses kernel and cuts. */
export function extent(
  workspace: Workspace,
  table: number,
  sliceCount: number,
  angles: number,
  angleCount: number,
): Extent {
  return workspace.look(({ f64 }) =>
    extentOf(f64(table, SliceSlot.Size * sliceCount), f64(angles, AnglePlane.Size * angleCount)),
  );
}

/** @param slices f64[sliceCount][SliceSlot.Size]
 *  @param plane f64[AnglePlane.Size][angleCount] */
function extentOf(slices: Float64Array, plane: Float64Array): Extent {
  const sliceCount = slices.length / SliceSlot.Size,
    angleCount = plane.length / AnglePlane.Size;
  let slope = 0,
    slopeLow = Infinity,
    offsetLow = Infinity,
    offsetHigh = -Infinity,
    offsetIm = 0,
    coupling = 0;
  for (let n = 0; n < sliceCount; n++) {
    const at = n * SliceSlot.Size;
    slope = Math.max(slope, slices[at + SliceSlot.Slope]);
    slopeLow = Math.min(slopeLow, slices[at + SliceSlot.Slope]);
    offsetLow = Math.min(offsetLow, slices[at + SliceSlot.OffsetRe]);
    offsetHigh = Math.max(offsetHigh, slices[at + SliceSlot.OffsetRe]);
    offsetIm = Math.max(offsetIm, Math.abs(slices[at + SliceSlot.OffsetIm]));
    coupling = Math.max(coupling, Math.abs(slices[at + SliceSlot.Coupling]));
  }
  let low = Infinity,
    high = -Infinity,
    xIm = 0,
    g2 = 0;
  for (let j = 0; j < angleCount; j++) {
    const x = plane[j];
    low = Math.min(low, x);
    high = Math.max(high, x);
    xIm = Math.max(xIm, Math.abs(plane[AnglePlane.XIm * angleCount + j]));
    g2 = Math.max(
      g2,
      plane[AnglePlane.GRe * angleCount + j] ** 2 + plane[AnglePlane.GIm * angleCount + j] ** 2,
    );
  }
  return {
    coupling: coupling * Math.sqrt(g2),
    absorption: slope * xIm + offsetIm,
    phase: Math.max(Math.abs(slope * high + offsetHigh), Math.abs(slope * low + offsetLow)),
    slope,
    evenSlopes: slope - slopeLow <= 1e-12 * slope,
    xRange: high - low,
  };
}

/** |X|² at each θ (radians, any order; ascending is fastest).
 *  @returns a copy */
export function reflectivity(
  workspace: Workspace,
  simd: boolean,
  wave: Wave,
  slices: Slices,
  sample: Sample,
  theta: ArrayLike<number>,
  kernel: Kernel,
): Float64Array {
  return workspace.scope(() => {
    const { kernels } = workspace;
    const block = putReflection(workspace, wave);
    const padded = new Float64Array(Math.ceil(theta.length / 4) * 4).fill(theta[theta.length - 1]);
    padded.set(theta);
    const angleCount = padded.length;
    const angles = putAngles(workspace, wave, block, padded, sample, slices.thickness * slices.strain.length);
    const out = workspace.f64(angleCount);
    const { table } = putSlices(workspace, block, slices, false);
    const given = slices.strain.length;
    if (!simd || kernel === "f64" || given === 0) {
      check(
        "transferMatrix",
        kernels.transferMatrix(
          table,
          given,
          angles,
          angleCount,
          workspace.bytes(kernels.transferMatrixScratch()),
          out,
        ),
      );
      return workspace.copy(out, theta.length);
    }
    const size = extent(workspace, table, given, angles, angleCount);
    const fast = kernel === "fast" && size.evenSlopes;
    const parts = fast
      ? Math.ceil(Math.max(1, size.coupling / FAST_COUPLING, size.phase / FAST_PHASE))
      : Math.ceil(Math.max(1, size.coupling / SIMD_COUPLING, size.absorption / SIMD_ABSORPTION));
    const count = given * parts;
    const cutTable = parts === 1 ? table : putSlices(workspace, block, cut(slices, parts), false).table;
    if (fast) {
      check(
        "transferMatrixFast",
        kernels.transferMatrixFast(
          cutTable,
          count,
          angles,
          angleCount,
          workspace.bytes(kernels.transferMatrixFastScratch(count)),
          out,
        ),
      );
      return workspace.copy(out, theta.length);
    }
    const nodes = chooseNodes(
      padded,
      count,
      (size.slope / parts) * size.xRange,
      Math.abs(wave.reflection.asymmetry ?? 0) * RADIANS,
    );
    if (nodes === undefined) {
      check(
        "transferMatrixSimd",
        kernels.transferMatrixSimd(
          cutTable,
          count,
          angles,
          angleCount,
          workspace.bytes(kernels.transferMatrixSimdScratch(count, angleCount)),
          out,
        ),
      );
      return workspace.copy(out, theta.length);
    }
    const nodeTable = workspace.f64(AnglePlane.Size * nodes.theta.length);
    check(
      "prepareAngles",
      kernels.prepareAngles(block, workspace.put(nodes.theta), nodes.theta.length, nodeTable),
    );
    const positions = workspace.put(nodes.positions);
    const scratch = workspace.bytes(
      kernels.transferMatrixBlocksScratch(count, nodes.theta.length, angleCount),
    );
    check(
      "transferMatrixBlocks",
      kernels.transferMatrixBlocks(
        cutTable,
        count,
        nodes.blockLength,
        angles,
        angleCount,
        nodeTable,
        nodes.theta.length,
        positions,
        scratch,
        out,
      ),
    );
    return workspace.copy(out, theta.length);
  });
}

export interface Nodes {
  readonly blockLength: number;
  readonly theta: Float64Array;
  readonly positions: Float64Array;
}

/** Block length and node angles of least cost, or undefined where blocks do not pay.
 *  @param slicePhase phase of one slice over the whole range, radians
 *  @param lowest θ that nodes must stay above, radians */
export function chooseNodes(
  theta: Float64Array,
  sliceCount: number,
  slicePhase: number,
  lowest: number,
): Nodes | undefined {
  let low = Infinity,
    high = -Infinity;
  for (const t of theta) {
    low = Math.min(low, t);
    high = Math.max(high, t);
  }
  if (!(high > low)) return undefined;
  const best = Math.sqrt((ANGLE_COST * theta.length * NODE_PHASE) / (NODE_COST * slicePhase));
  const blockLength = Math.min(Math.max(Math.round(best), 1), sliceCount);
  const steps = Math.max(Math.ceil((blockLength * slicePhase) / NODE_PHASE), 1);
  const nodeCount = steps + 9 + ((steps + 9) % 2);
  if (
    nodeCount * NODE_COST * blockLength + ANGLE_COST * theta.length >
    NODE_COST * blockLength * theta.length
  )
    return undefined;
  const step = (high - low) / steps;
  const first = low - 4 * step;
  if (!(first > lowest && low + (nodeCount - 5) * step < Math.PI / 2 - lowest)) return undefined;
  return {
    blockLength,
    theta: Float64Array.from({ length: nodeCount }, (_, i) => first + i * step),
    positions: theta.map((t) => (t - first) / step),
  };
}
