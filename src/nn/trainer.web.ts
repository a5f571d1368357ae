/** The file that a web worker of a training runs. */
import { serveTrainer } from "./trainer.ts";
import type { TrainerRequest } from "./trainerMessages.ts";

const scope = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;
const take = serveTrainer((answer, transfer) => scope.postMessage(answer, transfer));
scope.onmessage = ({ data }: MessageEvent<TrainerRequest>) => take(data);
