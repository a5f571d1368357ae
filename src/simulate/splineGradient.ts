/** R and its derivatives by the weights of splines: what fits are made of. */
import { extent } from "./recursion.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

/** Slices of one slope (evenSlopes.ts) in the kernels' memory. */
export interface SplineSlices {
  readonly count: number;
  /** f64[count][SliceSlot.Size]. */
  readonly table: number;
  /** f64[count][SliceDerivative.Size]: by whatever the weights of strain sum to, and by the Debye–Waller factor. */
  readonly derivatives: number;
  /** f64[count][4], i32[count]: bsplineBasis at the slices' middles. */
  readonly basis: number;
  readonly first: number;
  /** Weights; the three before them are fixed. */
  readonly splines: number;
  /** One parameter behind all Debye–Waller factors: CouplingByDebyeWaller is the derivative by it. */
  readonly tied: boolean;
}

/** "fast": f32×4, R to 2e-4 in log10 where it is above 1e-8. "simd": f64×2, 1e-5. Both need slices of one slope. */
export type SplineKernel = "fast" | "simd";

/** Bounds within which the expansions hold; slices beyond them go to the exact kernels. */
const MOST_COUPLING = 6e-3;
const MOST_ABSORPTION = 5e-3;
const MOST_PHASE = Math.PI;
const FEWEST_ANGLES = 4;

/** Rows that splineColumns gives. */
export function splineColumnCount({ splines, tied }: Pick<SplineSlices, "splines" | "tied">): number {
  return 2 + splines + (tied ? 1 : splines);
}

/** Address of f64[splineColumnCount][angleCount] in the caller's scope: R, ∂R/∂ln(thickness of all slices), by each strain weight, by each weight
 *  of the Debye–Waller factor (or by what all of them are tied to).
 *  @param angles table of putAngles */
export function splineColumns(
  workspace: Workspace,
  simd: boolean,
  kernel: SplineKernel,
  slices: SplineSlices,
  angles: number,
  angleCount: number,
): number {
  const out = workspace.f64(splineColumnCount(slices) * angleCount);
  if (simd && isWithin(workspace, slices, angles, angleCount))
    runKernel(workspace, kernel, slices, slices.splines, angles, angleCount, out);
  else exactColumns(workspace, slices, angles, angleCount, out);
  return out;
}

/** Address of R alone, f64[angleCount]: the first row of splineColumns. */
export function splineCurve(
  workspace: Workspace,
  simd: boolean,
  kernel: SplineKernel,
  slices: SplineSlices,
  angles: number,
  angleCount: number,
): number {
  const out = workspace.f64(angleCount);
  if (simd && isWithin(workspace, slices, angles, angleCount))
    runKernel(workspace, kernel, slices, 0, angles, angleCount, out);
  else
    check(
      "transferMatrix",
      workspace.kernels.transferMatrix(
        slices.table,
        slices.count,
        angles,
        angleCount,
        workspace.bytes(workspace.kernels.transferMatrixScratch()),
        out,
      ),
    );
  return out;
}

function isWithin(
  workspace: Workspace,
  { table, count }: SplineSlices,
  angles: number,
  angleCount: number,
): boolean {
  if (angleCount < FEWEST_ANGLES) return false;
  const { coupling, absorption, phase, evenSlopes } = extent(workspace, table, count, angles, angleCount);
  return evenSlopes && coupling <= MOST_COUPLING && absorption <= MOST_ABSORPTION && phase <= MOST_PHASE;
}

function runKernel(
  workspace: Workspace,
  kernel: SplineKernel,
  slices: SplineSlices,
  splines: number,
  angles: number,
  angleCount: number,
  out: number,
): void {
  const { kernels } = workspace,
    { count, table, derivatives, basis, first, tied } = slices;
  const run = kernel === "fast" ? kernels.splineGradientFast : kernels.splineGradientSimd;
  check(
    "splineGradient",
    run(
      table,
      derivatives,
      count,
      basis,
      first,
      splines,
      tied ? 1 : 0,
      angles,
      angleCount,
      workspace.bytes(kernels.splineGradientScratch(count, splines)),
      out,
    ),
  );
}

/** The same from the exact matrix and all derivatives of every slice: for machines without SIMD, and the judge of the kernels.
 *  @param out as splineColumns gives, written */
export function exactColumns(
  workspace: Workspace,
  slices: SplineSlices,
  angles: number,
  angleCount: number,
  out: number,
): void {
  const { kernels } = workspace,
    { count, table, derivatives, basis, first, splines, tied } = slices;
  workspace.scope(() => {
    const byStrain = workspace.f64(count * angleCount),
      byDebyeWaller = workspace.f64(count * angleCount),
      row = 8 * angleCount;
    check(
      "gradient",
      kernels.gradient(
        table,
        derivatives,
        count,
        angles,
        angleCount,
        workspace.bytes(kernels.gradientScratch(count)),
        out,
        byStrain,
        byDebyeWaller,
        out + row,
      ),
    );
    const project = (
      rows: number,
      basis: number,
      first: number,
      fixed: number,
      columns: number,
      to: number,
    ): void => {
      const all = workspace.f64((fixed + columns + 3) * angleCount);
      workspace.fill(all, (fixed + columns + 3) * angleCount, 0);
      check("projectRows", kernels.projectRows(rows, count, angleCount, basis, first, all));
      workspace.write(to, workspace.copy(all + fixed * row, columns * angleCount));
    };
    project(byStrain, basis, first, 3, splines, out + 2 * row);
    const rest = out + (2 + splines) * row;
    if (!tied) {
      project(byDebyeWaller, basis, first, 3, splines, rest);
      return;
    }
    const zeros = workspace.bytes(8 * count);
    workspace.fill(zeros, count, 0);
    project(
      byDebyeWaller,
      workspace.put(Float64Array.from({ length: 4 * count }, (_, i) => (i % 4 === 0 ? 1 : 0))),
      zeros,
      0,
      1,
      rest,
    );
  });
}
