/** Loads the WASM kernels. Knows no environment: a source is given, or comes from the package's own `#wasm-source`. */
import { Layout } from "../../assembly/layout.ts";
import { KernelLoadError, show } from "../errors.ts";
import type { KernelExports } from "./exports.ts";
import type { KernelBinary, KernelBuild } from "./source.ts";

/** One instance of the kernels, with its own memory. */
export interface Kernels {
  readonly exports: KernelExports;
  /** Whether the instance has the SIMD kernels; if not, their scalar twins serve. */
  readonly simd: boolean;
}

/** Where kernels may come from: a compiled module, bytes, a response, or where to find one of these. */
export type KernelOrigin = KernelBinary | URL | string;

/** A function that needs SIMD: i32.const 0, i8x16.splat, i8x16.popcnt. */
const SIMD_PROBE = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

let shared: Promise<Kernels> | undefined;

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
  if (source !== undefined) return load(async () => open(await source));
  shared ??= load(openShipped).catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  return shared;
}

/** Whether this machine runs WebAssembly SIMD. */
export function machineHasSimd(): boolean {
  return WebAssembly.validate(SIMD_PROBE);
}

async function load(openBinary: () => Promise<KernelBinary>): Promise<Kernels> {
  try {
    const module = await compile(await openBinary());
    const instance = await WebAssembly.instantiate(module, {});
    const exports = checked(instance.exports);
    return { exports, simd: exports.hasSimd() !== 0 };
  } catch (cause) {
    if (cause instanceof KernelLoadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KernelLoadError(`the WebAssembly kernels cannot be loaded: ${reason}`, { cause });
  }
}

async function openShipped(): Promise<KernelBinary> {
  const { openBuild } = await import("#wasm-source");
  const build: KernelBuild = machineHasSimd() ? "simd" : "scalar";
  return openBuild(build);
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
    throw new KernelLoadError(`source must be a WebAssembly module, its bytes, a response or an URL; got ${show(binary)}`);
  }
  const response = binary as Response;
  if (!response.ok) throw new KernelLoadError(`the WebAssembly kernels cannot be fetched: HTTP ${response.status} ${response.url}`);
  return compileBytes(new Uint8Array(await response.arrayBuffer()), response.url);
}

/** Servers like to answer with a page where a file is missing: says so, instead of "expected magic word". */
async function compileBytes(bytes: Uint8Array<ArrayBuffer>, url: string): Promise<WebAssembly.Module> {
  const isWasm = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  if (!isWasm) {
    const start = show(String.fromCharCode(...bytes.subarray(0, 24)));
    throw new KernelLoadError(`source must be a WebAssembly file; got ${bytes.length} bytes${url && ` from ${url}`}, ${start}`);
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    if (machineHasSimd()) throw cause;
    throw new KernelLoadError("this machine has no WebAssembly SIMD; load takagi.scalar.wasm", { cause });
  }
}

function checked(exports: WebAssembly.Exports): KernelExports {
  const { memory, layoutVersion, hasSimd } = exports;
  const isOurs = memory instanceof WebAssembly.Memory && typeof layoutVersion === "function" && typeof hasSimd === "function";
  if (!isOurs) {
    throw new KernelLoadError("the file holds no takagi kernels: it must export memory, layoutVersion and hasSimd");
  }
  const version: unknown = layoutVersion();
  if (version !== Layout.Version) {
    throw new KernelLoadError(
      `the kernels have layout ${show(version)}, this code has ${Layout.Version}: takagi.wasm is of another version of the package`,
    );
  }
  return exports as unknown as KernelExports;
}
