/** `takagi/inline`: the kernels inside the JavaScript, for one-file programs and pages opened from a disk.
 *  ```ts
 *  import { inlineKernels } from "takagi/inline";
 *  const kernels = await loadKernels(inlineKernels("simd"));
 *  ``` */
import scalar from "../../build/takagi.scalar.wasm?base64";
import simd from "../../build/takagi.wasm?base64";

/** @returns the bytes of the WebAssembly module; a new array at each call */
export function inlineKernels(build: "simd" | "scalar" = "simd"): Uint8Array<ArrayBuffer> {
  const text = atob(build === "simd" ? simd : scalar);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
