/** What a web worker hears and says. */
import type { Request, Stop } from "./messages.ts";
import type { Port } from "./serve.ts";

/** The way from a web worker to the page. */
export function webPort(): Port {
  const scope = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;
  return {
    post: (reply, transfer) => scope.postMessage(reply, transfer),
    listen: (take) => {
      scope.onmessage = ({ data }: MessageEvent<Request | Stop>) => take(data);
    },
  };
}
