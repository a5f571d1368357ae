/** One loop over answers of a crew: in order or as they come, a few ahead of whoever takes them. */

/** What came of one item. */
export type Mapped<Item, A> = { readonly index: number; readonly item: Item } & (
  { readonly answer: A; readonly error?: never } | { readonly answer?: never; readonly error: Error }
);

/** What a worker does in one go. */
export interface Task {
  readonly call: { readonly kind: string; readonly ask: unknown; readonly transfer?: readonly ArrayBuffer[] };
  /** Whose it is. */
  readonly owner: Stream<unknown, unknown>;
  /** Workers that died while they had it in hand. */
  deaths: number;
  /** Asks the work to end early, with what it has. */
  readonly stop?: AbortSignal;
  onProgress?(progress: unknown): void;
  done(answer: unknown): void;
  failed(error: Error): void;
}

export interface StreamOptions<Item> {
  readonly items: Iterable<Item>;
  readonly callOf: (item: Item, index: number) => Task["call"];
  /** Items that may be in work or wait to be taken. */
  readonly ahead: number;
  readonly isOrdered: boolean;
  /** Whether an item that fails is given out as such, instead of ending the loop. */
  readonly keepsGoing: boolean;
  readonly stop?: AbortSignal | undefined;
  readonly onProgress?: ((progress: unknown, item: Item) => void) | undefined;
}

export class Stream<Item, A> {
  readonly #options: StreamOptions<Item>;
  readonly #items: Iterator<Item>;
  #upcoming: IteratorResult<Item>;
  readonly #arrived = new Map<number, Mapped<Item, A>>();
  /** Numbers of items: the next to be asked for, the next to be given out. */
  #asked = 0;
  #given = 0;
  /** Tasks of workers that were ended for the sake of another loop. */
  readonly #again: Task[] = [];
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(options: StreamOptions<Item>) {
    this.#options = options;
    this.#items = options.items[Symbol.iterator]();
    this.#upcoming = this.#items.next();
  }

  get hasTask(): boolean {
    if (this.#error !== undefined) return false;
    const hasRoom = this.#asked - this.#given < this.#options.ahead;
    return this.#again.length > 0 || (hasRoom && this.#upcoming.done !== true);
  }

  get isOver(): boolean {
    return this.#upcoming.done === true && this.#given === this.#asked;
  }

  /** What to do next; only where `hasTask`. */
  nextTask(): Task {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    const item = this.#upcoming.value as Item,
      index = this.#asked++,
      { callOf, keepsGoing, stop, onProgress } = this.#options;
    this.#upcoming = this.#items.next();
    const arrive = (result: Mapped<Item, A>): void => {
      this.#arrived.set(index, result);
      if (!this.#options.isOrdered || index === this.#given) this.#wake?.();
    };
    return {
      call: callOf(item, index),
      owner: this as Stream<unknown, unknown>,
      deaths: 0,
      ...(stop === undefined ? {} : { stop }),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(progress, item) }),
      done: (answer) => arrive({ index, item, answer: answer as A }),
      failed: (error) => (keepsGoing ? arrive({ index, item, error }) : this.fail(error)),
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

  /** The next result; waits for it. */
  async next(): Promise<Mapped<Item, A>> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const key = this.#options.isOrdered ? this.#given : this.#arrived.keys().next().value,
        result = key === undefined ? undefined : this.#arrived.get(key);
      if (result !== undefined) {
        this.#arrived.delete(result.index);
        this.#given += 1;
        return result;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
