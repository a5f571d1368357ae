/** The file that a worker thread of a batch runs: Node, Deno, Bun. */
import { threadPort } from "../workers/port.node.ts";
import { serve } from "../workers/serve.ts";
import { inversionHandlers } from "./work.ts";

serve(threadPort("invertAll of takagi/batch"), inversionHandlers());
