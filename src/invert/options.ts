/** How an inversion is steered. */
import type { Preset } from "../dataset/presets.ts";
import {
  InvalidParameterError,
  requireFinite,
  requireFiniteArray,
  requireInteger,
  requireOneOf,
  requirePositive,
  requireWithin,
} from "../errors.ts";
import type { Deviation, Instrument, Profile, Progress, Reflection, Sample } from "../types.ts";
import type { KernelOrigin } from "../wasm/load.ts";
import { checkLayers, type LayersOption } from "./layers/layerOptions.ts";
import type { ProfilePredictor } from "./predictor.ts";
import type { FixedParameter } from "./scanProblem.ts";

export const FIXABLE: readonly FixedParameter[] = [
  "thickness",
  "fwhm",
  "lorentzFraction",
  "offset",
  "background",
  "backgroundDecades",
];

/** Largest modulus of the strain where no other is given, %. */
export const MOST_STRAIN = 12;

/** How long is searched: a few climbs, as many as most scans need, or four times as many; or seconds of one core of a fast
 *  machine. The answer does not depend on the machine: what is counted is work, not time. */
export type Effort = "quick" | "normal" | "thorough" | number;

/** What is known of the scan beforehand, and how it is searched. */
export interface InvertOptions {
  /** Single crystal if absent. */
  readonly sample?: Sample;
  /** "exact" if absent. */
  readonly deviation?: Deviation;
  /** What is known of the instrument: polarisation, monochromator, lines, shape of the resolution (its width is found: hold it by
   *  `fix.fwhm`), and about which offset that of the scan is looked for (within twice the peak's width, 0.01° at least). If the
   *  shape is absent, a pseudo-Voigt of any Lorentz fraction. */
  readonly instrument?: Instrument;
  /** Values that are held: nm, degrees 2θ, a share, intensity, decades from the first angle to the last. */
  readonly fix?: Partial<Record<FixedParameter, number>>;
  /** Values that are known with a standard deviation, [value, deviation], in the same units. */
  readonly known?: Partial<Record<FixedParameter, readonly [value: number, deviation: number]>>;
  /** Ranges of 2θ (degrees) that no fit sees. The crystal's peak, background and strained range are first looked for in all points. */
  readonly mask?: readonly (readonly [from: number, to: number])[];
  /** The sample is one of uniform layers on the crystal (the substrate) of `reflection`: "auto" finds how many (at most five), a
   *  number asks for as many (a search whose budget ends before has fewer), a list says which, from below; `network`, `predictor`,
   *  `guesses` and `prior` are then not used. A smooth profile if absent. */
  readonly layers?: LayersOption;
  /** The reflection of the crystal that layers are of where `layers` is no list; the substrate's if absent. Layers of another
   *  crystal are found with its structure factors and against its lattice. */
  readonly film?: Reflection;
  /** Cubic B-splines of the strain, and as many of the Debye–Waller factor: 10 if absent. With another number the population
   *  says nothing of their weights. */
  readonly splines?: number;
  /** What films are like before the scan is seen: a preset, whose films are taken as the population; "none": nothing but
   *  bounds. The films of preset "universal" if absent. */
  readonly prior?: Preset | string;
  /** Relative error of every intensity beside the counting, 0.01 at least; found from the scan if absent. */
  readonly relativeError?: number;
  /** What one count adds to the intensity; read off the scan if absent. */
  readonly countUnit?: number;
  /** Largest modulus of the strain, %, of layers of their own lattice: 12 if absent. */
  readonly mostStrain?: number;
  /** "normal" if absent. */
  readonly effort?: Effort;
  /** A network whose proposals are starts, where it knows such scans: the name of a shipped one ("universal"), a folder or an
   *  address, which is loaded once. `takagi/nn` must have been imported. */
  readonly network?: string | URL;
  /** The same where you have made it yourself (`createPredictor`), or have something else that proposes profiles. */
  readonly predictor?: ProfilePredictor;
  /** Profiles that are starts, too: nm, %, Debye–Waller factor, from the surface down. */
  readonly guesses?: readonly Profile[];
  /** The kernels, where the default cannot be used. */
  readonly wasm?: KernelOrigin;
  /** Ends the inversion: its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with how far it is. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Work of a second of one core of a fast machine: slices · angles. */
export const WORK_PER_SECOND = 8e8;
const EFFORTS = { quick: 0.25, normal: 1, thorough: 4 } as const;

/** Seconds that an effort stands for. */
export function secondsOf(effort: Effort = "normal"): number {
  return typeof effort === "number" ? effort : EFFORTS[effort];
}

/** @throws {InvalidParameterError} */
export function checkOptions(options: InvertOptions): void {
  checkValues(options);
  const { layers, film, network, predictor } = options;
  if (network !== undefined && predictor !== undefined)
    throw new InvalidParameterError("network", "none where `predictor` is given", String(network));
  if (layers === undefined) {
    if (film !== undefined)
      throw new InvalidParameterError("film", "none where `layers` is absent", film.name);
    return;
  }
  checkLayers(layers);
  if (film !== undefined && film.structureFactor === undefined)
    throw new InvalidParameterError("film", "a Reflection: await reflection(crystal, options)", film);
  const excluded = againstLayers(options);
  if (excluded !== undefined) throw new InvalidParameterError(...excluded);
}

/** The option that excludes layers, what it would have to be, and what it is. */
export function againstLayers({
  sample,
  deviation = "exact",
  splines,
  fix = {},
  known = {},
}: InvertOptions): ConstructorParameters<typeof InvalidParameterError> | undefined {
  const geometry = sample?.geometry ?? "single crystal";
  if (geometry !== "single crystal")
    return ["sample.geometry", "a single crystal (the substrate) under layers", geometry];
  if (deviation !== "exact") return ["deviation", "exact with layers", deviation];
  if (splines !== undefined) return ["splines", "none with layers", splines];
  if ("thickness" in fix || "thickness" in known)
    return ["fix, known", "no thickness with layers: give it in the list `layers`", "thickness"];
  return undefined;
}

function checkValues({
  fix = {},
  known = {},
  splines,
  relativeError,
  mostStrain,
  effort,
  mask = [],
  guesses = [],
}: InvertOptions): void {
  if (splines !== undefined) requireInteger("splines", splines, 1, 60);
  if (relativeError !== undefined) requireWithin("relativeError", relativeError, 0, 1);
  if (mostStrain !== undefined) requireWithin("mostStrain", mostStrain, 0.05, 45, "%");
  if (typeof effort === "number") requirePositive("effort", effort, "s");
  else if (effort !== undefined)
    requireOneOf("effort", effort, Object.keys(EFFORTS) as (keyof typeof EFFORTS)[]);
  for (const [option, given] of [
    ["fix", fix],
    ["known", known],
  ] as const)
    for (const name of Object.keys(given))
      if (!FIXABLE.includes(name as FixedParameter))
        throw new InvalidParameterError(option, `of ${FIXABLE.join(", ")}`, name);
  for (const [name, value] of Object.entries(fix)) checkValue(`fix.${name}`, name, value);
  for (const [name, pair] of Object.entries(known)) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new InvalidParameterError(`known.${name}`, "[value, standard deviation]", pair);
    checkValue(`known.${name}[0]`, name, pair[0] as number);
    requirePositive(`known.${name}[1]`, pair[1] as number);
  }
  for (const range of mask)
    if (!Array.isArray(range) || !(range[0] <= range[1]))
      throw new InvalidParameterError("mask", "ranges [from, to] with from ≤ to", range);
  guesses.forEach((guess, k) => checkGuess(`guesses[${k}]`, guess));
}

/** Starts may be rougher than what is simulated: any profile of numbers that reaches some depth. */
function checkGuess(name: string, guess: Profile): void {
  const { depth, strain, debyeWaller } = guess ?? {};
  for (const [field, values] of Object.entries({ depth, strain, debyeWaller })) {
    if (!(values?.length >= 2) || values.length !== depth.length)
      throw new InvalidParameterError(
        `${name}.${field}`,
        "a Float64Array of two numbers or more, as long as depth",
        values,
      );
    requireFiniteArray(`${name}.${field}`, values);
  }
  if (!(depth[depth.length - 1] > 0))
    throw new InvalidParameterError(
      `${name}.depth`,
      "one that ends below the surface, nm",
      depth[depth.length - 1],
    );
}

function checkValue(parameter: string, name: string, value: number): void {
  requireFinite(parameter, value);
  if (name === "thickness") requireWithin(parameter, value, Number.MIN_VALUE, 20_000, "nm");
  if (name === "fwhm") requirePositive(parameter, value, "degrees 2θ");
  if (name === "lorentzFraction") requireWithin(parameter, value, 0, 1);
  if (name === "background") requireWithin(parameter, value, 0, Number.MAX_VALUE);
}
