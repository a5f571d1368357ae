/** The exports of the data generator, takagi.data.wasm: loaded only by who makes training samples. */
import { Layout } from "../layout";

export { bsplineBasis } from "../math/bspline";
export { heapBase } from "../memory";
export { measuredSamples, measuredScratch } from "./measured";
export { samples, sampleScratch } from "./sample";

export function layoutVersion(): i32 {
  return Layout.Version;
}

/** Whether this build has the SIMD kernels; the loader tells the user. */
export function hasSimd(): bool {
  return ASC_FEATURE_SIMD;
}
