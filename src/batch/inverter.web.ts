/** The file that a web worker of a batch runs. */
import { webPort } from "../workers/port.web.ts";
import { serve } from "../workers/serve.ts";
import { inversionHandlers } from "./work.ts";

serve(webPort(), inversionHandlers());
