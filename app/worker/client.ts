/** The page's workers: all run one file, worker.ts. */
import { adoptWebWorker, type ClientOptions, type StartWorker } from "takagi/workers";
import { WorkError } from "./failures.ts";

export const start: StartWorker = (events) =>
  adoptWebWorker(new Worker(new URL("./crew.js", import.meta.url), { type: "module" }), events);

export const CLIENT: ClientOptions = {
  start,
  errorOf: (failure) => new WorkError(failure),
  deathOf: ({ message }) => new WorkError({ code: "WORKER", message }),
};
