/** The file that a worker thread of a training runs: Node, Deno, Bun. */
import { parentPort } from "node:worker_threads";
import { serveTrainer } from "./trainer.ts";
import type { TrainerRequest } from "./trainerMessages.ts";

if (parentPort === null)
  throw new Error("takagi's trainer file is for worker threads; use train of takagi/nn");
const port = parentPort;
const take = serveTrainer((answer, transfer) => port.postMessage(answer, transfer));
port.on("message", (request: TrainerRequest) => take(request));
