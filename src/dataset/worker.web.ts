/** The file that a web worker runs. */
import { serve } from "./worker.ts";
import type { Request } from "./workerMessages.ts";

const scope = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;
const take = serve((answer, transfer) => scope.postMessage(answer, transfer));
scope.onmessage = ({ data }: MessageEvent<Request>) => take(data);
