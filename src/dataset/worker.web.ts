/** The file that a web worker of a pool runs. */
import { webPort } from "../workers/port.web.ts";
import { serve } from "../workers/serve.ts";
import { sampleHandlers } from "./worker.ts";

serve(webPort(), sampleHandlers());
