/** A web worker as crews take it. */
import type { WorkerEvents, WorkerHandle } from "./host.ts";
import type { Reply } from "./messages.ts";

/** @param worker that was just started */
export function adoptWebWorker(worker: Worker, { answered, died }: WorkerEvents): WorkerHandle {
  let isOver = false;
  const end = (reason: string): void => {
    if (isOver) return;
    isOver = true;
    worker.terminate();
    died(new Error(reason));
  };
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    if (!isOver) answered(data);
  };
  worker.onmessageerror = () => end("an answer could not be read");
  worker.onerror = (event) => {
    event.preventDefault();
    // A file that cannot be loaded gives an event without a message.
    end(event.message || "its file cannot be loaded");
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    // A page does not wait for its workers.
    hold: () => undefined,
    terminate: async () => {
      isOver = true;
      worker.terminate();
    },
  };
}
