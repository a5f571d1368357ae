/** Timing: warm-up, rounds that take turns (so that a slow moment of the machine hits all alike), median. */

/** Keeps results alive, so that nothing measured can be optimised away. */
export const sink = { value: 0 };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
}

export interface Times {
  readonly median: number;
  readonly least: number;
}

/** Milliseconds of each piece of work over `rounds` rounds; every piece runs once a round. */
export function milliseconds<K extends string>(
  work: Record<K, () => number>,
  rounds: number,
): Record<K, Times> {
  const names = Object.keys(work) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -3; round < rounds; round++) {
    for (const name of names) {
      const start = performance.now();
      sink.value += work[name]();
      const took = performance.now() - start;
      if (round >= 0) times[name].push(took);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, { median: median(times[name]), least: Math.min(...times[name]) }]),
  ) as Record<K, Times>;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}

/** A measured value beside the limit that it is held to. */
export function limited(
  value: number | null,
  limit: number,
  unit: string,
): { value: number | null; limit: number; unit: string; pass: boolean | null } {
  return { value, limit, unit, pass: value === null ? null : value <= limit };
}
