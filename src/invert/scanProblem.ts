/** One scan as an objective: its counts, what is seen of it at first sight, and models of it, rough and fine. */
import { lorentzFraction, resolutionWidth, widened } from "../instrument/resolution.ts";
import type { Deviation, Instrument, Reflection, Resolution, Sample, Scan } from "../types.ts";
import type { Workspace } from "../wasm/workspace.ts";
import { CurveModel, type Response } from "./curveModel.ts";
import { FINEST, type Precision, ROUGH } from "./precision.ts";
import type { Features } from "./features.ts";
import type { Films } from "./films.ts";
import { type Bounds, clamped, deviance, Objective, type ScanErrors } from "./objective.ts";
import { pointsOf } from "./points.ts";
import type { Place, Places, SplineFilm, Unknowns } from "./unknowns.ts";

/** Parameters that can be held or known: nm, degrees 2θ, a share, intensity, decades from the first angle to the last. */
export type FixedParameter =
  "thickness" | "fwhm" | "lorentzFraction" | "offset" | "background" | "backgroundDecades";

export interface ScanSetting {
  readonly workspace: Workspace;
  readonly simd: boolean;
  readonly scan: Scan;
  /** What one count adds to the intensity. */
  readonly countUnit: number;
  /** 1 where a point is used. */
  readonly used: Uint8Array;
  readonly reflection: Reflection;
  readonly sample: Sample;
  readonly deviation: Deviation;
  readonly instrument: Instrument;
  readonly features: Features;
  readonly isSummed: boolean;
  readonly held: Partial<Record<FixedParameter, number>>;
  /** Range of the resolution's width, degrees 2θ. */
  readonly fwhm: readonly [number, number];
  /** Relative error beside counting: of the model itself, at least; and what is given. */
  readonly floor: number;
  readonly relativeError?: number;
  /** Where work is counted; several problems of one scan may share it. */
  readonly done?: { work: number };
}

/** Thickness classes in which models are shared: factor from one to the next. */
const CLASS = Math.LN2 / 3;
const NEAR_ZERO = 1e-9;
/** Objectives that are kept: the banded resolutions of each are some megabytes, of scans of many points some dozen. */
const MOST_OBJECTIVES = 6;
const MANY_POINTS = 1500;
const FEW_OBJECTIVES = 2;

export class ScanProblem<U extends Places = Unknowns, F = SplineFilm> {
  readonly setting: ScanSetting;
  readonly films: Films<U, F>;
  readonly unknowns: U;
  readonly bounds: Bounds;
  /** Counts, and angles, of the points that are used, which may be several of the scan's together. */
  readonly counts: Float64Array;
  readonly twoTheta: Float64Array;
  readonly points: number;
  /** Highest count, as it would be without absorbers. */
  readonly top: number;
  /** 2θ step, mean, degrees, of these points. */
  readonly step: number;
  readonly #response: Response;
  readonly #offset: number;
  /** Mean count over the intensity in counts, of each point (points.ts). */
  readonly #transmission: Float64Array | undefined;
  readonly #objectives = new Map<string, Objective>();
  readonly #done: { work: number };

  /** Slices · angles that were computed. */
  get work(): number {
    return this.#done.work;
  }

  constructor(setting: ScanSetting, films: Films<U, F>) {
    this.setting = setting;
    this.films = films;
    this.unknowns = films.unknowns;
    this.#done = setting.done ?? { work: 0 };
    const { scan, countUnit, used, features, instrument, isSummed, held } = setting;
    const {
      twoTheta,
      counts,
      transmission: passed,
    } = pointsOf(scan, used, countUnit, isSummed ? 0 : features.fwhm);
    this.twoTheta = twoTheta;
    this.counts = counts;
    this.points = counts.length;
    this.#transmission = passed;
    this.top = used.reduce(
      (most, isUsed, i) => (isUsed ? Math.max(most, scan.intensity[i] / countUnit) : most),
      1,
    );
    this.step = (this.twoTheta[this.points - 1] - this.twoTheta[0]) / (this.points - 1);
    this.#offset = isSummed
      ? 0
      : (held.offset ??
        instrument.offset ??
        (setting.sample.geometry === "thin film" ? 0 : features.peak - features.expected));
    const known =
        instrument.resolution ??
        ({ shape: "pseudo-voigt", fwhm: features.fwhm, lorentzFraction: 0 } satisfies Resolution),
      width = this.startWidth;
    this.#response = isSummed
      ? { kind: "summed" }
      : { kind: "integrated", shape: widened(known, width / resolutionWidth(known)) };
    this.bounds = this.#bounds();
  }

  get scans(): readonly this[] {
    return [this];
  }

  placeIn(_: number, place: Place): Place {
    return place;
  }

  /** Mean count of point j over the intensity in counts: absorbers, and points that are added up. */
  passed(j: number): number {
    return this.#transmission?.[j] ?? 1;
  }

  errors(error: ScanErrors): Float64Array {
    return new Float64Array(this.points).fill(typeof error === "number" ? error : error[0]);
  }

  get startWidth(): number {
    const { features, fwhm, held } = this.setting;
    return held.fwhm ?? Math.min(Math.max(features.fwhm, fwhm[0]), fwhm[1]);
  }

  #bounds(): Bounds {
    const { unknowns: u, setting, top } = this,
      { held, isSummed, instrument, features, sample } = setting,
      lower = new Float64Array(u.count),
      upper = new Float64Array(u.count),
      at = u.instrument;
    const put = (place: number, low: number, high: number): void => {
      lower[place] = low;
      upper[place] = high;
    };
    const hold = (place: number, value: number): void => put(place, value, value);
    this.films.bound(lower, upper);
    put(at.fwhm, Math.log(setting.fwhm[0]), Math.log(setting.fwhm[1]));
    put(at.amplitude, -60, 60);
    const level = Math.max(
      Math.min(features.backgroundFirst, features.backgroundLast) / setting.countUnit,
      0.3,
    );
    put(at.background, Math.log(0.02 * level), Math.log(top));
    const { resolution } = instrument,
      fraction = resolution === undefined ? undefined : (lorentzFraction(resolution) ?? 0);
    if (isSummed)
      for (const name of ["lorentzFraction", "offset", "slope", "diffuse", "loss"] as const)
        hold(at[name], 0);
    else {
      const shift = Math.max(2 * features.fwhm, 0.01),
        isThin = sample.geometry === "thin film";
      if (fraction === undefined) put(at.lorentzFraction, 0, 0.95);
      else hold(at.lorentzFraction, fraction);
      if (isThin) hold(at.offset, this.#offset);
      else put(at.offset, this.#offset - shift, this.#offset + shift);
      put(at.slope, -3, 3);
      put(at.diffuse, 0, 1e3);
      // Absorbers are there lest the detector lose counts.
      if (setting.scan.attenuation === undefined) put(at.loss, 0, 0.6);
      else hold(at.loss, 0);
    }
    if (isSummed) hold(at.diffuseWidth, Math.log(0.22));
    else put(at.diffuseWidth, Math.log(0.03), Math.log(2));
    const { fwhm, background, backgroundDecades, offset, lorentzFraction: eta } = held;
    if (fwhm !== undefined) hold(at.fwhm, Math.log(fwhm));
    if (offset !== undefined) hold(at.offset, offset);
    if (eta !== undefined) hold(at.lorentzFraction, eta);
    if (background !== undefined)
      hold(at.background, Math.log(Math.max(background / setting.countUnit, NEAR_ZERO)));
    if (backgroundDecades !== undefined) hold(at.slope, backgroundDecades * Math.LN10);
    return { lower, upper };
  }

  /** Within the bounds, in place. */
  bound(x: Float64Array): Float64Array {
    return clamped(x, this.bounds);
  }

  /** The objective of all points, for films of about a thickness (nm). */
  objective(precision: Precision, thickness: number): Objective {
    const { setting } = this,
      step = setting.isSummed ? 0 : Math.ceil((Math.log(thickness) + 0.1) / CLASS),
      key = `${precision.kernel} ${precision.phase} ${precision.coarseness} ${step}`,
      known = this.#objectives.get(key);
    // The one that was used last stands last.
    this.#objectives.delete(key);
    if (known !== undefined) {
      this.#objectives.set(key, known);
      return known;
    }
    for (const oldest of this.#objectives.keys()) {
      if (this.#objectives.size < (this.points > MANY_POINTS ? FEW_OBJECTIVES : MOST_OBJECTIVES)) break;
      this.#objectives.delete(oldest);
    }
    const { workspace, reflection, deviation, instrument, features } = setting,
      width = this.startWidth;
    const model = new CurveModel({
      workspace,
      structure: this.films.structure,
      twoTheta: this.twoTheta,
      reflection,
      deviation,
      instrument,
      response: this.#response,
      peak: features.expected + this.#offset,
      offset: this.#offset,
      ends: [setting.scan.twoTheta[0], setting.scan.twoTheta[setting.scan.twoTheta.length - 1]],
      ...(this.#transmission !== undefined && { transmission: this.#transmission }),
      top: this.top,
      thickest: Math.exp(step * CLASS),
      reach: 3 * Math.min(1.5 * width, setting.fwhm[1]) + 0.05,
      width: setting.isSummed ? setting.fwhm[1] : width,
      precision,
      done: this.#done,
    });
    const objective = new Objective(model, this.counts, this.films.prior, this.bounds);
    this.#objectives.set(key, objective);
    return objective;
  }

  /** Gives back the memory of the models, which are made again where they are asked for. */
  forget(): void {
    this.#objectives.clear();
  }

  objectiveAt(precision: Precision, x: Float64Array): Objective {
    return this.objective(precision, this.films.thickness(x));
  }

  /** A place with this film, and an instrument as the scan shows it where none is given; its amplitude is set by `screen`. */
  place(
    film: F,
    instrument: {
      readonly fwhm?: number;
      readonly lorentzFraction?: number;
      readonly offset?: number;
      readonly background?: number;
    } = {},
  ): Place {
    const { unknowns: u, setting } = this,
      { features, countUnit } = setting,
      x = new Float64Array(u.count),
      at = u.instrument,
      sign = this.films.put(film, x);
    x[at.fwhm] = Math.log(instrument.fwhm ?? this.startWidth);
    x[at.lorentzFraction] = instrument.lorentzFraction ?? 0.05;
    x[at.offset] = instrument.offset ?? this.#offset;
    const low = features.backgroundFirst / countUnit,
      high = features.backgroundLast / countUnit;
    x[at.background] = Math.log(Math.max(instrument.background ?? 0.5 * (low + high), 0.05));
    x[at.slope] = setting.isSummed ? 0 : Math.min(Math.max(Math.log((high + 0.3) / (low + 0.3)), -1), 1);
    x[at.diffuse] = 1;
    x[at.diffuseWidth] = Math.log(0.22);
    x[at.loss] = 0.02;
    x[at.amplitude] = NaN;
    this.bound(x);
    return { x, sign };
  }

  /** Sets the amplitude with which the maximum of the mean is that of the scan, and returns the deviance of one curve. All
   *  starts are seen with the model of the same class of thickness, where theirs are alike. */
  screen({ x, sign }: Place, errors: Float64Array): number {
    const at = this.unknowns.instrument,
      thickness = this.films.thickness(x),
      class3 = 3 * CLASS,
      objective = this.objective(ROUGH, Math.exp(Math.ceil(Math.log(thickness) / class3) * class3 - 0.11));
    x[at.amplitude] = 0;
    return objective.model.evaluate({ x, sign }, false, (evaluated) =>
      this.setting.workspace.look(({ f64 }) => {
        const seen = f64(evaluated.columns, this.points),
          mean = f64(evaluated.mean, this.points);
        let most = 1e-12;
        for (const value of seen) most = Math.max(most, value);
        const level = Math.exp(x[at.background]),
          amplitude = Math.max(this.top - level, 1) / most;
        x[at.amplitude] = Math.log(amplitude);
        for (let j = 0; j < mean.length; j++) mean[j] += (amplitude - 1) * seen[j] * this.passed(j);
        return deviance(this.counts, mean, errors);
      }),
    );
  }

  /** Intensity of the finest model at other angles (degrees 2θ, within those of the scan), in the scan's unit. */
  calculated(place: Place, twoTheta: Float64Array): Float64Array {
    const { model } = this.objectiveAt(FINEST, place.x);
    return model
      .at(twoTheta)
      .mean(place)
      .map((m) => m * this.setting.countUnit);
  }

  /** Counts of the curve's maximum above background and diffuse scattering, which no point need hit. */
  peakAbove({ x, sign }: Place): number {
    const bare = x.slice(),
      at = this.unknowns.instrument;
    bare[at.background] = -60;
    bare[at.diffuse] = bare[at.loss] = 0;
    const { model } = this.objectiveAt(FINEST, x),
      { twoTheta } = this.setting.scan,
      seen = model.at(twoTheta).mean({ x: bare, sign }),
      top = seen.reduce((best, y, i) => (y > seen[best] ? i : best), 0),
      reach = Math.exp(x[at.fwhm]),
      centre = twoTheta[top],
      places = Float64Array.from({ length: 81 }, (_, i) => centre + (reach * (i - 40)) / 40);
    return model
      .at(places)
      .mean({ x: bare, sign })
      .reduce((most, m) => Math.max(most, m), seen[top]);
  }

  /** The film at a place. */
  film(place: Place): F {
    return this.films.of(place);
  }
}
