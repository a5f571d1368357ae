/** `takagi/batch`: many scans inverted on all cores, on every runtime that has workers, else one after the other. */
import {
  type ErrorCode,
  InvalidParameterError,
  NotFiniteError,
  requireInteger,
  TakagiError,
  UnreachableReflectionError,
  WorkerError,
} from "../errors.ts";
import { checkOptions, type InvertOptions } from "../invert/options.ts";
import type { Reflection, Scan } from "../types.ts";
import { portableKernels } from "../wasm/portable.ts";
import { Crew } from "../workers/crew.ts";
import type { StartWorker } from "../workers/host.ts";
import type { Failure } from "../workers/messages.ts";
import { type InversionAnswer, type InversionTask, type InversionWork, invertTask } from "./work.ts";

export {
  InvalidParameterError,
  NotFiniteError,
  TakagiError,
  UnreachableReflectionError,
  WorkerError,
} from "../errors.ts";
export type { InvertOptions } from "../invert/options.ts";
export type { Inversion, Reflection, Scan } from "../types.ts";
export type { StartWorker } from "../workers/host.ts";
export type { InversionAnswer } from "./work.ts";

/** With how many workers, and how they are started. */
export interface CrewOfInverters {
  /** Workers; as many as the machine runs at a time if absent, 0 where it has none. 0: one scan after the other in this
   *  thread. */
  readonly workers?: number;
  /** Starts a worker that runs `inverter.web.js` or `inverter.node.js` of the package, where the package cannot find its own
   *  (pages with a bundler of another kind). */
  readonly start?: StartWorker;
  /** Ends the inversions. */
  readonly signal?: AbortSignal;
}

/** How many scans are inverted, and by how many workers. */
export interface InvertAllOptions
  extends CrewOfInverters, Omit<InvertOptions, "predictor" | "onProgress" | "signal"> {
  /** A network that is asked first: the name of a shipped one ("universal"), a folder or an address; each worker loads it once. */
  readonly network?: string | URL;
}

/** What came of one item: an inversion and the seconds that it took, or the error that it failed with. */
export type Inverted<Item> = { readonly index: number; readonly item: Item } & (
  (InversionAnswer & { readonly error?: never }) | { readonly inversion?: never; readonly error: Error }
);

/** Scans that may wait for one that takes long, for each worker. */
const AHEAD = 4;

/** Inverts scans on all cores. Results come in the order of the scans, and a scan's result is that of `invert`: it depends
 *  on scan and options alone, not on the other scans, the number of workers or the machine's speed. A scan that fails is
 *  given out with its error; a worker that dies is replaced and its scan inverted again. Leaving the loop and aborting end
 *  the workers.
 *  @param scans as many as there are, without end too; they are asked for a few ahead of whoever takes the results, so that
 *    memory does not grow with their number
 *  @throws {InvalidParameterError} an option that cannot be
 *  @throws `signal.reason` where it is aborted. Where no worker can be started each item has a `WorkerError`
 *  @example
 *  for await (const { index, inversion, error } of invertAll(scans, reflection, { effort: "quick" }))
 *    console.log(index, inversion?.maxStrain ?? error.message); */
export async function* invertAll<S extends Scan>(
  scans: Iterable<S> | AsyncIterable<S>,
  reflection: Reflection,
  { workers, start, signal, network, wasm, ...options }: InvertAllOptions = {},
): AsyncGenerator<Inverted<S>, void, undefined> {
  checkOptions(options);
  const shared = { ...options, ...(await portableKernels(wasm)) },
    asked = network === undefined ? {} : { network: String(network) };
  yield* invertEach(scans, (scan) => ({ scan, reflection, options: shared, ...asked }), {
    ...(workers === undefined ? {} : { workers }),
    ...(start === undefined ? {} : { start }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** `invertAll` for items of any kind.
 *  @param taskOf may throw: the item is given out with that error
 *  @internal */
export async function* invertEach<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  taskOf: (item: Item) => InversionTask | Promise<InversionTask>,
  { workers, start, signal }: CrewOfInverters,
): AsyncGenerator<Inverted<Item>, void, undefined> {
  if (workers !== undefined) requireInteger("workers", workers, 0, 1024);
  signal?.throwIfAborted();
  const host = await import("#worker-host"),
    size = workers ?? (start === undefined ? host.parallelism() : Math.max(1, host.parallelism()));
  const crew =
    size === 0 ? undefined : crewOf(size, start ?? ((events) => host.startWorker(events, "inverter")));
  const invertOne = async (task: InversionTask): Promise<InversionAnswer> =>
    crew === undefined
      ? invertTask(task, signal)
      : crew.run({ kind: "invert", ask: task }, signal === undefined ? {} : { signal });
  const work = async (item: Item, index: number): Promise<Inverted<Item>> => {
    try {
      return { index, item, ...(await invertOne(await taskOf(item))) };
    } catch (error) {
      signal?.throwIfAborted();
      return { index, item, error: error instanceof Error ? error : new Error(String(error)) };
    }
  };
  try {
    yield* ordered(items, work, crew === undefined ? 1 : AHEAD * size, signal);
  } finally {
    await crew?.close();
  }
}

/** Something that is awaited. */
interface Awaited<T> {
  /** undefined until it is there. */
  outcome?: { readonly value: T } | { readonly error: unknown };
}

/** Rings when something that is awaited is there. */
class Bell {
  #heard = (): void => undefined;
  readonly ring = (): void => this.#heard();

  next(): Promise<void> {
    return new Promise((resolve) => (this.#heard = resolve));
  }

  awaited<T>(promise: Promise<T>): Awaited<T> {
    const slot: Awaited<T> = {},
      settle = (outcome: NonNullable<Awaited<T>["outcome"]>): void => {
        slot.outcome = outcome;
        this.ring();
      };
    promise.then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
    return slot;
  }
}

/** Results in the order of the items, `ahead` of which are in work. Neither waits for the other: a result is given out while the
 *  next item is awaited, and an abort is heard while both are. */
async function* ordered<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item, index: number) => Promise<Result>,
  ahead: number,
  signal = new AbortController().signal,
): AsyncGenerator<Result, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator](),
    bell = new Bell(),
    inWork: Awaited<Result>[] = [];
  let count = 0,
    next: Awaited<IteratorResult<Item>> | undefined,
    isEnded = false;
  signal.addEventListener("abort", bell.ring);
  try {
    for (;;) {
      signal.throwIfAborted();
      if (!isEnded && inWork.length < ahead) next ??= bell.awaited(Promise.resolve(source.next()));
      if (next?.outcome !== undefined) {
        const { done, value } = valueOf(next.outcome);
        next = undefined;
        if (done === true) isEnded = true;
        else inWork.push(bell.awaited(work(value, count++)));
      } else if (inWork[0]?.outcome !== undefined) yield valueOf(inWork.shift()!.outcome!);
      else if (next === undefined && inWork.length === 0) return;
      else await bell.next();
    }
  } finally {
    signal.removeEventListener("abort", bell.ring);
    if (!isEnded) await closed(source, next !== undefined);
  }
}

/** Tells a source that no more is asked of it. One that is awaited may never answer. */
async function closed(source: Iterator<unknown> | AsyncIterator<unknown>, isAwaited: boolean): Promise<void> {
  const end = Promise.resolve(source.return?.());
  if (isAwaited) end.catch(() => undefined);
  else await end;
}

function valueOf<T>(outcome: NonNullable<Awaited<T>["outcome"]>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

function crewOf(size: number, start: StartWorker): Crew<InversionWork> {
  return new Crew<InversionWork>({
    start,
    size,
    tasksAtATime: 1,
    name: "the crew of inverters",
    cannot: () => "the scan cannot be inverted",
    errorOf,
  });
}

/** The error of a scan, as `invert` throws it in this thread: of the class of its code, with its words. */
function errorOf({ message, code, parameter }: Failure): Error {
  if (code === undefined) return new Error(message);
  const error = new TakagiError(code as ErrorCode, message),
    kind = CLASSES[code as keyof typeof CLASSES];
  if (kind === undefined) return error;
  Object.setPrototypeOf(error, kind.prototype as object);
  return Object.assign(error, { name: kind.name }, parameter !== undefined && { parameter });
}

const CLASSES = {
  INVALID_PARAMETER: InvalidParameterError,
  NOT_FINITE: NotFiniteError,
  UNREACHABLE_REFLECTION: UnreachableReflectionError,
  WORKER: WorkerError,
};
