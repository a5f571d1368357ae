/** Web workers. `new Worker(new URL(…, import.meta.url))` is the form that bundlers know; the one of this package
 *  rewrites `../../dist/` to `./`. */
import type { WorkerEvents, WorkerHandle, WorkerProgram } from "./workerHost.ts";
import type { Answer, Request } from "./workerMessages.ts";

export function startWorker<Q = Request, A = Answer>(
  { answered, died }: WorkerEvents<A>,
  program: WorkerProgram = "worker",
): WorkerHandle<Q> {
  const worker =
    program === "worker"
      ? new Worker(new URL("../../dist/worker.web.js", import.meta.url), { type: "module" })
      : new Worker(new URL("../../dist/trainer.web.js", import.meta.url), { type: "module" });
  let isOver = false;
  const end = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    worker.terminate();
    died(new Error(reason));
  };
  worker.onmessage = ({ data }: MessageEvent<A>) => {
    if (!isOver) answered(data);
  };
  worker.onmessageerror = () => end("an answer could not be read");
  worker.onerror = (event) => {
    event.preventDefault();
    // A file that cannot be loaded gives an event without a message.
    end(event.message || "its file cannot be loaded");
  };
  return {
    post: (request, transfer = []) => worker.postMessage(request, [...transfer]),
    // A page does not wait for its workers.
    hold: () => undefined,
    terminate: async () => {
      isOver = true;
      worker.terminate();
    },
  };
}

export function parallelism(): number {
  return Math.max(1, navigator.hardwareConcurrency || 1);
}
