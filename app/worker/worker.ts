/** The file that the page's workers run: answers what protocol.ts names, by the SDK. */
import { createSimulator, type Progress, TakagiError } from "takagi";
import { model, warm } from "./network.ts";
import { counts, invertEntry, preview, setup } from "./physics.ts";
import type { Failure, Request, Response, Work, WorkKind } from "./protocol.ts";
import { read } from "./read.ts";
import { suggest } from "./suggest.ts";

type Answers = { readonly [K in WorkKind]: (ask: Work[K]["ask"], onProgress: (progress: Progress) => void) => Promise<Work[K]["answer"]> };

const ANSWERS: Answers = { read, setup, suggest, invert: invertEntry, model, preview, counts, warm };

const scope = globalThis as unknown as Pick<Worker, "postMessage" | "onmessage">;

scope.onmessage = ({ data }: MessageEvent<Request>) => void answer(data);

// Kernels are compiled while the user still looks for a file; what fails here fails again, and is told, where it is needed.
createSimulator().catch(() => undefined);

async function answer<K extends WorkKind>({ id, kind, ask }: Request<K>): Promise<void> {
  const tell = (response: Response): void => scope.postMessage(response);
  try {
    tell({ id, answer: await ANSWERS[kind](ask, (progress) => tell({ id, progress })) });
  } catch (error) {
    tell({ id, failure: failureOf(error) });
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof TakagiError)) return { code: "INTERNAL", message: error instanceof Error ? error.message : String(error) };
  const { parameter } = error as TakagiError & { readonly parameter?: string };
  return { code: error.code, message: error.message, ...(parameter === undefined ? {} : { parameter }) };
}
