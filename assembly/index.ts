/** The WASM core's exports, and nothing else. */
import { Layout } from "./layout";

export { toAxis } from "./dataset/axis";
export { toCells } from "./dataset/cells";
export { gradient } from "./fit/gradient";
export { normalEquations } from "./fit/normalEquations";
export { projectRows } from "./fit/project";
export { resolveSampled } from "./fit/sampledResolution";
export { splineGradientFast, splineGradientSimd } from "./fit/splineGradient";
export { bsplineBasis, bsplineValues } from "./math/bspline";
export { heapBase } from "./memory";
export { poisson } from "./physics/counting";
export { prepareAngles, prepareRefraction, prepareSlices } from "./physics/phases";
export { resolve, resolveScratch } from "./physics/resolution";
export { applyBand, resolutionWeights, weightsScratch } from "./physics/resolutionWeights";
export { stackGradient } from "./physics/stack";
export { stackGradientSimd } from "./physics/stackSimd";
export { startEmpty, startSemiInfinite } from "./physics/substrate";
export { transferMatrix } from "./physics/transferMatrix";
export { transferMatrixFast } from "./physics/transferMatrixFast";
export { stackBlocks, transferMatrixBlocks, transferMatrixSimd } from "./physics/transferMatrixSimd";

export function layoutVersion(): i32 {
  return Layout.Version;
}

/** Whether this build has the SIMD kernels; the loader tells the user. */
export function hasSimd(): bool {
  return ASC_FEATURE_SIMD;
}
