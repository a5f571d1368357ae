/** The side of a worker: takes requests, answers them. */
import type { Answer, Ask, Failure, Kind, Progress, Reply, Request, Stop, Works } from "./messages.ts";

/** What a handler is given besides what is asked. */
export interface Serving<P> {
  /** Tells who asked how far it is. */
  onProgress(progress: P): void;
  /** Aborted where the work is asked to end early, with what it has. */
  readonly signal: AbortSignal;
  /** Buffers whose memory goes with the answer. */
  transfer(...buffers: readonly ArrayBuffer[]): void;
  /** Work for the time after the answer is sent, before the next request. */
  afterwards(work: () => void): void;
}

/** What a worker does, a function for each kind of work. */
export type Handlers<W extends Works<W>> = {
  readonly [K in Kind<W>]: (
    ask: Ask<W, K>,
    serving: Serving<Progress<W, K>>,
  ) => Promise<Answer<W, K>> | Answer<W, K>;
};

/** The way from a worker to who asks it. */
export interface Port {
  /** Sends a reply; what is transferred is gone here. */
  post(reply: Reply, transfer: ArrayBuffer[]): void;
  /** @param take is called with each message */
  listen(take: (message: Request | Stop) => void): void;
}

/** Answers requests for as long as the worker lives: one after the other, so that answers keep the order of the requests;
 *  with `isConcurrent` each begins when it comes. */
export function serve<W extends Works<W>>(
  port: Port,
  handlers: Handlers<W>,
  { isConcurrent = false }: { readonly isConcurrent?: boolean } = {},
): void {
  const running = new Map<number, AbortController>();
  let queue = Promise.resolve();
  port.listen((message) => {
    if (message.kind === "stop") {
      running.get(message.id)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(message.id, controller);
    const work = (): Promise<void> =>
      respond(port, handlers, message as Request, controller.signal).finally(() =>
        running.delete(message.id),
      );
    if (isConcurrent) void work();
    else queue = queue.then(work);
  });
}

async function respond<W extends Works<W>>(
  port: Port,
  handlers: Handlers<W>,
  { id, kind, ask }: Request,
  signal: AbortSignal,
): Promise<void> {
  const transfer: ArrayBuffer[] = [],
    later: (() => void)[] = [];
  try {
    const answer = await handlers[kind as Kind<W>](ask, {
      onProgress: (progress) => port.post({ id, progress }, []),
      signal,
      transfer: (...buffers) => void transfer.push(...buffers),
      afterwards: (work) => void later.push(work),
    });
    port.post({ id, answer }, transfer);
  } catch (error) {
    port.post({ id, failure: failureOf(error) }, []);
    return;
  }
  try {
    for (const work of later) work();
  } catch (error) {
    // Nobody waits for it: the worker ends of it.
    setTimeout(() => {
      throw error;
    });
  }
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, parameter } = error as { code?: unknown; parameter?: unknown };
  return {
    message: error.message,
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof parameter === "string" ? { parameter } : {}),
  };
}
