/** Kernels that training needs and tfjs's WASM backend lacks or has only slowly. A module of its own: it imports the
 *  memory of that backend and works on its tensors where they are; it has no data of its own and allocates nothing. */
export {
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolutionScratch,
} from "./convolution";
export {
  moments,
  momentsScratch,
  normalisationGradient,
  normalisationScratch,
  scaleShift,
} from "./normalisation";
export { adamw, squareSum } from "./optimizer";
export { maxPool, maxPoolGradient } from "./pooling";

export function hasSimd(): bool {
  return ASC_FEATURE_SIMD;
}
