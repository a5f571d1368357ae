/** What crosses between a crew and its workers, and the types of their work. */

/** One kind of work: what is asked, what comes back, and what is told meanwhile. */
export interface Work {
  readonly ask: unknown;
  readonly answer: unknown;
  readonly progress?: unknown;
}

/** Kinds of work by name: an interface with a field a kind. */
export type Works<W> = { readonly [K in keyof W]: Work };
export type Kind<W> = keyof W & string;
export type Ask<W extends Works<W>, K extends Kind<W>> = W[K]["ask"];
export type Answer<W extends Works<W>, K extends Kind<W>> = W[K]["answer"];
export type Progress<W extends Works<W>, K extends Kind<W>> = W[K] extends { readonly progress: infer P }
  ? P
  : never;

/** One call: kind of work, and what is asked. `transfer`: buffers that go with it. */
export type Call<W extends Works<W>> = {
  [K in Kind<W>]: { readonly kind: K; readonly ask: Ask<W, K>; readonly transfer?: readonly ArrayBuffer[] };
}[Kind<W>];

export interface Request {
  readonly id: number;
  readonly kind: string;
  readonly ask: unknown;
}

/** Asks the work of that number to end early, with what it has. */
export interface Stop {
  readonly id: number;
  readonly kind: "stop";
}

/** Of one request any number of progress, then one answer or one failure. */
export type Reply =
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: Failure };

/** An error as it crosses; of what is no error of takagi, the message alone. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly parameter?: string;
}
