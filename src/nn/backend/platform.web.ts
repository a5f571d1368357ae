/** Browsers: pages and web workers. The bundler rewrites `../../../dist/` to `./`: tfjs's .wasm files lie in the package. */
import type { Platform } from "./platform.ts";
import { openCpu, openWasm } from "./portable.ts";
import type { Tf } from "./types.ts";
import { openWebGl } from "./webgl.ts";
import { openWebGpu } from "./webgpu.ts";

export const platform: Platform = {
  order: () => ["webgpu", "webgl", "wasm", "cpu"],
  openers: { webgpu: openWebGpu, webgl: openWebGl, wasm: openShippedWasm, cpu: openCpu },
};

/** With threads where the page is cross-origin isolated; tfjs asks for that itself. */
async function openShippedWasm(tf: Tf, opening: Parameters<typeof openWasm>[1]): ReturnType<typeof openWasm> {
  if (opening.wasm === undefined && tf.engine().registry["wasm"] === undefined) {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const simd = new URL("../../../dist/tfjs-backend-wasm-simd.wasm", import.meta.url).href;
    const threaded = new URL("../../../dist/tfjs-backend-wasm-threaded-simd.wasm", import.meta.url).href;
    // Browsers without SIMD are refused, and compute on the CPU backend.
    setWasmPaths({
      "tfjs-backend-wasm.wasm": simd,
      "tfjs-backend-wasm-simd.wasm": simd,
      "tfjs-backend-wasm-threaded-simd.wasm": threaded,
    });
  }
  return openWasm(tf, opening);
}
