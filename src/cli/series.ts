/** Scans of one sample family, one after the other: each starts also from the answer before it, and knows what the first
 *  determined one found of the instrument. */
import type { InversionTask } from "../batch/work.ts";
import type { InvertOptions } from "../invert/options.ts";
import { type Line, type LineAnswer, profileOfLine } from "../report/line.ts";
import type { Profile } from "../types.ts";

type Known = NonNullable<InvertOptions["known"]>;

/** Standard deviations of a normal distribution in the width of a 95 % interval. */
const SIGMAS = 2 * 1.959964;
/** How much an instrument may differ from scan to scan, at least: samples are mounted anew. Of the width, relative; of the
 *  offset, in widths; of the Lorentz fraction. */
const LEAST = { fwhm: 0.02, offset: 0.1, lorentzFraction: 0.05 } as const;

export class Series {
  #known: Known = {};
  #guesses: readonly Profile[] = [];
  /** Open when the scan before has its line. */
  #gate = Promise.resolve();
  readonly #closed: (() => void)[] = [];

  /** Waits for its turn; to be called in the order of the scans, and `took` once for each. */
  enter(): Promise<void> {
    const gate = this.#gate;
    this.#gate = new Promise((open) => this.#closed.push(open));
    return gate;
  }

  /** What a line says is for the scans after it; lines of an earlier run count as those of this one. */
  took({ answer }: Line): void {
    if (answer?.converged === true) {
      this.#guesses = [profileOfLine(answer.profile)];
      if (answer.verdict === "determined" && Object.keys(this.#known).length === 0)
        this.#known = knownFrom(answer);
    }
    this.#closed.shift()?.();
  }

  /** The task with what is carried along; what the user fixed or knows comes first. */
  with(task: InversionTask): InversionTask {
    const { fix = {}, known = {} } = task.options,
      carried = Object.entries(this.#known).filter(([name]) => !(name in fix));
    return {
      ...task,
      options: {
        ...task.options,
        known: { ...(Object.fromEntries(carried) as Known), ...known },
        guesses: this.#guesses,
      },
    };
  }
}

function knownFrom({ quantities: { fwhmDeg, offsetDeg, lorentzFraction } }: LineAnswer): Known {
  const width = fwhmDeg.value;
  const pair = (
    { value, lower, upper }: { value: number | null; lower: number | null; upper: number | null },
    least: number,
  ): readonly [number, number] | undefined =>
    value === null || lower === null || upper === null
      ? undefined
      : [value, Math.max((upper - lower) / SIGMAS, least)];
  if (width === null) return {};
  const pairs = {
    fwhm: pair(fwhmDeg, LEAST.fwhm * width),
    offset: pair(offsetDeg, LEAST.offset * width),
    lorentzFraction: pair(lorentzFraction, LEAST.lorentzFraction),
  };
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined)) as Known;
}
