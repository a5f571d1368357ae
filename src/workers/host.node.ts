/** Worker threads: Node, Deno, Bun. The bundler rewrites `../../dist/` to `./`: sources use the worker that was built. */
import { availableParallelism } from "node:os";
import { Worker, type WorkerOptions } from "node:worker_threads";
import type { WorkerEvents, WorkerHandle, WorkerProgram } from "./host.ts";
import type { Reply } from "./messages.ts";

export function startWorker(
  { answered, died }: WorkerEvents,
  program: WorkerProgram = "worker",
): WorkerHandle {
  // Without the options of the process: those of `node --input-type=module --eval` are not for files.
  const options = { execArgv: [] };
  const worker = start(program, options);
  worker.unref();
  let isOver = false;
  const end = (reason: Error): void => {
    if (isOver) return;
    isOver = true;
    died(reason);
    // One that threw may still run.
    void worker.terminate();
  };
  worker.on("message", (reply: Reply) => {
    if (!isOver) answered(reply);
  });
  worker.on("messageerror", end);
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`it exited with code ${code}`)));
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    terminate: async () => {
      isOver = true;
      await worker.terminate();
    },
  };
}

/** Each in the form that bundlers know. */
function start(program: WorkerProgram, options: WorkerOptions): Worker {
  switch (program) {
    case "worker":
      return new Worker(new URL("../../dist/worker.node.js", import.meta.url), options);
    case "trainer":
      return new Worker(new URL("../../dist/trainer.node.js", import.meta.url), options);
    case "inverter":
      return new Worker(new URL("../../dist/inverter.node.js", import.meta.url), options);
  }
}

export function parallelism(): number {
  return availableParallelism();
}
