/** The backends that run wherever tfjs does. */
import { activate, type Opened, type Opening } from "./platform.ts";
import type { Tf, WasmOrigin } from "./types.ts";
import { compileWasm, startFromModule } from "./wasmModule.ts";

export async function openCpu(tf: Tf): Promise<Opened> {
  await import("@tensorflow/tfjs-backend-cpu");
  await activate(tf, "cpu");
  return { version: tf.version_core };
}

/** tfjs's WASM backend; once started it stays as it is, whatever is asked later.
 *  @param shipped where the file comes from by default; absent: tfjs has been told its paths, and fetches it */
export async function openWasm(
  tf: Tf,
  { wasm, isTraining = false }: Opening,
  shipped?: WasmOrigin,
): Promise<Opened> {
  const backend = await import("@tensorflow/tfjs-backend-wasm");
  if (isTraining) tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const origin = wasm ?? shipped;
  const isStarted = tf.engine().registry["wasm"] !== undefined;
  if (origin === undefined || isStarted) await activate(tf, "wasm");
  else await startFromModule(tf, backend, await compileWasm(origin));
  return { version: tf.version_core };
}
