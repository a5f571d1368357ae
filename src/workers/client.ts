/** One worker with work of several kinds, started when it is first asked. */
import { WorkerError } from "../errors.ts";
import { Connection, errorOf } from "./connection.ts";
import type { StartWorker } from "./host.ts";
import type { Answer, Ask, Failure, Kind, Progress, Works } from "./messages.ts";

/** How a worker is started, and what its failures become. */
export interface ClientOptions {
  /** Starts it. */
  readonly start: StartWorker;
  /** What the caller sees of what was thrown in the worker. */
  readonly errorOf?: (failure: Failure) => Error;
  /** What the caller sees where the worker died. */
  readonly deathOf?: (reason: Error) => Error;
  /** Whether the call after a death starts another worker (default); else it is rejected for that death. */
  readonly restarts?: boolean;
}

/** What goes with a call of a worker. */
export interface CallOptions<P> {
  /** Called with what the worker tells meanwhile. */
  readonly onProgress?: ((progress: P) => void) | undefined;
  /** Asks the work to end early, with what it has. */
  readonly stop?: AbortSignal;
  /** Buffers that go with what is asked. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** One worker that is asked for many things; it starts with the first. */
export class WorkerClient<W extends Works<W>> {
  readonly #options: ClientOptions;
  readonly #rejects = new Set<(error: Error) => void>();
  #connection: Connection | undefined;
  #death: Error | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Starts the worker, so that the first question finds it ready. */
  start(): void {
    this.#connect();
  }

  /** @throws what `errorOf` and `deathOf` make of failures and deaths; the reason given to `end` */
  call<K extends Kind<W>>(
    kind: K,
    ask: Ask<W, K>,
    { onProgress, stop, transfer = [] }: CallOptions<Progress<W, K>> = {},
  ): Promise<Answer<W, K>> {
    return new Promise((resolve, reject) => {
      if (this.#death !== undefined && this.#options.restarts === false) {
        reject(this.#death);
        return;
      }
      const connection = this.#connect(),
        settle = (act: () => void): void => {
          this.#rejects.delete(reject);
          stop?.removeEventListener("abort", onStop);
          act();
        };
      const id = connection.ask(
        { kind, ask, transfer },
        {
          done: (answer) => settle(() => resolve(answer as Answer<W, K>)),
          failed: (failure) => settle(() => reject((this.#options.errorOf ?? errorOf)(failure))),
          ...(onProgress === undefined ? {} : { onProgress: onProgress as (progress: unknown) => void }),
        },
      );
      const onStop = (): void => connection.stop(id);
      this.#rejects.add(reject);
      stop?.addEventListener("abort", onStop);
    });
  }

  /** Ends the worker in the midst of its work; who waits for it is rejected. The next call starts another one. */
  async end(reason: Error = new WorkerError("the worker was ended")): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#rejectAll(reason);
    await connection?.end();
  }

  #connect(): Connection {
    return (this.#connection ??= new Connection(this.#options.start, (reason) => {
      this.#connection = undefined;
      this.#death =
        this.#options.deathOf?.(reason) ??
        new WorkerError(`a worker died: ${reason.message}`, { cause: reason });
      this.#rejectAll(this.#death);
    }));
  }

  #rejectAll(reason: Error): void {
    const rejects = [...this.#rejects];
    this.#rejects.clear();
    for (const reject of rejects) reject(reason);
  }
}
