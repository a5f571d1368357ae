/** The WASM core's exports, and nothing else. */
import { Layout } from "./layout";

export { toAxis } from "./dataset/axis";
export { toCells, toCellsScratch } from "./dataset/cells";
export { gradient, gradientScratch } from "./fit/gradient";
export { normalEquations } from "./fit/normalEquations";
export { projectRows } from "./fit/project";
export { resolveSampled, resolveSampledScratch } from "./fit/sampledResolution";
export { splineGradientFast, splineGradientScratch, splineGradientSimd } from "./fit/splineGradient";
export { bsplineBasis, bsplineValues, bsplineValuesScratch } from "./math/bspline";
export { heapBase } from "./memory";
export { poisson, poissonScratch } from "./physics/counting";
export { prepareAngles, prepareRefraction, prepareSlices } from "./physics/phases";
export { resolve, resolveScratch } from "./physics/resolution";
export { lorentzTails, tailsScratch } from "./physics/lorentzTails";
export { applyBand, mixWeights, resolutionWeights, weightsScratch } from "./physics/resolutionWeights";
export { stackGradient, stackGradientScratch } from "./physics/stack";
export { stackGradientSimd, stackGradientSimdScratch } from "./physics/stackSimd";
export { startEmpty, startScratch, startSemiInfinite } from "./physics/substrate";
export { transferMatrix, transferMatrixScratch } from "./physics/transferMatrix";
export { transferMatrixFast, transferMatrixFastScratch } from "./physics/transferMatrixFast";
export {
  stackBlocks,
  stackBlocksScratch,
  transferMatrixBlocks,
  transferMatrixBlocksScratch,
  transferMatrixSimd,
  transferMatrixSimdScratch,
} from "./physics/transferMatrixSimd";

export function layoutVersion(): i32 {
  return Layout.Version;
}

/** Whether this build has the SIMD kernels; the loader tells the user. */
export function hasSimd(): bool {
  return ASC_FEATURE_SIMD;
}
