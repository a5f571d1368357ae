/** The work of a worker: opens a generator, makes the slices it is asked for, hands their memory over. */
import { createGenerator, type SampleGenerator } from "./generator.ts";
import type { Answer, CreateGenerator, Failure, Recipe, Request } from "./workerMessages.ts";

/** @param answer sends to the pool; the buffers go with it
 *  @returns what to do with each request of the pool */
export function serve(answer: (answer: Answer, transfer: ArrayBuffer[]) => void): (request: Request) => void {
  let opening: Promise<SampleGenerator> | undefined;

  async function respond(request: Request): Promise<void> {
    if (request.kind === "open") {
      await (opening = openGenerator(request.recipe));
      answer({ kind: "ready" }, []);
      return;
    }
    if (opening === undefined)
      throw new Error("the worker was asked for samples before it was told of which kind");
    const generator = await opening;
    const batch = generator.generate(request.seed, request.first, request.count);
    const [inputs, labels, extras] = [owned(batch.inputs), owned(batch.labels), owned(batch.extras)];
    answer({ kind: "batch", inputs, labels, extras }, [inputs.buffer, labels.buffer, extras.buffer]);
  }

  // One after the other, so that the answers keep the order of the requests.
  let queue = Promise.resolve();
  return (request) => {
    queue = queue
      .then(() => respond(request))
      .catch((error: unknown) => answer({ kind: "failed", error: failureOf(error) }, []));
  };
}

/** This package's generator, or that of the module which the recipe names. */
export async function openGenerator({ preset, noise, wasm, module }: Recipe): Promise<SampleGenerator> {
  const options = { noise, ...(wasm === undefined ? {} : { wasm }) };
  if (module === undefined) return createGenerator(preset, options);
  const other = (await import(/* @vite-ignore */ /* webpackIgnore: true */ module)) as {
    createGenerator: CreateGenerator;
  };
  return other.createGenerator(preset, options);
}

/** An array whose memory holds nothing else and can be given away. */
function owned(values: Float32Array): Float32Array<ArrayBuffer> {
  const isAlone = values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength;
  return isAlone ? (values as Float32Array<ArrayBuffer>) : values.slice();
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return { message: error.message, ...(typeof code === "string" ? { code } : {}) };
}
