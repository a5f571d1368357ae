/** The file that a worker thread runs: Node, Deno, Bun. */
import { parentPort } from "node:worker_threads";
import { serve } from "./worker.ts";
import type { Request } from "./workerMessages.ts";

if (parentPort === null)
  throw new Error("takagi's worker file is for worker threads; use createPool of takagi/pool");
const port = parentPort;
const take = serve((answer, transfer) => port.postMessage(answer, transfer));
port.on("message", (request: Request) => take(request));
