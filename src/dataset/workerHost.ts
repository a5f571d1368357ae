/** What `#worker-host` resolves to: one module for each family of runtimes, chosen by the conditions of package `imports`
 *  (deno, node, default), never by asking the environment for its name. Bun takes the one of Node. */
import type { Answer, Request } from "./workerMessages.ts";

/** What a worker tells whoever started it. */
export interface WorkerEvents {
  answered(answer: Answer): void;
  /** It ended, failed to start or threw outside its work; told once, and nothing after it. */
  died(reason: Error): void;
}

/** A running worker. */
export interface WorkerHandle {
  post(request: Request): void;
  /** Whether the process is to stay for its sake. New ones hold nothing. */
  hold(held: boolean): void;
  /** Ends it where it stands; no event follows. */
  terminate(): Promise<void>;
}

export interface WorkerHost {
  startWorker(events: WorkerEvents): WorkerHandle;
  /** How many workers the machine can run at a time, at least 1. */
  parallelism(): number;
}
