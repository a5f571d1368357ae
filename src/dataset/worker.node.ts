/** The file that a worker thread of a pool runs: Node, Deno, Bun. */
import { threadPort } from "../workers/port.node.ts";
import { serve } from "../workers/serve.ts";
import { sampleHandlers } from "./worker.ts";

serve(threadPort("createPool of takagi/pool"), sampleHandlers());
