/** Web workers. `new Worker(new URL(…, import.meta.url))` is the form that bundlers know; the one of this package
 *  rewrites `../../dist/` to `./`. */
import type { WorkerEvents, WorkerHandle, WorkerProgram } from "./host.ts";
import { adoptWebWorker } from "./webWorker.ts";

export function startWorker(events: WorkerEvents, program: WorkerProgram = "worker"): WorkerHandle {
  return adoptWebWorker(start(program), events);
}

function start(program: WorkerProgram): Worker {
  switch (program) {
    case "worker":
      return new Worker(new URL("../../dist/worker.web.js", import.meta.url), { type: "module" });
    case "trainer":
      return new Worker(new URL("../../dist/trainer.web.js", import.meta.url), { type: "module" });
    case "inverter":
      return new Worker(new URL("../../dist/inverter.web.js", import.meta.url), { type: "module" });
  }
}

export function parallelism(): number {
  return typeof Worker === "undefined" ? 0 : Math.max(1, navigator.hardwareConcurrency || 1);
}
