/** The file that a worker thread of a training runs: Node, Deno, Bun. */
import { threadPort } from "../workers/port.node.ts";
import { serve } from "../workers/serve.ts";
import { trainerHandlers } from "./trainer.ts";

serve(threadPort("train of takagi/nn"), trainerHandlers());
