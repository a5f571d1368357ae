/** What `#worker-host` resolves to: one module for each family of runtimes, chosen by the conditions of package `imports`
 *  (deno, node, default), never by asking the environment for its name. Bun takes the one of Node. */
import type { Reply, Request, Stop } from "./messages.ts";

/** The package's own programs for workers: the generator of samples, the trainer of networks, and who inverts scans. */
export type WorkerProgram = "worker" | "trainer" | "inverter";

/** What a worker tells whoever started it. */
export interface WorkerEvents {
  /** A message came from the worker. */
  answered(reply: Reply): void;
  /** It ended, failed to start or threw outside its work; told once, and nothing after it. */
  died(reason: Error): void;
}

/** A running worker. */
export interface WorkerHandle {
  /** Sends a message; what is transferred is gone here. */
  post(message: Request | Stop, transfer?: readonly ArrayBuffer[]): void;
  /** Whether the process is to stay for its sake. New ones hold nothing. */
  hold(held: boolean): void;
  /** Ends it where it stands; no event follows. */
  terminate(): Promise<void>;
}

/** Starts a worker. */
export type StartWorker = (events: WorkerEvents) => WorkerHandle;

export interface WorkerHost {
  startWorker(events: WorkerEvents, program?: WorkerProgram): WorkerHandle;
  /** How many workers the machine can run at a time; 0 where there are no workers. */
  parallelism(): number;
}
