/** Trained networks as the page knows them: those that lie beside it, and the user's own. */
import type { Preset } from "takagi";
import type { ModelFiles } from "takagi/nn";

/** What the page needs to know of a network before it is used. */
export interface NetworkCard {
  readonly name: string;
  /** What its training scans were drawn from: tells which scans it knows. */
  readonly preset: Preset;
  /** Scans that it was trained on. */
  readonly samples: number;
  /** Percent of unseen scans whose strain profile it gave to a tenth; absent where it was not judged. */
  readonly strainAccuracy?: number;
}

export interface Network extends NetworkCard {
  /** What an entry chooses it by; never that of other weights. */
  readonly id: string;
  /** A folder under models/, or the files themselves. */
  readonly files: { readonly folder: string } | ModelFiles;
}

/** Put in by the build: cards of the models that lie beside the page, the best first, and their folders. */
declare const MODELS: readonly (NetworkCard & { readonly folder: string })[];

export const SHIPPED: readonly Network[] = MODELS.map(({ folder, ...card }) => ({
  ...card,
  name: folder,
  id: folder,
  files: { folder },
}));
