/** What a command may do to the world besides files: print, show progress, learn that it is to stop. */

export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Messages. */
  err(text: string): void;
  /** Whether messages go to a person, who likes to see progress. */
  readonly interactive: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Seconds since the process started. */
  seconds(): number;
}

export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An input that cannot be used, and that is no matter of a single option: a missing file, a file of wrong form. */
export class InputError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "InputError";
  }
}

/** The command line itself is wrong: an option is missing, or two contradict each other. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UsageError";
  }
}

/** One line that is written over and over, and wiped at the end; nothing where nobody looks. */
export class ProgressLine {
  readonly #terminal: Terminal;
  #last = 0;
  #shown = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(words: string): void {
    // Ten times a second: more only slows the terminal down.
    const now = this.#terminal.seconds();
    if (!this.#terminal.interactive || now - this.#last < 0.1) return;
    this.#last = now;
    const line = words.slice(0, 78);
    this.#terminal.err(`\r${line.padEnd(this.#shown)}`);
    this.#shown = line.length;
  }

  wipe(): void {
    if (this.#shown > 0) this.#terminal.err(`\r${" ".repeat(this.#shown)}\r`);
    this.#shown = 0;
  }
}
