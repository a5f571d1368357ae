/** Memory of the kernels, owned by the host: allocated in blocks that are given back in `finally`; kernels never allocate.
 *  Growing the memory detaches all views of it, so that no view is to be had outside of `look`, and nothing to be allocated
 *  inside it; numbers go in by `put`, `putI32`, `write` and `fill` and come out by `copy`, whose arguments are computed before. */
import { Status } from "../../assembly/status.ts";
import { InvalidParameterError, KernelStatusError } from "../errors.ts";
import type { AnyExports, KernelExports } from "./exports.ts";

/** Makes views that are good for as long as `look` lasts. */
export interface Views {
  f64(at: number, count: number): Float64Array;
  f32(at: number, count: number): Float32Array;
  i32(at: number, count: number): Int32Array;
}

const PAGE = 65536;
const LIMIT = 1 << 30;

export class Workspace<E extends AnyExports = KernelExports> {
  readonly kernels: E;
  private top: number;
  private looks = 0;

  constructor(kernels: E) {
    this.kernels = kernels;
    this.top = kernels.heapBase();
  }

  /** Runs `work`; all that it allocates is given back when it ends, however it ends. */
  scope<T>(work: () => T): T {
    const mark = this.top;
    try {
      return work();
    } finally {
      this.top = mark;
    }
  }

  /** Address of `bytes` bytes, 16-byte aligned, not cleared. */
  bytes(bytes: number): number {
    if (this.looks > 0) throw new TypeError("nothing is allocated while views are looked at");
    const at = (this.top + 15) & ~15;
    const need = at + bytes;
    if (need > LIMIT)
      throw new InvalidParameterError("problem size", `at most ${LIMIT} bytes of working memory`, need);
    const missing = need - this.kernels.memory.buffer.byteLength;
    if (missing > 0) this.kernels.memory.grow(Math.ceil(missing / PAGE));
    this.top = need;
    return at;
  }

  /** Address of `count` f64, not cleared. */
  f64(count: number): number {
    return this.bytes(count * 8);
  }

  /** Address of a copy of `values`. */
  put(values: ArrayLike<number>): number {
    const at = this.f64(values.length);
    this.write(at, values);
    return at;
  }

  /** Address of a copy of `values`, as f32. */
  putF32(values: ArrayLike<number>): number {
    const at = this.bytes(4 * values.length);
    new Float32Array(this.kernels.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** Address of a copy of whole numbers, as i32. */
  putI32(values: ArrayLike<number>): number {
    const at = this.bytes(4 * values.length);
    this.view32(at, values.length).set(values);
    return at;
  }

  /** Copies `values` to an address. */
  write(at: number, values: ArrayLike<number>): void {
    this.view(at, values.length).set(values);
  }

  /** `value` in `count` places. */
  fill(at: number, count: number, value: number): void {
    this.view(at, count).fill(value);
  }

  /** A copy of `count` f64, yours to keep. */
  copy(at: number, count: number): Float64Array {
    return this.view(at, count).slice();
  }

  /** A copy of `count` f32, yours to keep. */
  copyF32(at: number, count: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, at, count).slice();
  }

  /** A copy of `count` i32, yours to keep. */
  copyI32(at: number, count: number): Int32Array {
    return this.view32(at, count).slice();
  }

  /** Reads and writes numbers where they lie. Nothing can be allocated meanwhile, and what is looked at is not to be kept.
   *  @param work gets what makes views
   *  @returns what `work` returns, which must not be a view */
  look<T>(work: (views: Views) => T): T {
    const { buffer } = this.kernels.memory;
    this.looks += 1;
    try {
      const result = work({
        f64: (at, count) => new Float64Array(buffer, at, count),
        f32: (at, count) => new Float32Array(buffer, at, count),
        i32: (at, count) => new Int32Array(buffer, at, count),
      });
      if (ArrayBuffer.isView(result) && result.buffer === buffer)
        throw new TypeError("a view of the kernels' memory is not to be kept: copy it");
      return result;
    } finally {
      this.looks -= 1;
    }
  }

  /** @deprecated A view that is kept over an allocation may be detached: use `look`, `write`, `fill` or `copy`. */
  view(at: number, count: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, at, count);
  }

  /** @deprecated As `view`. */
  view32(at: number, count: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, at, count);
  }
}

/** Throws unless a kernel said Ok. */
export function check(kernel: string, status: Status): void {
  switch (status) {
    case Status.Ok:
      return;
    case Status.BadCount:
      throw new KernelStatusError(kernel, status, "a count is out of range");
    case Status.BadParameter:
      throw new KernelStatusError(kernel, status, "a parameter is out of range");
    case Status.NoDraw:
      throw new InvalidParameterError(
        "preset.ranges",
        "ones that draws meet: logScale − logBackground within dynamicRange, and a strain that is not zero at the interface's side",
        "none in 10000 draws",
      );
    default:
      throw new KernelStatusError(kernel, status satisfies never, "unknown status");
  }
}

const workspaces = new WeakMap<AnyExports, Workspace<AnyExports>>();

/** The one workspace of an instance of the kernels: two would write over each other. */
export function workspaceOf<E extends AnyExports>(kernels: E): Workspace<E> {
  let workspace = workspaces.get(kernels);
  if (workspace === undefined) workspaces.set(kernels, (workspace = new Workspace<AnyExports>(kernels)));
  return workspace as Workspace<E>;
}
