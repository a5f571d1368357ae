/** What plots and answer draw of one entry, and what is done in them. The page has one, every <takagi-view> its own: what is
 *  under them asks for it by `useShown`. */
import type { ReadonlySignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Progress } from "takagi";
import type { Quantity } from "../model.ts";
import type { Theme } from "../plot/theme.ts";
import type { Drawable } from "../session.ts";
import type { Drawn } from "./drawn.ts";
import type { Look } from "./look.ts";
import type { Problem } from "./problems.ts";

export interface Shown {
  readonly selected: ReadonlySignal<Drawable | undefined>;
  readonly drawn: Drawn;
  readonly look: Look;
  readonly theme: ReadonlySignal<Theme>;
  /** Known to the plots whose cursors move together. */
  readonly cursor: string;
  /** The reflection of the unstrained crystal, by which the axis Δd/d is drawn; absent until it is known. */
  readonly peak: ReadonlySignal<Peak | undefined>;
  /** Å. */
  readonly wavelength: ReadonlySignal<number | undefined>;
  /** Of the inversion under way. */
  readonly progress: ReadonlySignal<Progress | undefined>;
  /** What went wrong. */
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** Whether the answer was found with other settings than those of now. */
  readonly isStale: ReadonlySignal<boolean>;
  /** Whether a handle is being dragged: axes do not shrink meanwhile, and curves are drafts. */
  readonly isDragging: ReadonlySignal<boolean>;
  readonly actions: ShownActions;
}

/** Where the unstrained crystal diffracts. */
export interface Peak {
  readonly name: string;
  /** Å. */
  readonly d: number;
  /** Bragg angle 2θ without refraction, degrees. */
  readonly twoTheta: number;
}

export interface ShownActions {
  readonly startDrag: () => void;
  /** Moves one handle of the profile: to a value, or to a depth (nm). */
  readonly drag: (quantity: Quantity, index: number, to: number) => void;
  readonly endDrag: () => void;
  /** Back to what the fit found. */
  readonly resetModel: () => void;
  /** Fits from what was drawn. */
  readonly fitDrawn: () => void;
  readonly chooseSolution: (index: number) => void;
  /** Leaves a range of 2θ out of the next fit; absent where that is not done by the brush. */
  readonly addMask?: (range: readonly [from: number, to: number]) => void;
}

export const ShownContext = createContext<Shown | undefined>(undefined);

export function useShown(): Shown {
  const shown = useContext(ShownContext);
  if (shown === undefined) throw new Error("there is no ShownContext above this component");
  return shown;
}
