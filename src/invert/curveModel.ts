/** Mean counts of a scan as a function of a film and an instrument, with derivatives by every number of both: a matrix of
 *  columns in the kernels' memory, from which normal equations are summed in place. */
import { ResolutionSlot } from "../../assembly/layout.ts";
import { lorentzFraction, resolutionBlock, resolutionWidth } from "../instrument/resolution.ts";
import { type Wave, wavesOf } from "../instrument/waves.ts";
import type { Deviation, Instrument, Reflection, Resolution } from "../types.ts";
import { RADIANS } from "../units.ts";
import { check, type Workspace } from "../wasm/workspace.ts";
import { type AngleGrid, sliceOfGrid } from "./angleGrid.ts";
import { BandedResolution, type Band } from "./bandedResolution.ts";
import type { Precision } from "./precision.ts";
import type { Structure } from "./structure.ts";
import { INSTRUMENT, type Place } from "./unknowns.ts";

/** Height of the diffuse scattering that the unknown `diffuse` counts in, over the scan's highest count. */
export const DIFFUSE_UNIT = 1e-5;

/** How the instrument answers: its resolution integrated over R on angles that resolve it (any shape), or a Gaussian summed
 *  over the scan's own even points without a norm, as the paper's program does. */
export type Response =
  { readonly kind: "integrated"; readonly shape: Resolution } | { readonly kind: "summed" };

export interface ModelSetting {
  readonly workspace: Workspace;
  readonly structure: Structure;
  /** Scan angles, degrees, ascending. */
  readonly twoTheta: Float64Array;
  readonly reflection: Reflection;
  readonly deviation: Deviation;
  readonly instrument: Instrument;
  readonly response: Response;
  /** 2θ of the unstrained crystal's peak with the offset below, degrees: the middle of diffuse scattering. */
  readonly peak: number;
  /** Scan angle minus true angle, degrees 2θ, about. */
  readonly offset: number;
  /** Angles between whose ends the background's slope is counted, degrees; those of `twoTheta` if absent. */
  readonly ends?: readonly [number, number];
  /** Share of each point that absorbers let pass; 1 if absent. */
  readonly transmission?: Float64Array;
  /** Highest count of the scan. */
  readonly top: number;
  /** Largest thickness to be resolved, nm. */
  readonly thickest: number;
  /** Largest |offset| and width of the resolution, degrees 2θ. */
  readonly reach: number;
  /** Full width that parts must see around them, degrees 2θ. */
  readonly width: number;
  readonly precision: Precision;
  /** Where work is counted: slices · angles. */
  readonly done: { work: number };
}

/** Reach of the summed resolution, in widths. */
const SUMMED_REACH = 2.2;
/** Lorentz fraction below which the slope by it would be a small difference by a small number. */
const LEAST_LORENTZ = 0.02;

/** What `CurveModel.evaluate` hands on: addresses in the kernels' memory, good until the callback returns. */
export interface Evaluated {
  /** Of mean counts, f64[points]. */
  readonly mean: number;
  /** Of ∂mean/∂(ln of the amplitude's part), f64[points]: every column is to be multiplied by it. */
  readonly slope: number;
  /** Address of f64[native count][stride]: ∂/∂ln amplitude, by the film's numbers (filmColumns), by the instrument's but the
   *  amplitude. */
  readonly columns: number;
  readonly stride: number;
}

/** Where resolved rows go: addresses, and of three more rows, ∂/∂ln width, fraction and offset (0 if not wanted). */
interface Target {
  readonly rows: number;
  readonly to: number;
  readonly stride: number;
  readonly after: number;
}

interface Beam {
  readonly wave: Wave;
  readonly share: number;
  readonly grid: AngleGrid;
  /** Of the whole scan, by classes of width and offset. */
  readonly bands: Map<string, BandedResolution>;
}

/** Classes of ln width and of the offset in widths for which one banded resolution serves. */
const WIDTH_CLASS = 0.2;
const OFFSET_CLASS = { rough: 0.3, close: 0.1 };
/** Banded resolutions that are kept, and their elements in all: each is 32 bytes. */
const MOST_BANDS = 6;
const MOST_ELEMENTS = 5e5;

export class CurveModel {
  readonly setting: ModelSetting;
  readonly points: number;
  readonly twoTheta: Float64Array;
  readonly #beams: readonly Beam[];
  /** First point, of the whole scan. */
  readonly #from: number;
  /** Points of the summed grid before the first wanted one. */
  readonly #lead: number;
  /** What tails bring to a part, as they were when it was first asked; and the bands of its points. */
  readonly #tails = new WeakMap<Band, Float64Array>();
  readonly #parts = new WeakMap<BandedResolution, Band>();
  readonly #block: Float64Array;
  /** Place of each point between the ends of the whole scan, −½ … ½; strain from the peak, %. */
  readonly #along: Float64Array;
  readonly #strain: Float64Array;
  /** Change of that strain with the offset, % a degree 2θ. */
  readonly #strainByOffset: Float64Array;
  readonly #transmission: Float64Array | undefined;

  constructor(
    setting: ModelSetting,
    beams?: readonly Beam[],
    from = 0,
    to = setting.twoTheta.length,
    lead = 0,
  ) {
    const twoTheta = setting.twoTheta.subarray(from, to);
    this.setting = setting;
    this.twoTheta = twoTheta;
    this.points = twoTheta.length;
    this.#from = from;
    this.#lead = lead;
    this.#beams = beams ?? beamsOf(setting);
    this.#block =
      setting.response.kind === "integrated" ? resolutionBlock(setting.response.shape) : new Float64Array(0);
    const [first, last] = endsOf(setting),
      range = last - first || 1,
      sine = Math.sin((setting.peak * RADIANS) / 2),
      cosine = Math.cos((setting.peak * RADIANS) / 2);
    this.#along = twoTheta.map((t) => (t - first) / range - 0.5);
    this.#strain = twoTheta.map((t) => 100 * (sine / Math.sin((t * RADIANS) / 2) - 1));
    this.#strainByOffset = twoTheta.map((t) => (50 * RADIANS * cosine) / Math.sin((t * RADIANS) / 2));
    this.#transmission = setting.transmission?.subarray(from, to);
  }

  /** Strain (%) whose maximum lies at each point. */
  get strains(): Float64Array {
    return this.#strain;
  }

  /** The same of points `from` … `to` − 1 alone. */
  part(from: number, to: number): CurveModel {
    if (from === 0 && to === this.points) return this;
    const { setting } = this,
      first = this.#from + from,
      last = this.#from + to;
    if (setting.response.kind !== "summed") return new CurveModel(setting, this.#beams, first, last);
    const step = this.twoTheta[1] - this.twoTheta[0],
      edge = Math.ceil((SUMMED_REACH * setting.width) / step) + 1,
      count = this.#beams[0].grid.count,
      start = from + this.#lead,
      low = Math.max(0, start - edge),
      high = Math.min(count, start + (to - from) + edge),
      end = Math.min(high + ((4 - ((high - low) % 4)) % 4), count);
    const beams = this.#beams.map((beam) => ({ ...beam, grid: sliceOfGrid(beam.grid, low, end) }));
    return new CurveModel(setting, beams, first, last, start - low);
  }

  /** The same at other angles (degrees 2θ), without absorbers, on the grid of this one; for integrated responses. */
  at(twoTheta: Float64Array): CurveModel {
    const setting = { ...this.setting, twoTheta, ends: endsOf(this.setting) };
    delete (setting as { transmission?: Float64Array }).transmission;
    return new CurveModel(setting, this.#beams);
  }

  /** Numbers of the native columns: amplitude, film, the other instrument's. */
  get nativeCount(): number {
    return this.setting.structure.columns + INSTRUMENT.length;
  }

  /** Mean counts, a copy. */
  mean(place: Place): Float64Array {
    return this.evaluate(place, false, ({ mean }) => this.setting.workspace.copy(mean, this.points));
  }

  /** Mean counts, and their derivatives where wanted.
   *  @param use gets addresses of what is gone when it returns */
  evaluate<T>(place: Place, withDerivatives: boolean, use: (evaluated: Evaluated) => T): T {
    const { workspace } = this.setting,
      { points } = this,
      rows = withDerivatives ? this.nativeCount : 1,
      stride = points + (points % 2) + 2;
    return workspace.scope(() => {
      const columns = workspace.f64(rows * stride),
        mean = workspace.f64(points),
        slope = workspace.f64(points);
      this.#resolved(place, withDerivatives, columns, stride);
      this.#counted(place, columns, stride, withDerivatives, mean, slope);
      return use({ mean, slope, columns, stride });
    });
  }

  /** R ⊗ r of all beams and its derivatives by the film, width, Lorentz fraction and offset. */
  #resolved(place: Place, withDerivatives: boolean, columns: number, stride: number): void {
    const { workspace, response, structure } = this.setting,
      rows = withDerivatives ? 1 + structure.columns : 1;
    this.#beams.forEach((beam, b) =>
      workspace.scope(() => {
        const to = b === 0 ? columns : workspace.f64((rows + 3) * stride),
          after = to + 8 * stride * rows;
        const target: Target = { rows, to, stride, after: withDerivatives ? after : 0 };
        if (response.kind === "summed")
          this.#sum(this.#putR(beam, beam.grid, place, withDerivatives), beam.grid.count, place.x, target);
        else if (this.#isBanded) this.#applyBand(beam, place, target);
        else this.#integrate(this.#putR(beam, beam.grid, place, withDerivatives), beam.grid, place.x, target);
        if (this.#beams.length === 1) return;
        workspace.look(({ f64 }) => {
          const all = f64(to, (rows + (withDerivatives ? 3 : 0)) * stride);
          for (let i = 0; i < all.length; i++) all[i] *= beam.share;
          if (b === 0) return;
          const sum = f64(columns, all.length);
          for (let i = 0; i < all.length; i++) sum[i] += all[i];
        });
      }),
    );
  }

  /** Rough models see a symmetric resolution as matrices. */
  get #isBanded(): boolean {
    const { precision, response } = this.setting;
    return (
      precision.kernel === "fast" &&
      response.kind === "integrated" &&
      lorentzFraction(response.shape) !== undefined
    );
  }

  #applyBand(beam: Beam, place: Place, { rows, to, stride, after }: Target): void {
    const { workspace, structure } = this.setting,
      { kernels } = workspace,
      { points } = this,
      { x } = place,
      { fwhm, lorentzFraction: fractionAt, offset } = structure.unknowns.instrument,
      fraction = x[fractionAt];
    const { band, whole, shift } = this.#bandOf(beam, x[fwhm], x[offset]),
      { grid } = band,
      columns = this.#putR(beam, grid, place, after !== 0),
      lnRatio = x[fwhm] - Math.log(whole.setting.fwhm),
      matrices = band.put({ lnRatio, fraction, shift }, after !== 0),
      apply = (weights: number, count: number, out: number): void =>
        check(
          "applyBand",
          kernels.applyBand(weights, matrices.rows, points, columns, count, grid.count, stride, out),
        );
    apply(matrices.mixture, rows, to);
    const isTailed = fraction > 0 || after !== 0;
    if (!isTailed) return;
    const tail = this.#tailsOf(beam, whole, band, place, columns),
      width = Math.exp(x[fwhm]);
    workspace.look(({ f64 }) => {
      const seen = f64(to, points);
      for (let j = 0; j < points; j++) seen[j] += fraction * width * tail[j];
    });
    if (after === 0) return;
    apply(matrices.byWidth, 1, after);
    apply(matrices.byFraction, 1, after + 8 * stride);
    apply(matrices.byOffset, 1, after + 16 * stride);
    workspace.look(({ f64 }) => {
      const last = f64(after, 2 * stride);
      for (let j = 0; j < points; j++) {
        const t = width * tail[j];
        last[j] += fraction * t;
        last[stride + j] += t;
      }
    });
  }

  /** The banded resolution about a width and an offset, of this model's points.
   *  @returns shift: offset less that of the band */
  #bandOf(
    beam: Beam,
    lnWidth: number,
    offset: number,
  ): { band: Band; whole: BandedResolution; shift: number } {
    const { setting } = this,
      offsetClass = OFFSET_CLASS[setting.precision.coarseness > 1 ? "rough" : "close"],
      step = Math.round(lnWidth / WIDTH_CLASS),
      fwhm = Math.exp(step * WIDTH_CLASS),
      place = Math.round(offset / (offsetClass * fwhm)),
      at = place * offsetClass * fwhm,
      key = `${step} ${place}`;
    let whole = beam.bands.get(key);
    if (whole === undefined) {
      whole = new BandedResolution({
        workspace: setting.workspace,
        grid: beam.grid.degrees,
        places: setting.twoTheta.map((t) => t - at),
        fwhm,
      });
      let elements = [...beam.bands.values()].reduce((sum, { size }) => sum + size, whole.size);
      for (const [oldest, { size }] of beam.bands) {
        if (beam.bands.size < MOST_BANDS && elements <= MOST_ELEMENTS) break;
        beam.bands.delete(oldest);
        elements -= size;
      }
      beam.bands.set(key, whole);
    }
    let own = this.#parts.get(whole);
    if (own === undefined) {
      own = whole.part(this.#from, this.#from + this.points, beam.grid);
      this.#parts.set(whole, own);
    }
    return { band: own, whole, shift: offset - at };
  }

  /** What a Lorentzian of unit width and fraction brings from beyond the band: of all points at every call, of a part as it was
   *  at the first. */
  #tailsOf(beam: Beam, whole: BandedResolution, band: Band, place: Place, columns: number): Float64Array {
    const { workspace } = this.setting;
    if (band.grid.count === beam.grid.count) return whole.tails(workspace.copy(columns, beam.grid.count));
    const known = this.#tails.get(band);
    if (known !== undefined) return known;
    const all = workspace.scope(() =>
        whole.tails(workspace.copy(this.#putR(beam, beam.grid, place, false), beam.grid.count)),
      ),
      own = all.slice(this.#from, this.#from + this.points);
    this.#tails.set(band, own);
    return own;
  }

  /** R on a grid, and its derivatives where wanted: an address in the caller's scope. */
  #putR({ wave }: Beam, grid: AngleGrid, place: Place, withDerivatives: boolean): number {
    const { structure, precision, done } = this.setting;
    done.work += 40 * this.points * (withDerivatives ? 20 : 2);
    return structure.put(wave, grid, place, { precision, withDerivatives, done });
  }

  #integrate(raw: number, grid: AngleGrid, x: Float64Array, { rows, to, stride, after }: Target): void {
    const { workspace, structure, response } = this.setting,
      { kernels } = workspace,
      { points } = this,
      { fwhm, lorentzFraction: fractionAt, offset } = structure.unknowns.instrument;
    const shape = (response as { shape: Resolution }).shape,
      isMixed = lorentzFraction(shape) !== undefined,
      factor = Math.exp(x[fwhm]) / resolutionWidth(shape),
      fraction = x[fractionAt],
      block = this.#block.slice();
    block[ResolutionSlot.FwhmLow] *= factor;
    block[ResolutionSlot.FwhmHigh] *= factor;
    if (isMixed) block[ResolutionSlot.LorentzLow] = block[ResolutionSlot.LorentzHigh] = fraction;
    const shift = x[offset],
      places = workspace.put(this.twoTheta.map((t) => t - shift)),
      degrees = workspace.put(grid.degrees),
      scratch = workspace.bytes(kernels.resolveScratch(grid.count, rows)),
      out = workspace.f64(rows * points),
      byPlace = after === 0 ? 0 : workspace.f64(points),
      byWidth = after === 0 ? 0 : workspace.f64(points);
    check(
      "resolve",
      kernels.resolve(
        workspace.put(block),
        degrees,
        grid.count,
        raw,
        rows,
        places,
        points,
        out,
        byPlace,
        byWidth,
        scratch,
      ),
    );
    workspace.look(({ f64 }) => {
      const seen = f64(out, rows * points),
        target = f64(to, rows * stride);
      for (let r = 0; r < rows; r++) target.set(seen.subarray(r * points, (r + 1) * points), r * stride);
      if (after === 0) return;
      const last = f64(after, 3 * stride),
        place = f64(byPlace, points);
      last.set(f64(byWidth, points), 0);
      for (let j = 0; j < points; j++) last[2 * stride + j] = -place[j];
      if (!isMixed) last.fill(0, stride, 2 * stride);
    });
    if (after === 0 || !isMixed) return;
    // The mixture is linear in the fraction, (1 − η) G + η L: with either of the two alone its slope is known.
    const other = fraction > LEAST_LORENTZ ? 0 : 1,
      pure = workspace.f64(points);
    block[ResolutionSlot.LorentzLow] = block[ResolutionSlot.LorentzHigh] = other;
    check(
      "resolve",
      kernels.resolve(workspace.put(block), degrees, grid.count, raw, 1, places, points, pure, 0, 0, scratch),
    );
    workspace.look(({ f64 }) => {
      const alone = f64(pure, points),
        slopes = f64(after, 3 * stride),
        own = f64(out, points);
      for (let j = 0; j < points; j++) slopes[stride + j] = (alone[j] - own[j]) / (other - fraction);
    });
  }

  #sum(raw: number, count: number, x: Float64Array, { rows, to, stride, after }: Target): void {
    const { workspace, structure } = this.setting,
      { kernels } = workspace,
      { points } = this,
      step = (this.twoTheta[points - 1] - this.twoTheta[0]) / (points - 1),
      width = Math.exp(x[structure.unknowns.instrument.fwhm]),
      reach = Math.min(Math.ceil((SUMMED_REACH * width) / step), count),
      gauss = workspace.f64(reach + 1),
      widening = workspace.f64(reach + 1),
      row = count + 1,
      scratch = workspace.bytes(kernels.resolveSampledScratch(count, reach)),
      out = workspace.f64((rows + 1) * row);
    workspace.look(({ f64 }) => {
      const taps = f64(gauss, reach + 1),
        slopes = f64(widening, reach + 1);
      for (let k = 0; k <= reach; k++) {
        const u = (2 * k * step) / width;
        taps[k] = Math.exp(-Math.LN2 * u * u);
        slopes[k] = 2 * Math.LN2 * u * u * taps[k];
      }
    });
    check("resolveSampled", kernels.resolveSampled(raw, rows, count, count, gauss, reach, scratch, out));
    workspace.look(({ f64 }) => {
      const seen = f64(out, rows * row),
        target = f64(to, rows * stride);
      for (let r = 0; r < rows; r++)
        target.set(seen.subarray(r * row + this.#lead, r * row + this.#lead + points), r * stride);
    });
    if (after === 0) return;
    const byWidth = out + 8 * rows * row;
    check("resolveSampled", kernels.resolveSampled(raw, 1, count, count, widening, reach, scratch, byWidth));
    workspace.look(({ f64 }) => {
      const last = f64(after, 3 * stride);
      last.fill(0);
      last.set(f64(byWidth + 8 * this.#lead, points), 0);
    });
  }

  /** Background, diffuse scattering and dead time, and the derivatives by them. */
  #counted(
    { x }: Place,
    columns: number,
    stride: number,
    withDerivatives: boolean,
    meanAt: number,
    slopeAt: number,
  ): void {
    const { workspace, structure, top } = this.setting,
      { points } = this,
      at = structure.unknowns.instrument,
      amplitude = Math.exp(x[at.amplitude]),
      level = Math.exp(x[at.background]),
      tilt = x[at.slope],
      height = x[at.diffuse] * DIFFUSE_UNIT * top,
      half = Math.exp(x[at.diffuseWidth]),
      loss = x[at.loss],
      dead = loss / ((1 - loss) * top),
      shift = x[at.offset] - this.setting.offset;
    const deadSlope = 1 / ((1 - loss) ** 2 * top);
    workspace.look(({ f64 }) => {
      const mean = f64(meanAt, points),
        slope = f64(slopeAt, points),
        seen = f64(columns, points),
        strain = this.#strain,
        along = this.#along;
      const rows = withDerivatives
        ? f64(columns + 8 * stride * (1 + structure.columns), stride * (INSTRUMENT.length - 1))
        : undefined;
      for (let j = 0; j < points; j++) {
        const u = (strain[j] + shift * this.#strainByOffset[j]) / half,
          lorentzian = 1 / (1 + u * u),
          b = tilt === 0 ? level : level * Math.exp(tilt * along[j]),
          diffuse = height * lorentzian,
          arriving = amplitude * seen[j] + b + diffuse,
          alive = 1 / (1 + dead * arriving),
          passed = this.#transmission?.[j] ?? 1;
        mean[j] = passed * arriving * alive;
        slope[j] = passed * amplitude * alive * alive;
        if (rows === undefined) continue;
        // After width, fraction, offset: background, slope, diffuse, its width, loss.
        const row = 3 * stride + j,
          byStrain = (-2 * diffuse * u * lorentzian) / half;
        rows[row - stride] += (byStrain * this.#strainByOffset[j]) / amplitude;
        rows[row] = b / amplitude;
        rows[row + stride] = (b * along[j]) / amplitude;
        rows[row + 2 * stride] = (DIFFUSE_UNIT * top * lorentzian) / amplitude;
        rows[row + 3 * stride] = (2 * diffuse * u * u * lorentzian) / amplitude;
        rows[row + 4 * stride] = (-arriving * arriving * deadSlope) / amplitude;
      }
    });
  }
}

function endsOf({ ends, twoTheta }: Pick<ModelSetting, "ends" | "twoTheta">): readonly [number, number] {
  return ends ?? [twoTheta[0], twoTheta[twoTheta.length - 1]];
}

function beamsOf(setting: ModelSetting): Beam[] {
  const { structure, twoTheta, reflection, deviation, instrument, thickest, reach, response, precision } =
    setting;
  return wavesOf(reflection, deviation, instrument).map(({ wave, share }) => {
    let theta: Float64Array;
    if (response.kind === "summed") {
      theta = new Float64Array(Math.ceil(twoTheta.length / 4) * 4).fill(twoTheta[twoTheta.length - 1]);
      theta.set(twoTheta);
      theta.forEach((t, j) => (theta[j] = (t * RADIANS) / 2));
    } else {
      const range: [number, number] = [
        (Math.max(twoTheta[0] - reach, 1e-3) * RADIANS) / 2,
        (Math.min(twoTheta[twoTheta.length - 1] + reach, 179.999) * RADIANS) / 2,
      ];
      theta = structure.angles(range, wave, {
        thickest,
        fwhm: setting.width,
        coarseness: precision.coarseness,
      });
    }
    return { wave, share, grid: structure.grid(wave, theta), bands: new Map() };
  });
}
