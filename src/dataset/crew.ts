/** The workers of a pool: started when there is work, replaced when they die, their slices redone. */
import { TakagiError, WorkerError, type ErrorCode } from "../errors.ts";
import type { Batch } from "./generator.ts";
import type { WorkerHandle, WorkerHost } from "./workerHost.ts";
import type { Answer, Failure, Recipe } from "./workerMessages.ts";

/** A slice of the samples that one worker makes in one go. */
export interface Task {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  /** Whose it is. */
  readonly owner: object;
  /** Workers that died while they made it. */
  deaths: number;
  done(arrays: Pick<Batch, "inputs" | "labels" | "extras">): void;
  failed(error: Error): void;
}

/** Two, so that a worker has the next slice at hand while its answer travels. */
const TASKS_AT_A_TIME = 2;
/** Deaths over one slice, or before the first answer of any worker, that are taken for chance. */
const DEATHS_FORGIVEN = 3;

interface Member {
  readonly handle: WorkerHandle;
  readonly tasks: Task[];
  /** Whether it has a generator; its first answer says so. */
  isReady: boolean;
}

export class Crew {
  readonly size: number;
  readonly #host: WorkerHost;
  readonly #recipe: Recipe;
  readonly #wantsMore: () => void;
  readonly #members = new Set<Member>();
  readonly #leaving = new Set<Promise<void>>();
  #deathsInARow = 0;

  /** @param wantsMore called when a worker may have become free */
  constructor(options: { host: WorkerHost; recipe: Recipe; size: number; wantsMore: () => void }) {
    this.size = options.size;
    this.#host = options.host;
    this.#recipe = options.recipe;
    this.#wantsMore = options.wantsMore;
  }

  /** Whether one more task can be given. */
  get hasRoom(): boolean {
    return this.#members.size < this.size || this.#leastBusy().tasks.length < TASKS_AT_A_TIME;
  }

  give(task: Task): void {
    let member: Member;
    try {
      const idle = [...this.#members].find(({ tasks }) => tasks.length === 0);
      member = idle ?? (this.#members.size < this.size ? this.#hire() : this.#leastBusy());
    } catch (cause) {
      task.failed(
        new WorkerError(
          `no worker can be started here: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        ),
      );
      return;
    }
    member.tasks.push(task);
    member.handle.hold(true);
    member.handle.post({ kind: "make", seed: task.seed, first: task.first, count: task.count });
  }

  /** Ends the workers that are busy for `owner`, or all.
   *  @returns what they had of others */
  async release(owner?: object): Promise<Task[]> {
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

  #end({ handle }: Member): void {
    const end: Promise<void> = handle
      .terminate()
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
    const tasks: Task[] = [];
    const handle = this.#host.startWorker({
      answered: (answer) => this.#take(member, answer),
      died: (reason) => this.#replace(member, reason),
    });
    const member: Member = { handle, tasks, isReady: false };
    this.#members.add(member);
    handle.post({ kind: "open", recipe: this.#recipe });
    return member;
  }

  #take(member: Member, answer: Answer): void {
    if (!this.#members.has(member)) return;
    this.#deathsInARow = 0;
    if (!member.isReady) {
      member.isReady = true;
      if (answer.kind === "ready") return;
      // Without a generator nothing that it has can be made.
      this.#members.delete(member);
      this.#end(member);
      for (const task of member.tasks)
        task.failed(
          errorOf(answer.kind === "failed" ? answer.error : { message: "a worker answered out of turn" }),
        );
      return;
    }
    const task = member.tasks.shift();
    if (task === undefined) return;
    if (member.tasks.length === 0) member.handle.hold(false);
    if (answer.kind === "batch")
      task.done({ inputs: answer.inputs, labels: answer.labels, extras: answer.extras });
    if (answer.kind === "failed") task.failed(errorOf(answer.error));
    this.#wantsMore();
  }

  #replace(member: Member, reason: Error): void {
    if (!this.#members.delete(member)) return;
    this.#deathsInARow += 1;
    // Workers go through their tasks in order: who died, died of the first, or of nothing of ours.
    const [first, ...others] = member.tasks;
    if (first !== undefined) first.deaths += 1;
    const isHopeless = this.#deathsInARow > DEATHS_FORGIVEN * this.size;
    for (const task of member.tasks) {
      if (isHopeless || task.deaths > DEATHS_FORGIVEN) {
        const last = task.first + task.count - 1;
        const times = isHopeless ? this.#deathsInARow : task.deaths;
        task.failed(
          new WorkerError(
            `samples ${task.first} to ${last} cannot be made: ${times} workers died in a row; of the last: ${reason.message}`,
            { cause: reason },
          ),
        );
      } else this.give(task);
    }
    if (others.length > 0 || first === undefined) this.#wantsMore();
  }
}

const CODES: readonly string[] = [
  "INVALID_PARAMETER",
  "NOT_FINITE",
  "KERNEL_LOAD",
  "KERNEL_STATUS",
] satisfies ErrorCode[];

/** What was thrown in a worker, as an error of this side. */
function errorOf({ message, code }: Failure): Error {
  return code !== undefined && CODES.includes(code)
    ? new TakagiError(code as ErrorCode, message)
    : new WorkerError(`a worker failed: ${message}`);
}
