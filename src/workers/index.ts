/** `takagi/workers`: the crews of workers that pools and trainings have, for work of one's own. A worker's file calls `serve`
 *  with what it does; who asks has a `Crew` for much of one kind, or a `WorkerClient` for one worker. */
export { InvalidParameterError, WorkerError } from "../errors.ts";
export { type CallOptions, type ClientOptions, WorkerClient } from "./client.ts";
export { Crew, type CrewOptions, type MapOptions, type RunOptions } from "./crew.ts";
export type { StartWorker, WorkerEvents, WorkerHandle } from "./host.ts";
export type {
  Answer,
  Ask,
  Call,
  Failure,
  Kind,
  Progress,
  Reply,
  Request,
  Stop,
  Work,
  Works,
} from "./messages.ts";
export { webPort } from "./port.web.ts";
export { type Handlers, type Port, serve, type Serving } from "./serve.ts";
export type { Mapped } from "./stream.ts";
export { adoptWebWorker } from "./webWorker.ts";
