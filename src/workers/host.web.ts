/** Web workers. `new Worker(new URL(…, import.meta.url))` is the form that bundlers know; the one of this package
 *  rewrites `../../dist/` to `./`. */
import type { WorkerEvents, WorkerHandle, WorkerProgram } from "./host.ts";
import { adoptWebWorker } from "./webWorker.ts";

export function startWorker(events: WorkerEvents, program: WorkerProgram = "worker"): WorkerHandle {
  const worker =
    program === "worker"
      ? new Worker(new URL("../../dist/worker.web.js", import.meta.url), { type: "module" })
      : new Worker(new URL("../../dist/trainer.web.js", import.meta.url), { type: "module" });
  return adoptWebWorker(worker, events);
}

export function parallelism(): number {
  return Math.max(1, navigator.hardwareConcurrency || 1);
}
