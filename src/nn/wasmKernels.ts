/** What training needs and tfjs's WASM backend lacks or has only slowly: kernels of ours that work in place on the
 *  tensors of that backend, in its own memory (assembly/nn/). They have names of their own; the one kernel of tfjs that is
 *  replaced, "Identity", gives the same values without a copy. */
import type { NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import relaxed from "../../build/takagi.nn.relaxed.wasm?base64";
import scalar from "../../build/takagi.nn.scalar.wasm?base64";
import simd from "../../build/takagi.nn.wasm?base64";
import { Status } from "../../assembly/status.ts";
import { KernelLoadError, KernelStatusError } from "../errors.ts";
import type { Platform } from "./backend/platform.ts";

type Tf = typeof import("@tensorflow/tfjs-core");

/** Fused multiply and add ("relaxed"), SIMD, or neither: the best that the machine takes. */
export type TrainingBuild = "relaxed" | "simd" | "scalar";

interface Exports {
  convolutionScratch(
    images: number,
    length: number,
    channels: number,
    taps: number,
    stride: number,
    outputs: number,
  ): number;
  convolution(
    x: number,
    w: number,
    bias: number,
    images: number,
    length: number,
    channels: number,
    taps: number,
    stride: number,
    before: number,
    rows: number,
    outputs: number,
    y: number,
    scratch: number,
  ): Status;
  convolutionInputGradient(
    dy: number,
    w: number,
    images: number,
    length: number,
    channels: number,
    taps: number,
    stride: number,
    before: number,
    rows: number,
    outputs: number,
    dx: number,
    scratch: number,
  ): Status;
  convolutionFilterGradient(
    x: number,
    dy: number,
    images: number,
    length: number,
    channels: number,
    taps: number,
    stride: number,
    before: number,
    rows: number,
    outputs: number,
    dw: number,
    scratch: number,
  ): Status;
  momentsScratch(channels: number): number;
  normalisationScratch(channels: number): number;
  moments(x: number, rows: number, channels: number, mean: number, variance: number, scratch: number): Status;
  scaleShift(
    x: number,
    rows: number,
    channels: number,
    scale: number,
    shift: number,
    add: number,
    rectify: number,
    y: number,
  ): Status;
  normalisationGradient(
    x: number,
    y: number,
    dy: number,
    rows: number,
    channels: number,
    mean: number,
    inverse: number,
    gamma: number,
    isOfBatch: number,
    dx: number,
    dGamma: number,
    dBeta: number,
    scratch: number,
  ): Status;
  squareSum(x: number, count: number): number;
  adamw(
    w: number,
    gradient: number,
    m: number,
    v: number,
    average: number,
    count: number,
    beta1: number,
    beta2: number,
    scale: number,
    decay: number,
    rate: number,
    epsilon: number,
    keep: number,
  ): Status;
  maxPool(x: number, images: number, length: number, channels: number, y: number): Status;
  maxPoolGradient(
    x: number,
    dy: number,
    images: number,
    length: number,
    channels: number,
    dx: number,
  ): Status;
}

/** What is used of tfjs's WASM backend, 4.x. */
interface WasmBackend {
  readonly wasm: {
    readonly asm: Record<string, unknown>;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  incRef(dataId: object): void;
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
}

interface Attached {
  readonly exports: Exports;
  readonly build: TrainingBuild;
  scratch: { address: number; bytes: number };
}

const BINARIES: Readonly<Record<TrainingBuild, string>> = { relaxed, simd, scalar };
const attached = new WeakMap<WasmBackend, Attached>();
let isRegistered = false;

/** Shape of a convolution: x [images, length, channels], w [taps, channels, outputs], y [images, rows, outputs]. */
export interface ConvolutionShape {
  readonly length: number;
  readonly taps: number;
  readonly stride: number;
  readonly before: number;
  readonly rows: number;
}

/** Adds the kernels to the WASM backend that is now in use; does nothing where they are there.
 *  @param options.module the compiled takagi.nn.wasm, for runtimes that compile nothing (workerd)
 *  @param options.build which of the builds; the best that the machine takes
 *  @throws {KernelLoadError} where the backend is another, or hides its memory */
export async function attachKernels(
  tf: Tf,
  options: { readonly module?: WebAssembly.Module; readonly build?: TrainingBuild } = {},
): Promise<TrainingBuild> {
  if (tf.getBackend() !== "wasm")
    throw new KernelLoadError(
      `the training kernels are for tfjs's WASM backend; in use is ${tf.getBackend()}`,
    );
  const backend = tf.backend() as unknown as WasmBackend;
  const before = attached.get(backend);
  if (before !== undefined && (options.build === undefined || options.build === before.build))
    return before.build;
  const memory = Object.values(backend.wasm.asm).find((entry) => entry instanceof WebAssembly.Memory);
  if (
    memory === undefined ||
    (typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer)
  ) {
    throw new KernelLoadError(
      "tfjs's WASM backend does not show its memory, or has several threads: use the build with one thread",
    );
  }
  const { build, module } = await compiled(options);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  attached.set(backend, {
    exports: instance.exports as unknown as Exports,
    build,
    scratch: { address: 0, bytes: 0 },
  });
  register(tf);
  return build;
}

/** Whether the backend in use has them. */
export function hasKernels(tf: Tf): boolean {
  return tf.getBackend() === "wasm" && attached.has(tf.backend() as unknown as WasmBackend);
}

async function compiled({
  module,
  build,
}: {
  readonly module?: WebAssembly.Module;
  readonly build?: TrainingBuild;
}): Promise<{ build: TrainingBuild; module: WebAssembly.Module }> {
  const given = module ?? (await shippedModule());
  if (given !== undefined) return { build: build ?? "simd", module: given };
  const candidates: readonly TrainingBuild[] = build === undefined ? ["relaxed", "simd", "scalar"] : [build];
  for (const candidate of candidates) {
    const bytes = Uint8Array.from(atob(BINARIES[candidate]), (character) => character.charCodeAt(0));
    if (WebAssembly.validate(bytes)) return { build: candidate, module: await WebAssembly.compile(bytes) };
  }
  throw new KernelLoadError(`this machine does not take the training kernels (${candidates.join(", ")})`);
}

/** Of runtimes that compile nothing themselves. */
async function shippedModule(): Promise<WebAssembly.Module | undefined> {
  const { platform } = (await import("#nn-platform")) as { platform: Platform };
  return platform.trainingKernels;
}

/** One call: addresses of tensors, outputs, scratch; the status looked at. */
class Call {
  readonly exports: Exports;
  readonly #backend: WasmBackend;
  readonly #state: Attached;
  constructor(backend: unknown) {
    this.#backend = backend as WasmBackend;
    const state = attached.get(this.#backend);
    if (state === undefined)
      throw new KernelLoadError("the training kernels are not attached to this backend");
    this.#state = state;
    this.exports = state.exports;
  }
  address(tensor: TensorInfo): number {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }
  output(shape: number[]): TensorInfo {
    return this.#backend.makeOutput(shape, "float32");
  }
  scratch(bytes: number): number {
    const { scratch } = this.#state;
    if (scratch.bytes < bytes) {
      if (scratch.address !== 0) this.#backend.wasm._free(scratch.address);
      scratch.address = this.#backend.wasm._malloc(bytes) >>> 0;
      scratch.bytes = bytes;
      if (scratch.address === 0) throw new KernelLoadError(`no memory for ${bytes} bytes of scratch`);
    }
    return scratch.address;
  }
}

function check(kernel: string, status: Status): void {
  if (status !== Status.Ok) throw new KernelStatusError(kernel, status, "a shape is wrong");
}

/** Kernel functions by name: tensors and shapes in, tensors out. */
const KERNELS: Readonly<
  Record<string, (call: Call, inputs: NamedTensorInfoMap, attrs: NamedAttrMap) => TensorInfo | TensorInfo[]>
> = {
  TakagiConvolution(call, { x, w, bias }, attrs) {
    const { length, taps, stride, before, rows } = attrs as unknown as ConvolutionShape;
    const [images, , channels] = x!.shape as [number, number, number],
      outputs = w!.shape[2]!;
    const y = call.output([images, rows, outputs]),
      scratch = call.scratch(
        call.exports.convolutionScratch(images, length, channels, taps, stride, outputs),
      );
    check(
      "convolution",
      call.exports.convolution(
        call.address(x!),
        call.address(w!),
        bias === undefined ? 0 : call.address(bias),
        images,
        length,
        channels,
        taps,
        stride,
        before,
        rows,
        outputs,
        call.address(y),
        scratch,
      ),
    );
    return y;
  },
  TakagiConvolutionInputGradient(call, { dy, w }, attrs) {
    const { length, taps, stride, before, rows } = attrs as unknown as ConvolutionShape;
    const images = dy!.shape[0]!,
      [, channels, outputs] = w!.shape as [number, number, number];
    const dx = call.output([images, length, channels]),
      scratch = call.scratch(
        call.exports.convolutionScratch(images, length, channels, taps, stride, outputs),
      );
    check(
      "convolutionInputGradient",
      call.exports.convolutionInputGradient(
        call.address(dy!),
        call.address(w!),
        images,
        length,
        channels,
        taps,
        stride,
        before,
        rows,
        outputs,
        call.address(dx),
        scratch,
      ),
    );
    return dx;
  },
  TakagiConvolutionFilterGradient(call, { x, dy }, attrs) {
    const { length, taps, stride, before, rows } = attrs as unknown as ConvolutionShape;
    const [images, , channels] = x!.shape as [number, number, number],
      outputs = dy!.shape[2]!;
    const dw = call.output([taps, channels, outputs]),
      scratch = call.scratch(
        call.exports.convolutionScratch(images, length, channels, taps, stride, outputs),
      );
    check(
      "convolutionFilterGradient",
      call.exports.convolutionFilterGradient(
        call.address(x!),
        call.address(dy!),
        images,
        length,
        channels,
        taps,
        stride,
        before,
        rows,
        outputs,
        call.address(dw),
        scratch,
      ),
    );
    return dw;
  },
  TakagiMoments(call, { x }) {
    const [rows, channels] = rowsOf(x!);
    const mean = call.output([channels]),
      variance = call.output([channels]);
    check(
      "moments",
      call.exports.moments(
        call.address(x!),
        rows,
        channels,
        call.address(mean),
        call.address(variance),
        call.scratch(call.exports.momentsScratch(channels)),
      ),
    );
    return [mean, variance];
  },
  TakagiScaleShift(call, { x, scale, shift, add }, { rectify }) {
    const [rows, channels] = rowsOf(x!),
      y = call.output(x!.shape);
    check(
      "scaleShift",
      call.exports.scaleShift(
        call.address(x!),
        rows,
        channels,
        call.address(scale!),
        call.address(shift!),
        add === undefined ? 0 : call.address(add),
        rectify === true ? 1 : 0,
        call.address(y),
      ),
    );
    return y;
  },
  TakagiNormalisationGradient(call, { x, y, dy, mean, inverse, gamma }, { rectify, isOfBatch }) {
    const [rows, channels] = rowsOf(x!),
      dx = call.output(x!.shape),
      dGamma = call.output([channels]),
      dBeta = call.output([channels]);
    check(
      "normalisationGradient",
      call.exports.normalisationGradient(
        call.address(x!),
        rectify === true ? call.address(y!) : 0,
        call.address(dy!),
        rows,
        channels,
        call.address(mean!),
        call.address(inverse!),
        call.address(gamma!),
        isOfBatch === true ? 1 : 0,
        call.address(dx),
        call.address(dGamma),
        call.address(dBeta),
        call.scratch(call.exports.normalisationScratch(channels)),
      ),
    );
    return [dx, dGamma, dBeta];
  },
  TakagiMaxPool(call, { x }) {
    const [images, length, channels] = x!.shape as [number, number, number],
      y = call.output([images, length >> 1, channels]);
    check("maxPool", call.exports.maxPool(call.address(x!), images, length, channels, call.address(y)));
    return y;
  },
  TakagiMaxPoolGradient(call, { x, dy }) {
    const [images, length, channels] = x!.shape as [number, number, number],
      dx = call.output([images, length, channels]);
    check(
      "maxPoolGradient",
      call.exports.maxPoolGradient(
        call.address(x!),
        call.address(dy!),
        images,
        length,
        channels,
        call.address(dx),
      ),
    );
    return dx;
  },
};

function rowsOf({ shape }: TensorInfo): [rows: number, channels: number] {
  const channels = shape.at(-1)!;
  return [shape.slice(0, -1).reduce((product, size) => product * size, 1), channels];
}

function register(tf: Tf): void {
  if (isRegistered) return;
  isRegistered = true;
  shareCopies(tf);
  for (const [kernelName, run] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, attrs, backend }) => run(new Call(backend), inputs, attrs ?? {}),
    });
  }
}

/** What makes a copy of a tensor shares its memory, as on tfjs's other backends: its gradients keep copies of most tensors,
 *  and here each was made byte by byte. */
function shareCopies({ getKernel, registerKernel, unregisterKernel }: Tf): void {
  const copying = getKernel("Identity", "wasm").kernelFunc;
  unregisterKernel("Identity", "wasm");
  registerKernel({
    kernelName: "Identity",
    backendName: "wasm",
    kernelFunc: (parameters) => {
      const { x } = parameters.inputs;
      if (x!.dtype === "string") return copying(parameters);
      (parameters.backend as WasmBackend).incRef(x!.dataId);
      return { dataId: x!.dataId, shape: x!.shape, dtype: x!.dtype };
    },
  });
}

/** Σ x² over tensors, in their order; they lie in the memory of the WASM backend. */
export function squareSum(tf: Tf, tensors: readonly Tensor[]): number {
  const call = new Call(tf.backend());
  return tensors.reduce((sum, tensor) => sum + call.exports.squareSum(call.address(tensor), tensor.size), 0);
}

/** A step of AdamW in place: w, m, v and average must share their memory with no other tensor. */
export function adamw(
  tf: Tf,
  {
    w,
    gradient,
    m,
    v,
    average,
  }: {
    readonly w: Tensor;
    readonly gradient: Tensor;
    readonly m: Tensor;
    readonly v: Tensor;
    readonly average: Tensor | undefined;
  },
  {
    beta1,
    beta2,
    scale,
    decay,
    rate,
    epsilon,
    keep,
  }: Readonly<Record<"beta1" | "beta2" | "scale" | "decay" | "rate" | "epsilon" | "keep", number>>,
): void {
  const call = new Call(tf.backend());
  check(
    "adamw",
    call.exports.adamw(
      call.address(w),
      call.address(gradient),
      call.address(m),
      call.address(v),
      average === undefined ? 0 : call.address(average),
      w.size,
      beta1,
      beta2,
      scale,
      decay,
      rate,
      epsilon,
      keep,
    ),
  );
}

/** Runs one of the kernels on tensors of the WASM backend. */
export function runKernel<T extends Tensor | Tensor[]>(
  tf: Tf,
  name: keyof typeof KERNELS & string,
  inputs: Record<string, Tensor>,
  attrs: object = {},
): T {
  return tf.engine().runKernel(name, inputs, attrs as NamedAttrMap) as T;
}
