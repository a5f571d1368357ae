/** The fit after the network for many samples, on all cores. */
import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { WorkerError } from "../errors.ts";
import type { Effort } from "../invert/options.ts";
import type { Judgement } from "./evaluate.ts";
import { inputsOf } from "./inputs.ts";
import type { Predictor } from "../nn/predict.ts";
import type { Refined } from "./refine.ts";
import type { RefineAnswer, RefineRequest } from "./refineMessages.ts";

export interface RefineAllOptions {
  /** Processes; one a core if absent. */
  readonly workers?: number;
  /** "normal" if absent. */
  readonly effort?: Effort;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, count: number) => void;
  /** For tests: address of a module with another `createRefiner`. */
  readonly module?: string;
}

/** Rows of labels that a fit of each sample starts from: the network's answer, then its proposals. */
const PROPOSALS = 64;
/** Samples whose proposals are drawn at a time. */
const BATCH = 32;

/** @param predictor asked for proposals, where it has any
 *  @returns the fits in the order of the judgement's rows, and the processor's seconds of all
 *  @throws {WorkerError} where a process dies or a fit throws; `signal.reason` where it is aborted */
export async function refineAll(
  predictor: Predictor,
  { generator, streamSeed, index, predicted }: Judgement,
  options: RefineAllOptions = {},
): Promise<{ refined: Refined[]; seconds: number }> {
  const { signal, onProgress, module } = options,
    count = index.length,
    width = predicted.names.length;
  const children: ChildProcess[] = [],
    refined = new Array<Refined>(count);
  let next = 0,
    done = 0,
    seconds = 0;
  signal?.throwIfAborted();
  const batches = new Map<number, Promise<Float32Array[][]>>();
  const startsOf = async (row: number): Promise<Float32Array[]> => {
    const own = predicted.labels.slice(row * width, (row + 1) * width);
    if (!predictor.proposes) return [own];
    const batch = Math.floor(row / BATCH);
    let proposed = batches.get(batch);
    if (proposed === undefined) {
      proposed = proposalsOf(batch * BATCH);
      batches.set(batch, proposed);
      batches.delete(batch - 3);
    }
    return [own, ...(await proposed)[row - batch * BATCH]!];
  };
  const proposalsOf = async (first: number): Promise<Float32Array[][]> => {
    const { inputs, extras } = inputsOf({
      generator,
      streamSeed,
      index: index.subarray(first, first + BATCH),
    });
    const found = await predictor.proposeInputs(inputs, PROPOSALS, extras);
    return found.map((proposals) => proposals.map(({ labels }) => Float32Array.from(labels)));
  };
  const extrasOf = (row: number): Record<string, number> => {
    const { extras } = generator.labels(streamSeed, index[row]!, 1);
    return Object.fromEntries(generator.extraNames.map((name, k) => [name, extras[k]!]));
  };
  let abort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      abort = () => reject(signal!.reason as Error);
      signal?.addEventListener("abort", abort);
      const give = (child: ChildProcess): void => {
        if (next >= count) return;
        const row = next++;
        startsOf(row)
          .then((rows) =>
            post(child, { kind: "refine", row, index: index[row]!, rows, extras: extrasOf(row) }),
          )
          .catch(reject);
      };
      for (let k = 0; k < Math.min(count, Math.max(1, options.workers ?? availableParallelism())); k++) {
        // The options of this process are not for files of another.
        const child = fork(new URL("../../dist/refineProcess.node.js", import.meta.url), {
          serialization: "advanced",
          execArgv: [],
        });
        children.push(child);
        child.on("error", (cause) =>
          reject(new WorkerError(`a process that fits cannot be started: ${cause.message}`, { cause })),
        );
        child.on("exit", (code, by) =>
          reject(new WorkerError(`a process that fits ended (${by ?? `code ${code}`})`)),
        );
        child.on("message", (answer: RefineAnswer) => {
          if (answer.kind === "failed") return reject(new WorkerError(`a fit failed: ${answer.message}`));
          if (answer.kind === "ready") return give(child);
          refined[answer.row] = answer.refined;
          seconds += answer.seconds;
          done += 1;
          onProgress?.(done, count);
          if (done === count) resolve();
          else give(child);
        });
        post(child, {
          kind: "open",
          preset: generator.preset,
          noise: generator.noise,
          names: predicted.names,
          effort: options.effort ?? "normal",
          seed: streamSeed,
          ...(module === undefined ? {} : { module }),
        });
      }
    });
    return { refined, seconds };
  } finally {
    if (abort !== undefined) signal?.removeEventListener("abort", abort);
    for (const child of children) child.removeAllListeners().kill("SIGKILL");
  }
}

function post(child: ChildProcess, request: RefineRequest): void {
  // What cannot be sent is told by the process's end.
  child.send(request, () => undefined);
}
