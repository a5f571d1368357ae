/** What workers fail with, on the side that asked. */
import type { Failure } from "takagi/workers";

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
