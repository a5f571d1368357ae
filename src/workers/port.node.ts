/** What a worker thread hears and says: Node, Deno, Bun. */
import { parentPort } from "node:worker_threads";
import type { Request, Stop } from "./messages.ts";
import type { Port } from "./serve.ts";

/** @param use what starts such a worker, for the error of who runs its file otherwise */
export function threadPort(use: string): Port {
  if (parentPort === null) throw new Error(`this file is for worker threads; use ${use}`);
  const port = parentPort;
  return {
    post: (reply, transfer) => port.postMessage(reply, transfer),
    listen: (take) => void port.on("message", (message: Request | Stop) => take(message)),
  };
}
