/** The page's side of its workers. */
import type { Failure, ProgressOf, Request, Response, Stop, Work, WorkKind } from "./protocol.ts";

export class WorkError extends Error {
  readonly code: string;
  readonly parameter: string | undefined;
  constructor({ code, message, parameter }: Failure) {
    super(message);
    this.code = code;
    this.parameter = parameter;
  }
}

/** Thrown where work was cancelled; not an error to show. */
export class Cancelled extends Error {}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((progress: never) => void) | undefined;
}

/** One worker, started when first asked. */
export class WorkerClient {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** Starts the worker, so that the first question finds it ready. */
  start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./crew.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Response>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stop(
        new WorkError({
          code: "WORKER",
          message: event.message || "the program that computes could not be loaded",
        }),
      );
    };
    return (this.#worker = worker);
  }

  /** @param signal asks the work to end early, with what it has */
  call<K extends WorkKind>(
    kind: K,
    ask: Work[K]["ask"],
    onProgress?: (progress: ProgressOf<K>) => void,
    signal?: AbortSignal,
  ): Promise<Work[K]["answer"]> {
    const id = this.#next++;
    const stop: Stop = { id, kind: "stop" };
    signal?.addEventListener("abort", () => this.#worker?.postMessage(stop));
    const request: Request<K> = { id, kind, ask };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.start().postMessage(request);
    });
  }

  /** Ends the worker in the midst of its work; what waits for it is rejected with Cancelled. */
  cancel(): void {
    this.#stop(new Cancelled("cancelled"));
  }

  #take(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ("progress" in response) {
      waiting.onProgress?.(response.progress as never);
      return;
    }
    this.#waiting.delete(response.id);
    if ("failure" in response) waiting.reject(new WorkError(response.failure));
    else waiting.resolve(response.answer as never);
  }

  #stop(reason: Error): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
