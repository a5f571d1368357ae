/** Long work in turns, between which the event loop hears aborts and shows progress. */
import type { Progress } from "../types.ts";

/** Milliseconds of work between two turns; work (slices · angles) that means as much where the clock stands still. */
const TURN = 40;
const WORK = 6e7;

export class Turns {
  readonly #signal: AbortSignal | undefined;
  readonly #tell: ((progress: Progress) => void) | undefined;
  #since = performance.now();
  #furthest = 0;

  constructor({
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: Progress) => void;
  }) {
    this.#signal = signal;
    this.#tell = onProgress;
    signal?.throwIfAborted();
  }

  async begin(stage: string, fraction = 0): Promise<void> {
    this.#say(stage, fraction);
    await this.#turn();
  }

  #say(stage: string, fraction: number): void {
    this.#furthest = Math.max(this.#furthest, fraction);
    this.#tell?.({ stage, fraction: this.#furthest });
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#since = performance.now();
    this.#signal?.throwIfAborted();
  }

  /** Runs a generator to its end.
   *  @param work that it will do, about
   *  @param stage of steps that name none
   *  @throws the signal's reason when aborted */
  async run<T>(
    steps: Generator<{ readonly cost: number; readonly stage?: string }, T, void>,
    problem: { readonly work: number },
    work: number,
    stage = "exact curves",
  ): Promise<T> {
    const begun = problem.work;
    let turned = begun;
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      if (performance.now() - this.#since < TURN && problem.work - turned < WORK) continue;
      turned = problem.work;
      this.#say(value.stage ?? stage, 0.05 + 0.9 * Math.min((problem.work - begun) / work, 1));
      await this.#turn();
    }
  }
}
