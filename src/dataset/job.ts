/** One stream of batches out of a pool: in order, a few at a time. */
import type { Batch } from "./generator.ts";
import type { Task } from "./crew.ts";

export interface Slices {
  readonly seed: number;
  readonly first: number;
  /** May be Infinity. */
  readonly count: number;
  readonly batchSize: number;
}

/** Keeps what is made ahead of the consumer within `window` batches, and gives it out in order. */
export class Job {
  readonly #slices: Slices;
  readonly #window: number;
  readonly #arrived = new Map<number, Batch>();
  /** Numbers of batches: the next to be asked for, the next to be given out. */
  #asked = 0;
  #given = 0;
  /** Tasks of workers that were ended for the sake of another job. */
  readonly #again: Task[] = [];
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(slices: Slices, window: number) {
    this.#slices = slices;
    this.#window = window;
  }

  get hasTask(): boolean {
    if (this.#error !== undefined) return false;
    return (
      this.#again.length > 0 || (this.#asked - this.#given < this.#window && this.#asked < this.#batches)
    );
  }

  get isOver(): boolean {
    return this.#given >= this.#batches;
  }

  get #batches(): number {
    return Math.ceil(this.#slices.count / this.#slices.batchSize);
  }

  /** What to make next; only where `hasTask`. */
  nextTask(): Task {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    const { seed, first: start, count: total, batchSize } = this.#slices;
    const number = this.#asked++;
    const first = start + number * batchSize;
    const count = Math.min(batchSize, start + total - first);
    return {
      seed,
      first,
      count,
      owner: this,
      deaths: 0,
      done: (arrays) => {
        this.#arrived.set(number, { first, count, ...arrays });
        if (number === this.#given) this.#wake?.();
      },
      failed: (error) => this.fail(error),
    };
  }

  takeBack(task: Task): void {
    this.#again.push(task);
  }

  /** The first error stands; what has arrived before is no longer given out. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
  }

  /** The next batch, in order; waits for it. */
  async next(): Promise<Batch> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const batch = this.#arrived.get(this.#given);
      if (batch !== undefined) {
        this.#arrived.delete(this.#given);
        this.#given += 1;
        return batch;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
