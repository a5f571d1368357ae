/** `takagi/inline`: the kernels inside the JavaScript, for one-file programs and pages opened from a disk.
 *  ```ts
 *  import { inlineKernels } from "takagi/inline";
 *  const simulator = await createSimulator({ wasm: inlineKernels() });
 *  ``` */
import dataScalar from "../../build/takagi.data.scalar.wasm?base64";
import dataSimd from "../../build/takagi.data.wasm?base64";
import scalar from "../../build/takagi.scalar.wasm?base64";
import simd from "../../build/takagi.wasm?base64";

/** @param part "data" for the generator of training samples
 *  @returns the bytes of the WebAssembly module; a new array at each call */
export function inlineKernels(
  build: "simd" | "scalar" = "simd",
  part: "core" | "data" = "core",
): Uint8Array<ArrayBuffer> {
  const text = atob(
    part === "data" ? (build === "simd" ? dataSimd : dataScalar) : build === "simd" ? simd : scalar,
  );
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
