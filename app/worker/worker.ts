/** The file that the page's workers run: answers what protocol.ts names, by the SDK. */
import { createSimulator, TakagiError } from "takagi";
import { model, warm } from "./network.ts";
import { counts, invertEntry, preview, setup } from "./physics.ts";
import type { Failure, ProgressOf, Request, Response, Stop, Work, WorkKind } from "./protocol.ts";
import { read } from "./read.ts";
import { suggest } from "./suggest.ts";
import { trainOwn } from "./train.ts";

type Answers = {
  readonly [K in WorkKind]: (
    ask: Work[K]["ask"],
    onProgress: (progress: ProgressOf<K>) => void,
    signal: AbortSignal,
  ) => Promise<Work[K]["answer"]>;
};

const ANSWERS: Answers = {
  read,
  setup,
  suggest,
  invert: invertEntry,
  model,
  preview,
  counts,
  train: trainOwn,
  warm,
};

const scope = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;

const running = new Map<number, AbortController>();

scope.onmessage = ({ data }: MessageEvent<Request | Stop>) => {
  if (data.kind === "stop") running.get(data.id)?.abort();
  else void answer(data);
};

// Kernels are compiled while the user still looks for a file; what fails here fails again, and is told, where it is needed.
createSimulator().catch(() => undefined);

async function answer<K extends WorkKind>({ id, kind, ask }: Request<K>): Promise<void> {
  const tell = (response: Response): void => scope.postMessage(response);
  const controller = new AbortController();
  running.set(id, controller);
  try {
    tell({ id, answer: await ANSWERS[kind](ask, (progress) => tell({ id, progress }), controller.signal) });
  } catch (error) {
    tell({ id, failure: failureOf(error) });
  }
  running.delete(id);
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof TakagiError))
    return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
  const { parameter } = error as TakagiError & { readonly parameter?: string };
  return { code: error.code, message: error.message, ...(parameter === undefined ? {} : { parameter }) };
}
