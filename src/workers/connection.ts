/** One worker, and what it was asked and has not answered. */
import { TakagiError, WorkerError, type ErrorCode } from "../errors.ts";
import type { StartWorker, WorkerHandle } from "./host.ts";
import type { Failure, Reply } from "./messages.ts";

/** Who waits for an answer. */
export interface Waiting {
  done(answer: unknown): void;
  failed(failure: Failure): void;
  onProgress?(progress: unknown): void;
}

export class Connection {
  readonly #handle: WorkerHandle;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** @param died told once, and nothing after it; who waits is not told */
  constructor(start: StartWorker, died: (reason: Error) => void) {
    this.#handle = start({ answered: (reply) => this.#take(reply), died });
  }

  /** @returns the number of the request, for `stop` */
  ask(
    {
      kind,
      ask,
      transfer,
    }: { readonly kind: string; readonly ask: unknown; readonly transfer?: readonly ArrayBuffer[] },
    waiting: Waiting,
  ): number {
    const id = this.#next++;
    this.#waiting.set(id, waiting);
    // A process lives for as long as it waits for an answer.
    this.#handle.hold(true);
    this.#handle.post({ id, kind, ask }, transfer);
    return id;
  }

  /** Asks that work to end early, with what it has. */
  stop(id: number): void {
    if (this.#waiting.has(id)) this.#handle.post({ id, kind: "stop" });
  }

  /** Ends the worker where it stands; who waits is not told. */
  end(): Promise<void> {
    return this.#handle.terminate();
  }

  #take(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if ("progress" in reply) {
      waiting.onProgress?.(reply.progress);
      return;
    }
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#handle.hold(false);
    if ("failure" in reply) waiting.failed(reply.failure);
    else waiting.done(reply.answer);
  }
}

const CODES: readonly string[] = [
  "INVALID_PARAMETER",
  "NOT_FINITE",
  "KERNEL_LOAD",
  "KERNEL_STATUS",
] satisfies ErrorCode[];

/** What was thrown in a worker, as an error of this side.
 *  @param who threw it, in words */
export function errorOf({ message, code }: Failure, who = "a worker"): Error {
  return code !== undefined && CODES.includes(code)
    ? new TakagiError(code as ErrorCode, message)
    : new WorkerError(`${who} failed: ${message}`);
}
