/** The page's workers: all run one file, worker.ts. */
import { adoptWebWorker, type ClientOptions, type Failure, type StartWorker } from "takagi/workers";

export class WorkError extends Error {
  readonly code: string;
  readonly parameter: string | undefined;
  constructor({ code = "INTERNAL", message, parameter }: Failure) {
    super(message);
    this.code = code;
    this.parameter = parameter;
  }
}

/** Thrown where work was cancelled; not an error to show. */
export class Cancelled extends Error {}

export const start: StartWorker = (events) =>
  adoptWebWorker(new Worker(new URL("./crew.js", import.meta.url), { type: "module" }), events);

export const CLIENT: ClientOptions = {
  start,
  errorOf: (failure) => new WorkError(failure),
  deathOf: ({ message }) => new WorkError({ code: "WORKER", message }),
};
