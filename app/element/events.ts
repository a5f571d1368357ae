/** What a <takagi-view> tells its page. */
import type { Inversion, Profile, Progress, Stack } from "takagi";

/** What is drawn after a drag, after going back to the fit, and after the choice of another solution. */
export interface ViewChange {
  /** Strain (%) and Debye–Waller factor against depth (nm). */
  readonly profile: Profile;
  /** The layers, where the profile is one of layers. */
  readonly stack?: Stack;
  /** Intensity at the scan's angles, in the scan's unit. */
  readonly calculated: Float64Array;
  /** Root mean square of log10 measured − log10 calculated. */
  readonly rms: number;
  /** Whether the point is still being dragged: the curve is then right to 2e-4 in log10 R. */
  readonly isDragging: boolean;
}

/** An error as `takagi-error` has it: one of the SDK's, or one that came from a worker, with the same fields. */
export interface ViewError extends Error {
  /** As of the SDK's errors (`ErrorCode`): "INVALID_PARAMETER", "SCAN_FORMAT", …; "INTERNAL" for what should not be. */
  readonly code?: string;
  /** What is wrong: an attribute, or an option with a dot before each field. */
  readonly parameter?: string | undefined;
}

/** Events of `<takagi-view>` by name; they bubble. */
export interface TakagiViewEventMap {
  /** How far the inversion is. */
  "takagi-progress": CustomEvent<Progress>;
  /** The scan was inverted. */
  "takagi-answer": CustomEvent<Inversion>;
  /** Another profile is drawn: one that was dragged (the last of a drag has `isDragging` false), the fit again, or another
   *  solution. */
  "takagi-change": CustomEvent<ViewChange>;
  /** Attributes, options, file or inversion failed; the element shows it, too. */
  "takagi-error": CustomEvent<ViewError>;
}

export function abortError(): DOMException {
  return new DOMException("the inversion was aborted", "AbortError");
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
