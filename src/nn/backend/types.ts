/** Words of the choice of a tfjs backend. */

/** The module as it is used here; not for types of the package, whose users need not have it. */
export type Tf = typeof import("@tensorflow/tfjs-core");

/** The module @tensorflow/tfjs-core that computes: the copy in takagi. Who has that package's types may take it as
 *  `tf as typeof import("@tensorflow/tfjs-core")`. */
export interface Tfjs {
  /** Of tfjs-core. */
  readonly version_core: string;
  /** @returns name of the current backend, as tfjs has it */
  getBackend(): string;
}

export const BACKEND_NAMES = ["node-gpu", "webgpu", "node", "webgl", "wasm", "cpu"] as const;

/** `node-gpu` and `node` are the native addons @tensorflow/tfjs-node-gpu and @tensorflow/tfjs-node. */
export type BackendName = (typeof BACKEND_NAMES)[number];

/** What a backend is chosen for. */
export type Purpose = "inference" | "training";

/** tfjs's own .wasm file: compiled (what edge runtimes need), its bytes, or where it is. */
export type WasmOrigin = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer> | URL | string;

/** What became of one backend. */
export interface BackendReport {
  /** Of tfjs. */
  readonly name: BackendName;
  /** Whether it is there and computes rightly. */
  readonly isUsable: boolean;
  /** Why it was refused. */
  readonly reason?: string;
  /** What it computes on, where it says so. */
  readonly adapter?: string;
  /** Of the package behind it. */
  readonly version?: string;
}

/** The backend that was chosen; it is tfjs's current one. */
export interface Backend {
  /** Of tfjs. */
  readonly name: BackendName;
  /** tfjs with this backend chosen. */
  readonly tf: Tfjs;
  /** Name of the GPU, where it has one. */
  readonly adapter?: string;
  /** Those that were tried, in the order of preference; the chosen one is the last. */
  readonly reports: readonly BackendReport[];
}

/** Which backends may be taken. */
export interface BackendOptions {
  /** What it is to do; "inference" where absent. */
  readonly purpose?: Purpose;
  /** Takes this one or none. */
  readonly backend?: BackendName;
  /** Scans or samples computed at a time: where a GPU pays only for many, more than 64 are many. 1 where absent. */
  readonly batchSize?: number;
  /** Takes GPUs that are only imitated by the processor (SwiftShader, llvmpipe, lavapipe) too; for tests. */
  readonly allowSoftware?: boolean;
  /** tfjs's .wasm file, where it is not to come from its package. One thread computes then. */
  readonly wasm?: WasmOrigin;
  /** Throws where the backend computes falsely; runs after it has started. */
  readonly probe?: (tf: Tfjs) => Promise<void>;
}

/** A backend as it is used here. */
export interface OpenBackend extends Backend {
  readonly tf: Tf;
}
