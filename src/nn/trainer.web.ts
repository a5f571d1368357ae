/** The file that a web worker of a training runs. */
import { webPort } from "../workers/port.web.ts";
import { serve } from "../workers/serve.ts";
import { trainerHandlers } from "./trainer.ts";

serve(webPort(), trainerHandlers());
