/** Many workers for one kind of work: started when there is some, replaced when they die, their tasks done again. What they
 *  do is no concern of this file. */
import { requireInteger, WorkerError } from "../errors.ts";
import { Connection, errorOf } from "./connection.ts";
import type { StartWorker } from "./host.ts";
import type { Answer, Call, Failure, Progress, Works } from "./messages.ts";
import { type Mapped, Stream, type Task } from "./stream.ts";

/** How many workers, how they are started, and what their failures become. */
export interface CrewOptions<W extends Works<W>> {
  /** Starts one. */
  readonly start: StartWorker;
  /** Workers at most. */
  readonly size: number;
  /** What each worker is asked before all else; where it fails, so does all that the worker was to do. */
  readonly open?: Call<W>;
  /** Tasks that a worker has at hand (2): it goes on with the next one while its answer travels. */
  readonly tasksAtATime?: number;
  /** Deaths over one task that are taken for chance (3); of all workers in a row, that many for each. */
  readonly deathsForgiven?: number;
  /** What is said of a task that workers die of: "samples 400 to 449 cannot be made". */
  readonly cannot?: (call: Call<W>) => string;
  /** What is said of the crew: "the pool" (default "the crew"). */
  readonly name?: string;
  /** What the caller sees of what was thrown in a worker. */
  readonly errorOf?: (failure: Failure) => Error;
}

/** What goes with one piece of work. */
export interface RunOptions<P> {
  /** Ends the loop at once, and the workers in the midst of its tasks. */
  readonly signal?: AbortSignal | undefined;
  /** Asks the tasks in work to end early, with what they have. */
  readonly stop?: AbortSignal | undefined;
  /** Called with what the worker tells meanwhile. */
  readonly onProgress?: ((progress: P) => void) | undefined;
}

/** What goes with a map of items to answers. */
export interface MapOptions<P, Item> extends Omit<RunOptions<P>, "onProgress"> {
  /** Whether results come in the order of the items (default), or as they are ready. */
  readonly order?: "items" | "ready";
  /** Items that may be in work or wait to be taken: as many as the workers have at hand, if absent. */
  readonly ahead?: number;
  /** Whether an item that fails, or that workers die of, is given out with its error, instead of ending the loop. */
  readonly keepsGoing?: boolean;
  /** Called with what a worker tells meanwhile, and of which item. */
  readonly onProgress?: ((progress: P, item: Item) => void) | undefined;
}

interface Member {
  readonly connection: Connection;
  readonly tasks: Task[];
}

const TASKS_AT_A_TIME = 2;
const DEATHS_FORGIVEN = 3;

/** Workers that do much work of one kind. */
export class Crew<W extends Works<W>> {
  /** Workers at most. */
  readonly size: number;
  readonly #options: CrewOptions<W>;
  readonly #members = new Set<Member>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #streams = new Set<Stream<unknown, unknown>>();
  #deathsInARow = 0;
  #isClosed = false;

  constructor(options: CrewOptions<W>) {
    this.size = options.size;
    this.#options = options;
  }

  /** What workers make of each item. Several loops at a time share the workers. Leaving the loop (break, return, throw)
   *  and aborting end the workers that are busy for it; what they had of other loops is done again.
   *  @param items may be without end; they are asked for as there is room
   *  @throws {WorkerError} where a task fails or workers die again and again; `signal.reason` where it is aborted
   *  @example
   *  for await (const { item, answer } of crew.map(files, (file) => ({ kind: "invert", ask: file }), { order: "ready" })) … */
  async *map<Item, C extends Call<W>>(
    items: Iterable<Item>,
    callOf: (item: Item, index: number) => C,
    options: MapOptions<Progress<W, C["kind"]>, Item> = {},
  ): AsyncGenerator<Mapped<Item, Answer<W, C["kind"]>>, void, undefined> {
    const { signal, stop, onProgress, order = "items", ahead = this.#atATime * this.size } = options;
    requireInteger("ahead", ahead, 1, Number.MAX_SAFE_INTEGER);
    signal?.throwIfAborted();
    if (this.#isClosed) throw this.#closed();
    const stream = new Stream<Item, Answer<W, C["kind"]>>({
      items,
      callOf,
      ahead,
      isOrdered: order === "items",
      keepsGoing: options.keepsGoing === true,
      stop,
      onProgress: onProgress as ((progress: unknown, item: Item) => void) | undefined,
    });
    const own = stream as Stream<unknown, unknown>;
    const abort = (): void => {
      stream.fail(signal?.reason as Error);
      // At once, also where the consumer is busy with a result.
      this.#streams.delete(own);
      void this.#leave(own);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#streams.add(own);
    try {
      while (!stream.isOver) {
        this.#hand();
        const result = await stream.next();
        // What was just taken made room ahead: the workers go on while the consumer works.
        this.#hand();
        yield result;
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#streams.delete(own);
      if (!stream.isOver) await this.#leave(own);
    }
  }

  /** One task, when a worker is free.
   *  @throws as `map` */
  async run<C extends Call<W>>(
    call: C,
    { onProgress, ...options }: RunOptions<Progress<W, C["kind"]>> = {},
  ): Promise<Answer<W, C["kind"]>> {
    const told = onProgress === undefined ? {} : { onProgress };
    for await (const { answer } of this.map([call], (only) => only, { ...options, ...told }))
      return answer as Answer<W, C["kind"]>;
    throw this.#closed();
  }

  /** Starts a worker, so that the first task finds it ready. */
  warmUp(): void {
    if (this.#members.size === 0) this.#hire();
  }

  /** Ends all workers; loops that still run throw. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.fail(this.#closed());
    this.#streams.clear();
    await this.#release();
  }

  get #atATime(): number {
    return this.#options.tasksAtATime ?? TASKS_AT_A_TIME;
  }

  get #hasRoom(): boolean {
    return this.#members.size < this.size || this.#leastBusy().tasks.length < this.#atATime;
  }

  #closed(): WorkerError {
    return new WorkerError(`${this.#options.name ?? "the crew"} is closed`);
  }

  /** Gives the workers what they can take, the loops in turn. */
  #hand(): void {
    for (let given = true; given;) {
      given = false;
      for (const stream of this.#streams) {
        if (!stream.hasTask || !this.#hasRoom) continue;
        this.#give(stream.nextTask());
        given = true;
      }
    }
  }

  #give(task: Task): void {
    let member: Member;
    try {
      const idle = [...this.#members].find(({ tasks }) => tasks.length === 0);
      member = idle ?? (this.#members.size < this.size ? this.#hire() : this.#leastBusy());
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      task.failed(new WorkerError(`no worker can be started here: ${why}`, { cause }));
      return;
    }
    const { tasks, connection } = member,
      { stop } = task;
    const settle = (act: () => void): void => {
      stop?.removeEventListener("abort", onStop);
      if (!this.#members.has(member)) return;
      this.#deathsInARow = 0;
      tasks.splice(tasks.indexOf(task), 1);
      act();
      this.#hand();
    };
    tasks.push(task);
    const id = connection.ask(task.call, {
      done: (answer) => settle(() => task.done(answer)),
      failed: (failure) => settle(() => task.failed((this.#options.errorOf ?? errorOf)(failure))),
      ...(task.onProgress === undefined ? {} : { onProgress: (progress) => task.onProgress?.(progress) }),
    });
    const onStop = (): void => connection.stop(id);
    stop?.addEventListener("abort", onStop);
    if (stop?.aborted === true) onStop();
  }

  /** Who is in the midst of a task cannot be told to stop: such workers end. With no other loop all of them do. */
  async #leave(stream: Stream<unknown, unknown>): Promise<void> {
    const others = await this.#release(this.#streams.size === 0 ? undefined : stream);
    for (const task of others) task.owner.takeBack(task);
    this.#hand();
  }

  /** Ends the workers that are busy for `owner`, or all.
   *  @returns what they had of others */
  async #release(owner?: Stream<unknown, unknown>): Promise<Task[]> {
    const leaving = [...this.#members].filter(
      ({ tasks }) => owner === undefined || tasks.some((task) => task.owner === owner),
    );
    for (const member of leaving) this.#members.delete(member);
    const orphans = leaving.flatMap(({ tasks }) => tasks.filter((task) => task.owner !== owner));
    for (const member of leaving) this.#end(member);
    // Those too whose end began before.
    await Promise.all(this.#leaving);
    return orphans;
  }

  #end({ connection }: Member): void {
    const end: Promise<void> = connection
      .end()
      .catch(() => undefined)
      .finally(() => this.#leaving.delete(end));
    this.#leaving.add(end);
  }

  #leastBusy(): Member {
    return [...this.#members].reduce((least, member) =>
      member.tasks.length < least.tasks.length ? member : least,
    );
  }

  #hire(): Member {
    const connection: Connection = new Connection(this.#options.start, (reason) =>
      this.#replace(member, reason),
    );
    const member: Member = { connection, tasks: [] };
    this.#members.add(member);
    const { open } = this.#options;
    if (open !== undefined)
      connection.ask(open, {
        done: () => {
          this.#deathsInARow = 0;
        },
        failed: (failure) => this.#dismiss(member, (this.#options.errorOf ?? errorOf)(failure)),
      });
    return member;
  }

  /** A worker that cannot begin: nothing that it has can be done. */
  #dismiss(member: Member, error: Error): void {
    if (!this.#members.delete(member)) return;
    this.#end(member);
    for (const task of member.tasks) task.failed(error);
  }

  #replace(member: Member, reason: Error): void {
    if (!this.#members.delete(member)) return;
    const { deathsForgiven = DEATHS_FORGIVEN, cannot } = this.#options;
    this.#deathsInARow += 1;
    // Workers go through their tasks in order: who died, died of the first, or of nothing of ours.
    const [first, ...others] = member.tasks;
    if (first !== undefined) first.deaths += 1;
    const isHopeless = this.#deathsInARow > deathsForgiven * this.size;
    for (const task of member.tasks) {
      if (isHopeless || task.deaths > deathsForgiven) {
        const times = isHopeless ? this.#deathsInARow : task.deaths,
          what = cannot?.(task.call as Call<W>) ?? "a task cannot be done";
        task.failed(
          new WorkerError(`${what}: ${times} workers died in a row; of the last: ${reason.message}`, {
            cause: reason,
          }),
        );
      } else this.#give(task);
    }
    if (others.length > 0 || first === undefined) this.#hand();
  }
}
