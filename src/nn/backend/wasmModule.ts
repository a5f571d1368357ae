/** Starts tfjs's WASM backend from a compiled module. tfjs knows only files that it fetches and compiles itself, which
 *  edge runtimes forbid; so for as long as it starts, its fetch and the instantiation of what it fetched are ours. */
import { activate, Refusal } from "./platform.ts";
import type { Tf, WasmOrigin } from "./types.ts";

const NOWHERE = "https://wasm.invalid/";

/** @returns the module of whatever was given
 *  @throws {Refusal} */
export async function compileWasm(origin: WasmOrigin): Promise<WebAssembly.Module> {
  let source: unknown = origin;
  if (typeof origin === "string" || origin instanceof URL)
    source = await (await import("#wasm-source")).openUrl(origin);
  if (Object.prototype.toString.call(source) === "[object Response]") {
    const response = source as Response;
    if (!response.ok)
      throw new Refusal(`its .wasm file cannot be fetched: HTTP ${response.status} ${response.url}`);
    source = await response.arrayBuffer();
  }
  if (Object.prototype.toString.call(source) === "[object WebAssembly.Module]")
    return source as WebAssembly.Module;
  return WebAssembly.compile(source as BufferSource);
}

export async function startFromModule(
  tf: Tf,
  { setWasmPaths }: typeof import("@tensorflow/tfjs-backend-wasm"),
  module: WebAssembly.Module,
): Promise<void> {
  // tfjs would end the process on a module of something else, and this way has no threads.
  const isTfjs = WebAssembly.Module.exports(module).some(({ name }) => name === "register_tensor");
  const isThreaded = WebAssembly.Module.imports(module).some(({ kind }) => kind === "memory");
  if (!isTfjs || isThreaded)
    throw new Refusal(
      "wasm must be tfjs-backend-wasm-simd.wasm or tfjs-backend-wasm.wasm of @tensorflow/tfjs-backend-wasm",
    );
  tf.env().set("WASM_HAS_SIMD_SUPPORT", true);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(NOWHERE, true);
  const platform = tf.env().platform;
  const fetchBefore = platform.fetch;
  const instantiateBefore = WebAssembly.instantiate;
  const fetched = new ArrayBuffer(8);
  let fail: (cause: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => (fail = reject));

  const instantiate = async (source: unknown, imports?: WebAssembly.Imports): Promise<unknown> => {
    if (source !== fetched) return Reflect.apply(instantiateBefore, WebAssembly, [source, imports]);
    try {
      return {
        module,
        instance: await (instantiateBefore as typeof WebAssembly.instantiate)(module, imports),
      };
    } catch (cause) {
      fail(new Refusal(`the given module cannot be started: ${String(cause)}`, { cause }));
      // tfjs would leave the rejection unhandled.
      return new Promise(() => undefined);
    }
  };
  try {
    platform.fetch = (path, ...rest) =>
      path.startsWith(NOWHERE)
        ? Promise.resolve({ ok: true, arrayBuffer: async () => fetched } as unknown as Response)
        : fetchBefore.call(platform, path, ...rest);
    WebAssembly.instantiate = instantiate as typeof WebAssembly.instantiate;
    await Promise.race([activate(tf, "wasm"), failure]);
  } finally {
    platform.fetch = fetchBefore;
    WebAssembly.instantiate = instantiateBefore;
  }
}
