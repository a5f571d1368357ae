/** What crosses between a crew and its workers, and the types of their work. */

/** One kind of work: what is asked, what comes back, and what is told meanwhile. */
export interface Work {
  /** What it is asked with. */
  readonly ask: unknown;
  /** What comes back. */
  readonly answer: unknown;
  /** What it tells meanwhile. */
  readonly progress?: unknown;
}

/** Kinds of work by name: an interface with a field a kind. */
export type Works<W> = { readonly [K in keyof W]: Work };
/** A kind of work, by its name. */
export type Kind<W> = keyof W & string;
/** What a kind of work is asked with. */
export type Ask<W extends Works<W>, K extends Kind<W>> = W[K]["ask"];
/** What comes back for a kind of work. */
export type Answer<W extends Works<W>, K extends Kind<W>> = W[K]["answer"];
/** What a kind of work tells meanwhile. */
export type Progress<W extends Works<W>, K extends Kind<W>> = W[K] extends { readonly progress: infer P }
  ? P
  : never;

/** One call: kind of work, and what is asked. `transfer`: buffers that go with it. */
export type Call<W extends Works<W>> = {
  [K in Kind<W>]: { readonly kind: K; readonly ask: Ask<W, K>; readonly transfer?: readonly ArrayBuffer[] };
}[Kind<W>];

/** A question on its way to a worker. */
export interface Request {
  /** By which its answer is known. */
  readonly id: number;
  /** Of work. */
  readonly kind: string;
  /** What it is asked with. */
  readonly ask: unknown;
}

/** Asks the work of that number to end early, with what it has. */
export interface Stop {
  /** Of the question that is to end. */
  readonly id: number;
  /** Tells it from questions. */
  readonly kind: "stop";
}

/** Of one request any number of progress, then one answer or one failure. */
export type Reply =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error as it crosses; of what is no error of takagi, the message alone. */
export interface Failure {
  /** For people. */
  readonly message: string;
  /** For programs. */
  readonly code?: string;
  /** Which one was wrong. */
  readonly parameter?: string;
}
