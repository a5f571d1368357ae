/** Worker threads: Node, Deno, Bun. The bundler rewrites `../../dist/` to `./`: sources use the worker that was built. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { WorkerEvents, WorkerHandle, WorkerProgram } from "./workerHost.ts";
import type { Answer, Request } from "./workerMessages.ts";

export function startWorker<Q = Request, A = Answer>(
  { answered, died }: WorkerEvents<A>,
  program: WorkerProgram = "worker",
): WorkerHandle<Q> {
  // Without the options of the process: those of `node --input-type=module --eval` are not for files.
  const options = { execArgv: [] };
  const worker =
    program === "worker"
      ? new Worker(new URL("../../dist/worker.node.js", import.meta.url), options)
      : new Worker(new URL("../../dist/trainer.node.js", import.meta.url), options);
  worker.unref();
  let isOver = false;
  const end = (reason: Error): void => {
    if (isOver) return;
    isOver = true;
    died(reason);
    // One that threw may still run.
    void worker.terminate();
  };
  worker.on("message", (answer: A) => {
    if (!isOver) answered(answer);
  });
  worker.on("messageerror", end);
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`it exited with code ${code}`)));
  return {
    post: (request, transfer = []) => worker.postMessage(request, [...transfer]),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    terminate: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
}

export function parallelism(): number {
  return availableParallelism();
}
