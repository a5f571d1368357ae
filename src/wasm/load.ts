/** Loads the WASM kernels. Knows no environment: a source is given, or comes from the package's own `#wasm-source`. */
import { Layout } from "../../assembly/layout.ts";
import { KernelLoadError, show } from "../errors.ts";
import type { AnyExports, DataExports, KernelExports } from "./exports.ts";
import type { KernelBinary, KernelBuild, KernelPart } from "./source.ts";

/** One instance of the kernels, with its own memory. */
export interface Kernels<E extends AnyExports = KernelExports> {
  readonly exports: E;
  /** Whether the instance has the SIMD kernels; if not, their scalar twins serve. */
  readonly simd: boolean;
}

/** Where kernels may come from: a compiled module, bytes, a response, or where to find one of these. */
export type KernelOrigin = KernelBinary | URL | string;

/** A function that needs SIMD: i32.const 0, i8x16.splat, i8x16.popcnt. */
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

const shared = new Map<KernelPart, Promise<Kernels<AnyExports>>>();

/** Loads the kernels: once for all callers, or a new instance where a source is given.
 *  A machine without SIMD gets the scalar build, and is told by `simd: false`. A failed load is not kept: the next call
 *  tries again.
 *  @param source a compiled module (what edge runtimes need), the bytes of takagi.wasm, a response, an URL; in Node a
 *    path too. Absent: the file shipped with the package
 *  @returns the kernels; without a source the same object to every caller
 *  @throws {KernelLoadError} whose `cause` is what went wrong below
 *  @example
 *  const { exports, simd } = await loadKernels();
 *  const other = await loadKernels(fetch("/assets/takagi.wasm")); */
export function loadKernels(source?: KernelOrigin | Promise<KernelOrigin>): Promise<Kernels> {
  return loadPart("core", source) as Promise<Kernels>;
}

/** As loadKernels, of the generator of training samples: takagi.data.wasm. */
export function loadDataKernels(
  source?: KernelOrigin | Promise<KernelOrigin>,
): Promise<Kernels<DataExports>> {
  return loadPart("data", source) as Promise<Kernels<DataExports>>;
}

function loadPart(
  part: KernelPart,
  source: KernelOrigin | Promise<KernelOrigin> | undefined,
): Promise<Kernels<AnyExports>> {
  if (source !== undefined) return load(part, async () => open(await source));
  let loading = shared.get(part);
  if (loading === undefined) {
    loading = load(part, () => openShipped(part)).catch((error: unknown) => {
      shared.delete(part);
      throw error;
    });
    shared.set(part, loading);
  }
  return loading;
}

/** Whether this machine runs WebAssembly SIMD. */
export function machineHasSimd(): boolean {
  return WebAssembly.validate(SIMD_PROBE);
}

async function load(part: KernelPart, openBinary: () => Promise<KernelBinary>): Promise<Kernels<AnyExports>> {
  try {
    const module = await compile(await openBinary());
    const instance = await WebAssembly.instantiate(module, {});
    const exports = checked(part, instance.exports);
    return { exports, simd: exports.hasSimd() !== 0 };
  } catch (cause) {
    if (cause instanceof KernelLoadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KernelLoadError(`the WebAssembly kernels cannot be loaded: ${reason}`, { cause });
  }
}

async function openShipped(part: KernelPart): Promise<KernelBinary> {
  const { openBuild } = await import("#wasm-source");
  const build: KernelBuild = machineHasSimd() ? "simd" : "scalar";
  return openBuild(build, part);
}

async function open(origin: KernelOrigin): Promise<KernelBinary> {
  if (typeof origin !== "string" && !(origin instanceof URL)) return origin;
  const { openUrl } = await import("#wasm-source");
  return openUrl(origin);
}

async function compile(binary: KernelBinary): Promise<WebAssembly.Module> {
  // By tag and by shape, not by `instanceof`: sandboxes (jest, vm) hand over objects of another realm.
  const tag = Object.prototype.toString.call(binary);
  if (tag === "[object WebAssembly.Module]") return binary;
  if (ArrayBuffer.isView(binary)) {
    const { buffer, byteOffset, byteLength } = binary as ArrayBufferView<ArrayBuffer>;
    return compileBytes(new Uint8Array(buffer, byteOffset, byteLength), "");
  }
  if (tag === "[object ArrayBuffer]") return compileBytes(new Uint8Array(binary as ArrayBuffer), "");
  if (tag !== "[object Response]") {
    throw new KernelLoadError(
      `source must be a WebAssembly module, its bytes, a response or an URL; got ${show(binary)}`,
    );
  }
  const response = binary as Response;
  if (!response.ok)
    throw new KernelLoadError(
      `the WebAssembly kernels cannot be fetched: HTTP ${response.status} ${response.url}`,
    );
  return compileBytes(new Uint8Array(await response.arrayBuffer()), response.url);
}

/** Servers like to answer with a page where a file is missing: says so, instead of "expected magic word". */
async function compileBytes(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<WebAssembly.Module> {
  const isWasm = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  if (!isWasm) {
    const start = show(String.fromCharCode(...bytes.subarray(0, 24)));
    throw new KernelLoadError(
      `source must be a WebAssembly file; got ${bytes.length} bytes${url && ` from ${url}`}, ${start}`,
    );
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (machineHasSimd()) throw cause;
    throw new KernelLoadError("this machine has no WebAssembly SIMD; load takagi.scalar.wasm", { cause });
  }
}

function checked(part: KernelPart, exports: WebAssembly.Exports): AnyExports {
  const { memory, layoutVersion, hasSimd } = exports;
  const isOurs =
    memory instanceof WebAssembly.Memory &&
    typeof layoutVersion === "function" &&
    typeof hasSimd === "function";
  if (!isOurs) {
    throw new KernelLoadError(
      "the file holds no takagi kernels: it must export memory, layoutVersion and hasSimd",
    );
  }
  const version: unknown = layoutVersion();
  if (version !== Layout.Version) {
    throw new KernelLoadError(
      `the kernels have layout ${show(version)}, this code has ${Layout.Version}: takagi.wasm is of another version of the package`,
    );
  }
  if ("samples" in exports !== (part === "data")) {
    throw new KernelLoadError(
      part === "data"
        ? "these are the kernels of the physics; training samples are made by takagi.data.wasm"
        : "these are the kernels of the generator; the physics is in takagi.wasm",
    );
  }
  return exports as unknown as AnyExports;
}
