/** What crosses between the page and its workers: one question and one answer for each kind of work. */
import type { Hkl, Inversion, Profile, Progress, Scan, Stack } from "takagi";
import type { ModelFiles } from "takagi/nn";
import type { CrystalChoice } from "../crystals.ts";
import type { FoundStacks, LayersChoice } from "../layers.ts";
import type { Network, NetworkCard } from "../network.ts";
import type { Entry, Experiment, Model } from "../session.ts";

/** Kinds of work: what is asked, what is told meanwhile, and what comes back. */
export interface Work {
  /** A file as the user gave it; the experiment of the scan before, and the crystal that came with it, if any. */
  read: {
    ask: {
      readonly name: string;
      readonly bytes: ArrayBuffer;
      readonly last?: Experiment;
      readonly crystal?: CrystalChoice;
    };
    answer: ReadFile;
  };
  /** What a crystal, a reflection and a wavelength mean; fails where they or the layers on the crystal cannot be. */
  setup: { ask: { readonly experiment: Experiment; readonly layers?: LayersChoice }; answer: Setup };
  /** Crystals whose reflections lie where the scan's peak is. */
  suggest: { ask: { readonly scan: Scan; readonly wavelength: number }; answer: readonly Suggestion[] };
  /** Starts besides the rough ones: those of the first network that knows the scan, or the entry's model. */
  invert: {
    ask: { readonly entry: Entry; readonly networks: readonly Network[]; readonly isFromModel: boolean };
    progress: Progress;
    answer: {
      readonly answer: Inversion;
      /** Where the answer is one of layers. */
      readonly stacks?: FoundStacks;
      readonly seconds: number;
    };
  };
  /** Begins to load a network before it is needed; what fails here fails again, and is told, where it is. */
  warm: { ask: { readonly network: Network }; answer: undefined };
  /** The files of a model, which are checked. */
  model: { ask: { readonly files: ModelFiles }; answer: NetworkCard };
  /** A network for one's own crystal, which goes on from another where there is one; stopped, it is what it has learned by
   *  then. */
  train: {
    ask: TrainingPlan & { readonly experiment: Experiment; readonly start?: Network };
    progress: Learning;
    answer: { readonly card: NetworkCard; readonly files: ModelFiles };
  };
  /** A draft is computed faster, to three digits: for the frames of a drag. */
  preview: {
    ask: {
      readonly experiment: Experiment;
      readonly model: Model;
      readonly twoTheta: Float64Array;
      readonly isDraft: boolean;
    };
    answer: Preview;
  };
  /** Counts that a detector might have seen. */
  counts: { ask: { readonly intensity: Float64Array; readonly seed: number }; answer: Float64Array };
}

/** What a network is to know, and how long it may learn. */
export interface TrainingPlan {
  /** %, compressive strains up to a third of it besides. */
  readonly largestStrain: number;
  /** nm. */
  readonly thickest: number;
  readonly minutes: number;
}

/** How far a training is. */
export interface Learning {
  /** Simulated scans seen so far, and how many a second. */
  readonly samples: number;
  readonly samplesPerSecond: number;
  /** Part of the time that is over. */
  readonly share: number;
  /** Of the last steps. */
  readonly loss: number;
  /** On scans that it does not learn from. */
  readonly validation?: { readonly samples: number; readonly loss: number; readonly strainAccuracy?: number };
}

export interface FoundScan {
  readonly name: string;
  readonly scan: Scan;
  readonly experiment: Experiment;
  /** Where the experiment comes from, in words; absent where the crystal is not known. */
  readonly guess?: string;
  /** Where motors stood, as the file says. */
  readonly motors?: Readonly<Record<string, number>>;
}

export type ReadFile =
  | { readonly kind: "scans"; readonly scans: readonly FoundScan[] }
  | { readonly kind: "cif"; readonly crystal: CrystalChoice };

export interface Setup {
  readonly name: string;
  /** Å. */
  readonly d: number;
  /** Bragg angle 2θ without refraction, degrees. */
  readonly twoTheta: number;
  /** Angle between planes and surface, degrees. */
  readonly asymmetry: number;
}

export interface Suggestion {
  readonly material: string;
  readonly hkl: Hkl;
  /** Bragg angle 2θ, degrees. */
  readonly twoTheta: number;
}

/** What is drawn while the profile is dragged. */
export interface Preview {
  readonly profile: Profile;
  readonly intensity: Float64Array;
  /** The layers, where the profile is one of layers. */
  readonly stack?: Stack;
}
