/** Memory of the kernels, owned by the host: allocated in blocks that are given back in `finally`; kernels never
 *  allocate, views are made when used and never kept, because growing the memory detaches them. */
import { Status } from "../../assembly/status.ts";
import { InvalidParameterError, KernelStatusError } from "../errors.ts";
import type { AnyExports, KernelExports } from "./exports.ts";

const PAGE = 65536;
const LIMIT = 1 << 30;

export class Workspace<E extends AnyExports = KernelExports> {
  readonly kernels: E;
  private top: number;

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
    this.view(at, values.length).set(values);
    return at;
  }

  view(at: number, count: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, at, count);
  }

  view32(at: number, count: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, at, count);
  }

  copy(at: number, count: number): Float64Array {
    return this.view(at, count).slice();
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
