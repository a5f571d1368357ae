/** What a <takagi-view> does: reads scans, inverts them in workers, and shows what comes of it. */
import {
  InvalidParameterError,
  type Inversion,
  type InvertOptions,
  type Progress,
  type Reflection,
  type Scan,
} from "takagi";
import { problemOf } from "../shown/problems.ts";
import { PARSERS } from "./attributes.ts";
import { newClient } from "./client.ts";
import { abortError, isAbort, type TakagiViewEventMap, type ViewError } from "./events.ts";
import type { Inputs } from "./inputs.ts";
import { createStore, type Store, takeAnswer, takeScan } from "./store.ts";

/** A scan as it may be given: the SDK's, or a file of any format that takagi reads, as text, bytes or file. */
export type ScanSource = Scan | string | Blob | ArrayBuffer | Uint8Array;

/** The element, as its work sees it. */
export interface WorkHost {
  /** @throws {InvalidParameterError} */
  readonly inputs: () => Inputs;
  readonly tell: <K extends keyof TakagiViewEventMap>(
    name: K,
    detail: TakagiViewEventMap[K]["detail"],
  ) => void;
  /** The scan has changed. */
  readonly changed: () => void;
}

export class ViewWork {
  readonly store: Store;
  /** Whether the answer was found elsewhere: it stays until there is another scan, or an inversion is asked for. */
  isGiven = false;
  readonly #host: WorkHost;
  /** Reads, and draws what is dragged. */
  readonly #quick = newClient();
  #working: AbortController | undefined;
  #named: { readonly key: string; readonly found: Promise<Reflection> } | undefined;
  /** Counts what was read, so that what comes late is not taken. */
  #turn = 0;

  constructor(host: WorkHost) {
    this.#host = host;
    this.store = createStore({
      preview: async (ask) => {
        try {
          return await this.#quick.call("preview", ask);
        } catch (error) {
          this.fail(error);
          throw error;
        }
      },
      changed: (change) => host.tell("takagi-change", change),
      fitDrawn: () => void this.#fitDrawn().catch(() => undefined),
    });
  }

  get scan(): Scan | undefined {
    return this.store.entry.value?.scan;
  }

  get inversion(): Inversion | undefined {
    return this.store.entry.value?.answer;
  }

  /** Another scan, which is read first where it is a file. */
  async take(
    source: ScanSource | undefined,
    name = source instanceof File ? source.name : "",
  ): Promise<void> {
    const turn = ++this.#turn;
    this.abort();
    this.isGiven = false;
    if (source === undefined) {
      this.store.entry.value = undefined;
      return;
    }
    try {
      const scan = isScan(source) ? source : await this.#quick.call("read", { bytes: await bytesOf(source) });
      if (turn !== this.#turn) return;
      this.store.problem.value = undefined;
      takeScan(this.store, scan, name);
      this.#host.changed();
    } catch (error) {
      if (turn === this.#turn) this.fail(error);
    }
  }

  /** Takes the scan of a file.
   *  @param address as the attribute has it, and what it means on the page */
  async fetch({ src, base }: { readonly src: string; readonly base: string }): Promise<void> {
    const turn = ++this.#turn;
    try {
      const bytes = await bytesAt(src, base);
      if (turn === this.#turn) await this.take(bytes, src.replace(/^.*\//, ""));
    } catch (error) {
      if (turn === this.#turn) this.fail(error);
    }
  }

  /** Shows an answer that was found elsewhere, or none of the scan. */
  show(inversion: Inversion | undefined): void {
    this.abort();
    this.#turn++;
    this.isGiven = inversion !== undefined;
    if (inversion !== undefined) {
      takeAnswer(this.store, inversion);
      // The first drag finds its worker ready.
      this.#quick.start();
    } else if (this.scan !== undefined) takeScan(this.store, this.scan, "");
    this.store.problem.value = undefined;
  }

  /** @param more options of this inversion alone
   *  @throws what `ViewWork.fail` has told already */
  async invert(more: InvertOptions = {}): Promise<Inversion> {
    this.abort();
    this.isGiven = false;
    const controller = new AbortController(),
      { signal } = controller;
    this.#working = controller;
    this.#progress({ stage: "waiting", fraction: 0 });
    try {
      const { answer, seconds } = await this.#inverted(more, signal);
      takeAnswer(this.store, answer, seconds);
      this.#done(controller);
      this.#host.tell("takagi-answer", answer);
      return answer;
    } catch (error) {
      const reason: unknown = signal.aborted ? signal.reason : error;
      this.#done(controller);
      this.fail(reason);
      throw reason;
    }
  }

  abort(): void {
    this.#working?.abort(abortError());
  }

  /** Ends all workers; the next question starts another one. */
  end(): void {
    this.abort();
    this.#turn++;
    this.#named = undefined;
    void this.#quick.end(abortError());
  }

  /** Finds the reflection, so that what cannot be is told before there is a scan. */
  expect(reflection: NonNullable<Inputs["reflection"]>): void {
    this.#reflection(reflection).catch((error: unknown) => this.fail(error));
  }

  /** Shows and tells what went wrong; that something was aborted is no fault. */
  fail(error: unknown): void {
    if (isAbort(error)) return;
    const told: ViewError = error instanceof Error ? error : new Error(String(error)),
      problem = problemOf(told);
    // Attributes keep their names.
    this.store.problem.value =
      told.parameter !== undefined && told.parameter in PARSERS
        ? { ...problem, what: `${told.message}.` }
        : problem;
    this.#host.tell("takagi-error", told);
  }

  /** In a worker of its own, which ends with it. */
  async #inverted(
    more: InvertOptions,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Inversion; readonly seconds: number }> {
    const { scan, reflection, options } = this.#ready(),
      worker = newClient();
    this.store.problem.value = undefined;
    signal.addEventListener("abort", () => void worker.end(signal.reason as Error));
    try {
      const of = await this.#reflection(reflection);
      signal.throwIfAborted();
      const { inversion, seconds } = await worker.call(
        "invert",
        { scan, reflection: of, options: { ...options, ...more } },
        { onProgress: (progress) => this.#progress(progress) },
      );
      return { answer: { ...inversion, scan }, seconds };
    } finally {
      void worker.end();
    }
  }

  /** What is inverted, all of it there.
   *  @throws {InvalidParameterError} */
  #ready(): Pick<Inputs, "options"> & { scan: Scan; reflection: NonNullable<Inputs["reflection"]> } {
    const { reflection, missing, options } = this.#host.inputs(),
      { scan } = this;
    if (scan === undefined) throw new InvalidParameterError("scan", "given, or its file by `src`", undefined);
    if (reflection === undefined)
      throw new InvalidParameterError(missing[0] ?? "material", "given", undefined);
    return { scan, reflection, options };
  }

  /** The reflection that is meant; computed once for as long as it is the same. */
  async #reflection(asked: NonNullable<Inputs["reflection"]>): Promise<Reflection> {
    if (!("material" in asked)) {
      this.store.reflection.value = asked;
      return asked;
    }
    const key = JSON.stringify(asked);
    if (this.#named?.key !== key) this.#named = { key, found: this.#quick.call("reflect", asked) };
    const mine = this.#named;
    try {
      const found = await mine.found;
      if (this.#named === mine) this.store.reflection.value = found;
      return found;
    } catch (error) {
      if (this.#named === mine) this.#named = undefined;
      throw error;
    }
  }

  /** Where no other inversion has begun since. */
  #done(controller: AbortController): void {
    if (this.#working !== controller) return;
    this.#working = undefined;
    this.store.progress.value = undefined;
  }

  #progress(progress: Progress): void {
    this.store.progress.value = progress;
    this.#host.tell("takagi-progress", progress);
  }

  /** A fit that begins at what was drawn: at the profile, or at the layers. */
  #fitDrawn(): Promise<Inversion> {
    const { profile, stack } = this.store.shown.drawn,
      [drawn, layers] = [profile.value, stack.value?.layers];
    if (layers !== undefined) return this.invert({ layers });
    return this.invert(drawn === undefined ? {} : { guesses: [drawn] });
  }
}

function isScan(source: ScanSource): source is Scan {
  return typeof source === "object" && "twoTheta" in source;
}

/** Bytes of their own, which may go to a worker. */
async function bytesOf(source: Exclude<ScanSource, Scan>): Promise<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return source;
  return new Blob([source as BlobPart]).arrayBuffer();
}

/** @throws {InvalidParameterError} where nothing comes from the address */
async function bytesAt(src: string, base: string): Promise<ArrayBuffer> {
  const cannot = (why: string): InvalidParameterError =>
    new InvalidParameterError("src", `the address of a file (${why})`, src);
  let response: Response;
  try {
    response = await fetch(new URL(src, base));
  } catch (error) {
    throw cannot((error as Error).message);
  }
  if (!response.ok) throw cannot(`HTTP ${response.status}`);
  return response.arrayBuffer();
}
