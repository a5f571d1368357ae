/** The workers of <takagi-view>: all run one file, worker.ts. */
import { adoptWebWorker, type ClientOptions, WorkerClient } from "takagi/workers";
import { WorkError } from "../worker/failures.ts";
import type { ElementWork } from "./protocol.ts";

const CLIENT: ClientOptions = {
  start: (events) => adoptWebWorker(startWorker(), events),
  errorOf: (failure) => new WorkError(failure),
  deathOf: ({ message }) => new WorkError({ code: "WORKER", message }),
};

export function newClient(): WorkerClient<ElementWork> {
  return new WorkerClient<ElementWork>(CLIENT);
}

function startWorker(): Worker {
  try {
    return new Worker(new URL("./view.worker.js", import.meta.url), { type: "module" });
  } catch {
    // Pages may not run workers of another host, such as a CDN, but may import from it in workers of their own.
    const file = import.meta.url.replace(/[^/]*$/, "view.worker.js"),
      program = new Blob([`import ${JSON.stringify(file)};`], { type: "text/javascript" });
    return new Worker(URL.createObjectURL(program), { type: "module" });
  }
}
