/** The SDK without machine learning: names listed one by one. */
export { loadKernels } from "./wasm/load.ts";
