/** The curve of a scan as a function of the parameters of the fit, with its derivatives. */
import { withInterface } from "../profile/spline.ts";
import { gradient, reflectivity, type Slices } from "../simulate/recursion.ts";
import { resolutionBlock, resolutionWidth, widened } from "../instrument/resolution.ts";
import { resolvedAngles, sliceCount } from "../simulate/slicing.ts";
import { wavesOf } from "../instrument/waves.ts";
import type { Deviation, Instrument, Reflection, Resolution, Sample } from "../types.ts";
import { ANGSTROM_PER_NM, RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";

/** What stays the same during a fit. */
export interface ModelSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  /** Scan angles, degrees, ascending. */
  readonly twoTheta: Float64Array;
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly deviation: Deviation;
  readonly instrument: Instrument;
  /** Shape; its width is multiplied by the parameter `width`. */
  readonly resolution: Resolution;
  /** Cubic B-splines of the strain and as many of the Debye–Waller factor. */
  readonly splines: number;
  /** Largest thickness to be resolved, nm. */
  readonly thickness: number;
  /** Smallest and largest strain to be resolved, %. */
  readonly strain: readonly [number, number];
  /** 1, or more where the first digits are enough: thicker slices, fewer angles. */
  readonly coarseness: number;
  /** Largest |offset| and width, degrees 2θ. */
  readonly reach: number;
}

/** Parameters that do not belong to the profile: width, offset, scale, background, slope. */
export const INSTRUMENT_PARAMETERS = 5;

/** Places of the parameters in their vector. */
export class Layout {
  readonly splines: number;
  /** ln of the thickness in nm. */
  readonly thickness = 0;
  /** Strain weights, %, interface first. */
  readonly strain = 1;
  readonly debyeWaller: number;
  /** ln of the factor on the resolution's width. */
  readonly width: number;
  /** Degrees 2θ. */
  readonly offset: number;
  /** ln of intensity per unit of R ⊗ resolution. */
  readonly scale: number;
  /** Intensity at the middle of the scan. */
  readonly background: number;
  /** Intensity per degree 2θ. */
  readonly backgroundSlope: number;
  readonly count: number;

  /** As users see them. */
  get names(): string[] {
    const numbered = (name: string): string[] => Array.from({ length: this.splines }, (_, i) => `${name}${i + 1}`);
    return ["lnThickness", ...numbered("strainWeight"), ...numbered("debyeWallerWeight"), "lnWidth", "offset", "lnScale", "background", "backgroundSlope"];
  }

  constructor(splines: number) {
    this.splines = splines;
    this.debyeWaller = 1 + splines;
    this.width = 1 + 2 * splines;
    this.offset = this.width + 1;
    this.scale = this.width + 2;
    this.background = this.width + 3;
    this.backgroundSlope = this.width + 4;
    this.count = this.width + INSTRUMENT_PARAMETERS;
  }
}

/** The model of one scan; `evaluate` is all that the fit calls. */
export class ScanModel {
  readonly layout: Layout;
  readonly setting: ModelSetting;
  private readonly waves: ReturnType<typeof wavesOf>;
  private readonly grids: Float64Array[];
  private readonly slices: number;
  private readonly basis: Float64Array;
  private readonly first: Int32Array;
  private readonly block: Float64Array;

  constructor(setting: ModelSetting) {
    const { workspace, twoTheta, reflection, sample, thickness, strain, reach, splines, coarseness } = setting;
    this.setting = setting;
    this.layout = new Layout(splines);
    this.block = resolutionBlock(setting.resolution);
    this.waves = wavesOf(reflection, setting.deviation, setting.instrument);
    const range: [number, number] = [
      (Math.max(twoTheta[0] - reach, 1e-3) * RADIANS) / 2,
      (Math.min(twoTheta[twoTheta.length - 1] + reach, 179.999) * RADIANS) / 2,
    ];
    const angstrom = thickness * ANGSTROM_PER_NM;
    this.grids = this.waves.map(({ wave }) => resolvedAngles(range, reflection, sample, wave.wavelength, angstrom, coarseness));
    this.slices = sliceCount(angstrom, reflection.d, reflection.wavelength, [strain[0] / 100, strain[1] / 100], range, coarseness);
    const heights = Float64Array.from({ length: this.slices }, (_, n) => (n + 0.5) / this.slices);
    [this.basis, this.first] = workspace.scope(() => {
      const basis = workspace.f64(4 * this.slices), first = workspace.bytes(4 * this.slices);
      check("bsplineBasis", workspace.kernels.bsplineBasis(workspace.put(heights), this.slices, splines, basis, first));
      return [workspace.copy(basis, 4 * this.slices), workspace.view32(first, this.slices).slice()];
    });
  }

  /** Values of the spline of `weights` (three fixed ones included) at the middle of every slice. */
  private values(weights: ArrayLike<number>): Float64Array {
    const { basis, first } = this;
    return Float64Array.from(first, (f, n) => {
      let sum = 0;
      for (let i = 0; i < 4; i++) sum += weights[f + i] * basis[4 * n + i];
      return sum;
    });
  }

  private slicesOf(x: Float64Array): Slices {
    const { layout } = this;
    const strain = withInterface(x.subarray(layout.strain, layout.strain + layout.splines), "smooth", 0);
    const debyeWaller = withInterface(x.subarray(layout.debyeWaller, layout.debyeWaller + layout.splines), "smooth", 1);
    return {
      strain: this.values(strain).map((e) => e / 100),
      debyeWaller: this.values(debyeWaller),
      thickness: (Math.exp(x[layout.thickness]) * ANGSTROM_PER_NM) / this.slices,
    };
  }

  /** Intensity at every scan angle.
   *  @param x parameters, see Layout
   *  @param jacobian row-major [angles][parameters], written; null if not wanted
   *  @returns shape [angles], a copy */
  evaluate(x: Float64Array, jacobian: Float64Array | null): Float64Array {
    const { setting, layout } = this;
    const { workspace, twoTheta } = setting;
    const count = twoTheta.length, n = layout.count, profileColumns = jacobian === null ? 0 : 1 + 2 * layout.splines;
    const places = twoTheta.map((t) => t - x[layout.offset]);
    const slices = this.slicesOf(x);
    const scale = Math.exp(x[layout.scale]);
    const intensity = new Float64Array(count);
    jacobian?.fill(0);
    this.waves.forEach(({ wave, share }, w) => {
      const grid = this.grids[w];
      workspace.scope(() => {
        const columns = jacobian === null ? this.putCurve(wave, slices, grid) : this.putColumns(wave, slices, grid);
        const block = this.block.slice();
        const factor = Math.exp(x[layout.width]);
        block[1] *= factor;
        block[2] *= factor;
        const total = 1 + profileColumns;
        const out = workspace.f64(total * count), byPlace = workspace.f64(count), byWidth = workspace.f64(count);
        const degrees = workspace.put(grid.map((t) => (2 * t) / RADIANS));
        check(
          "resolve",
          workspace.kernels.resolve(
            workspace.put(block), degrees, grid.length, columns, total, workspace.put(places), count,
            out, byPlace, byWidth, workspace.bytes(160 * grid.length + 192),
          ),
        );
        const seen = workspace.view(out, total * count);
        for (let i = 0; i < count; i++) intensity[i] += scale * share * seen[i];
        if (jacobian === null) return;
        const place = workspace.view(byPlace, count), width = workspace.view(byWidth, count);
        for (let i = 0; i < count; i++) {
          const row = i * n;
          for (let c = 0; c < profileColumns; c++) jacobian[row + c] += scale * share * seen[(c + 1) * count + i];
          jacobian[row + layout.width] += scale * share * width[i];
          jacobian[row + layout.offset] -= scale * share * place[i];
        }
      });
    });
    const middle = 0.5 * (twoTheta[0] + twoTheta[count - 1]);
    for (let i = 0; i < count; i++) {
      const distance = twoTheta[i] - middle;
      if (jacobian !== null) {
        jacobian[i * n + layout.scale] = intensity[i];
        jacobian[i * n + layout.background] = 1;
        jacobian[i * n + layout.backgroundSlope] = distance;
      }
      intensity[i] += x[layout.background] + x[layout.backgroundSlope] * distance;
    }
    return intensity;
  }

  /** R on the grid. */
  private putCurve(wave: Parameters<typeof reflectivity>[2], slices: Slices, grid: Float64Array): number {
    const { workspace, simd, sample } = this.setting;
    return workspace.put(reflectivity(workspace, simd, wave, slices, sample, grid, "simd"));
  }

  /** R on the grid and its derivatives with respect to ln thickness, strain weights (%) and Debye–Waller weights, in
   *  the order of Layout. */
  private putColumns(wave: Parameters<typeof gradient>[2], slices: Slices, grid: Float64Array): number {
    const { workspace, simd, sample, splines } = this.setting;
    const { kernels } = workspace;
    const size = grid.length, total = 2 + 2 * splines;
    const columns = workspace.f64(total * size);
    const byThickness = this.byThickness(wave, slices, grid);
    workspace.scope(() => {
      const tables = gradient(workspace, simd, wave, slices, sample, grid);
      const rows = tables.angleCount;
      // The three fixed weights have columns too; they come before those that are kept.
      const strain = workspace.f64((3 + splines) * rows), debyeWaller = workspace.f64((3 + splines) * rows);
      workspace.view(strain, (3 + splines) * rows).fill(0);
      workspace.view(debyeWaller, (3 + splines) * rows).fill(0);
      const first = workspace.bytes(4 * this.slices);
      workspace.view32(first, this.slices).set(this.first);
      const percent = workspace.put(this.basis.map((b) => b / 100));
      check("projectRows", kernels.projectRows(tables.byStrain, this.slices, rows, percent, first, strain));
      check("projectRows", kernels.projectRows(tables.byDebyeWaller, this.slices, rows, workspace.put(this.basis), first, debyeWaller));
      const to = workspace.view(columns, total * size);
      to.set(workspace.view(tables.reflectivity, size), 0);
      to.set(byThickness ?? workspace.view(tables.byThickness, size), size);
      for (let i = 0; i < splines; i++) {
        to.set(workspace.view(strain + 8 * (3 + i) * rows, size), (2 + i) * size);
        to.set(workspace.view(debyeWaller + 8 * (3 + i) * rows, size), (2 + splines + i) * size);
      }
    });
    return columns;
  }

  /** ∂R/∂ln thickness where the film's total is given: what the strained region gains the buried slab loses, which the
   *  adjoint does not see; by differences. Undefined where nothing below changes. */
  private byThickness(wave: Parameters<typeof gradient>[2], slices: Slices, grid: Float64Array): Float64Array | undefined {
    const { workspace, simd, sample } = this.setting;
    if (!(sample.geometry ?? "").startsWith("thick film")) return undefined;
    const step = 1e-4;
    const at = (factor: number): Float64Array => reflectivity(workspace, simd, wave, { ...slices, thickness: slices.thickness * factor }, sample, grid, "simd");
    const above = at(1 + step), below = at(1 - step);
    return above.map((r, i) => (r - below[i]) / (2 * step));
  }

  resolutionAt(x: Float64Array): Resolution {
    return widened(this.setting.resolution, Math.exp(x[this.layout.width]));
  }

  /** Largest intensity above background of the curve itself, which no scan point need hit. */
  peak(x: Float64Array): number {
    const { twoTheta, resolution } = this.setting;
    const { layout } = this;
    const bare = x.slice();
    bare[layout.background] = bare[layout.backgroundSlope] = 0;
    const seen = this.evaluate(bare, null);
    const top = seen.reduce((best, y, i) => (y > seen[best] ? i : best), 0);
    const reach = resolutionWidth(resolution) * Math.exp(x[layout.width]);
    const places = Float64Array.from({ length: 81 }, (_, i) => twoTheta[top] + (reach * (i - 40)) / 40);
    const near = new ScanModel({ ...this.setting, twoTheta: places }).evaluate(bare, null);
    return Math.max(...near, seen[top]);
  }
}

