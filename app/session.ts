/** What the page knows of the user's work: plain, immutable values, so that undoing is going back to an earlier one. */
import type {
  Deviation,
  Effort,
  FixedParameter,
  Geometry,
  Hkl,
  Instrument,
  Inversion,
  Polarisation,
  Provenance,
  ResolutionShape,
  Run,
  Scan,
} from "takagi";
import type { CrystalChoice } from "./crystals.ts";
import type { DrawnLayer, FoundStacks, LayersChoice, Periods } from "./layers.ts";

/** Crystal, beam and sample, as the form has them. */
export interface Experiment {
  /** Absent until it is chosen or guessed. */
  readonly crystal?: CrystalChoice;
  readonly hkl: Hkl;
  /** Å. */
  readonly wavelength: number;
  /** Cu Kα2 beside Cu Kα1. */
  readonly hasSecondLine: boolean;
  readonly polarisation: Polarisation;
  /** 2θ of a monochromator before the sample, degrees. */
  readonly monochromator?: number;
  readonly geometry: Geometry;
  /** nm. */
  readonly filmThickness?: number;
  readonly substrate?: CrystalChoice;
  readonly substrateHkl?: Hkl;
  /** Absent: the planes are parallel to the surface. */
  readonly surface?: Hkl;
  readonly isGrazingExit: boolean;
  readonly resolutionShape: ResolutionShape;
  /** Share of the Lorentzian in pseudo-Voigt shapes, 0…1: of all, or of the half below the peak; and of the half above it. */
  readonly lorentzFraction: number;
  readonly lorentzFractionHigh: number;
  /** Of the generalised bell, > 0.5. */
  readonly exponent: number;
  readonly deviation: Deviation;
}

/** A profile as its splines have it, and the instrument that sees it: what can be dragged and typed. */
export interface SplineModel {
  /** nm. */
  readonly thickness: number;
  /** %, interface first. */
  readonly strainWeights: readonly number[];
  /** 0…1, interface first. */
  readonly debyeWallerWeights: readonly number[];
  readonly instrument: Instrument;
}

/** Layers on the crystal, and the instrument that sees them. */
export interface StackModel {
  readonly layers: Periods<DrawnLayer>;
  readonly instrument: Instrument;
}

export type Model = SplineModel | StackModel;

/** Angles of a simulation without a scan, degrees 2θ. */
export interface AngleRange {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export type Mask = readonly [from: number, to: number];

/** Where the search starts: from the first network that knows the scan, from none, or from the one of this id. */
export type NetworkChoice = "automatic" | "none" | (string & {});

/** What an inversion is asked with, besides the scan. */
export interface Settings {
  readonly experiment: Experiment;
  readonly network: NetworkChoice;
  /** Parameters that a fit holds at the model's values. */
  readonly held: readonly FixedParameter[];
  readonly mask: readonly Mask[];
  /** Uniform layers on the crystal; absent: a smooth profile of it. */
  readonly layers?: LayersChoice;
  /** Absent: as many as the population of films has. */
  readonly splines?: number;
  /** Absent: "normal". */
  readonly effort?: Effort;
}

/** One scan, or one simulation, with all that belongs to it. */
export interface Entry extends Settings {
  readonly id: string;
  readonly name: string;
  /** Absent for a simulation. */
  readonly scan?: Scan;
  readonly range: AngleRange;
  /** Why the experiment is what it is, where it was guessed. */
  readonly guess?: string;
  /** Where motors stood, by the file's names and in its units: the place in a map. */
  readonly motors?: Readonly<Record<string, number>>;
  /** Of what tells the scans of the session apart: its fluence, its temperature. */
  readonly variable?: number;
  readonly answer?: Inversion;
  /** Where the answer is one of layers. */
  readonly stacks?: FoundStacks;
  /** Seconds that the answer took. */
  readonly seconds?: number;
  /** Of an answer that came as a result.json: what it came from, and when it was found. */
  readonly provenance?: Provenance;
  readonly run?: Run;
  /** What the answer was asked with; where it differs from the entry's own, the answer is out of date. */
  readonly invertedWith?: Settings;
  /** Which of the answer's solutions is shown. */
  readonly solution: number;
  /** What is drawn; equal to the solution until it is changed by hand. */
  readonly model?: Model;
  readonly isEdited: boolean;
}

/** Of an entry, what is drawn and said of it, wherever its scan and its answer come from. */
export type Drawable = Omit<Entry, keyof Settings | "guess" | "invertedWith"> &
  Pick<Settings, "mask" | "layers">;

export interface Session {
  readonly entries: readonly Entry[];
  /** Id of the entry that is shown. */
  readonly selected?: string;
  /** What tells the scans apart, with its unit; absent: their number. */
  readonly variable?: string;
}

export const EMPTY: Session = { entries: [] };

export const DEFAULT_EXPERIMENT: Experiment = {
  hkl: [0, 0, 4],
  wavelength: 1.540598,
  hasSecondLine: false,
  polarisation: "sigma",
  geometry: "single crystal",
  isGrazingExit: false,
  resolutionShape: "gaussian",
  lorentzFraction: 0.5,
  lorentzFractionHigh: 0.5,
  exponent: 2,
  deviation: "exact",
};

export function selectedEntry(session: Session): Entry | undefined {
  return session.entries.find(({ id }) => id === session.selected);
}

/** A copy that lacks one property: an absent property and one that is undefined are two things. */
export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const copy = { ...value };
  Reflect.deleteProperty(copy, key);
  return copy;
}

/** The session with one entry changed. */
export function withEntry(session: Session, id: string, change: (entry: Entry) => Entry): Session {
  return { ...session, entries: session.entries.map((entry) => (entry.id === id ? change(entry) : entry)) };
}

/** The chosen solution of an answer as an answer of its own, the others after it. */
export function chosen({
  answer,
  solution,
}: {
  readonly answer?: Inversion | undefined;
  readonly solution: number;
}): Inversion | undefined {
  if (answer === undefined || solution === 0) return answer;
  const own = answer.solutions[solution];
  if (own === undefined) return answer;
  const { scans: seen, ...one } = own,
    scans = answer.scans?.map((each, k) => ({ ...each, ...seen?.[k] }));
  return {
    ...answer,
    ...one,
    ...(scans === undefined ? {} : { scans }),
    solutions: [own, ...answer.solutions.filter((other) => other !== own)],
  };
}

export function settingsOf({ experiment, network, held, mask, layers, splines, effort }: Settings): Settings {
  return {
    experiment,
    network,
    held,
    mask,
    ...(layers === undefined ? {} : { layers }),
    ...(splines === undefined ? {} : { splines }),
    ...(effort === undefined ? {} : { effort }),
  };
}

/** Whether what is shown is a profile drawn by hand over an answer, which is not the fit. */
export function isDrawn(entry: Drawable | undefined): boolean {
  return entry?.answer !== undefined && entry.isEdited;
}

/** Whether the answer was found with other settings than those of now. */
export function isStale(entry: Entry): boolean {
  return (
    entry.answer !== undefined && JSON.stringify(entry.invertedWith) !== JSON.stringify(settingsOf(entry))
  );
}

/** 2θ at which the curve is wanted. */
export function anglesOf({ scan, range: { from, to, points } }: Pick<Entry, "scan" | "range">): Float64Array {
  return (
    scan?.twoTheta ?? Float64Array.from({ length: points }, (_, i) => from + ((to - from) * i) / (points - 1))
  );
}
