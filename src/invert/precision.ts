/** How finely curves are computed, at each stage. */
import type { SplineKernel } from "../simulate/splineGradient.ts";

export interface Precision {
  readonly kernel: SplineKernel;
  /** Largest deviation phase of a slice. */
  readonly phase: number;
  /** 1, or more for fewer angles. */
  readonly coarseness: number;
}
export const ROUGH: Precision = { kernel: "fast", phase: 2.8, coarseness: 1.7 };
/** As rough, on angles that resolve what many counts can tell. */
export const CLOSE: Precision = { kernel: "fast", phase: 2.8, coarseness: 1 };
export const FINE: Precision = { kernel: "simd", phase: 1.6, coarseness: 1 };
/** For the one curve of an answer. */
export const FINEST: Precision = { kernel: "simd", phase: 0.6, coarseness: 1 };
