/** Damaged files by the thousand, and what the readers made of them. */
import { TakagiError } from "../../src/errors.ts";
import { Random } from "./random.ts";
import { agrees, damaged, type Seed, type Seen, type Target } from "./targets.ts";

export interface Tally {
  readonly target: string;
  inputs: number;
  /** Read, or refused with an error of takagi's. */
  read: number;
  refused: number;
  /** Of those read: with other points, angles, axis or wavelength than the undamaged file, and no error. Damage to one digit
   *  of a text cannot be noticed; to what is counted, summed or named, it must. */
  changed: number;
  slowestMs: number;
  /** Which input that was. */
  slowest: number;
}

export interface Failure {
  readonly target: string;
  /** Number of the input: the same for the same seed. */
  readonly index: number;
  readonly error: string;
}

export interface FuzzResult {
  readonly tallies: readonly Tally[];
  readonly failures: readonly Failure[];
}

export interface FuzzOptions {
  readonly targets: readonly Target[];
  readonly seed: number;
  /** Inputs: from the first one up to before the last. */
  readonly from: number;
  readonly to: number;
  /** Told before each input. */
  readonly onInput?: (index: number) => void;
}

/** What a file holds before it is damaged; nothing where it is refused. */
async function undamaged(target: Target, seed: Seed, known: Map<Seed, Seen>): Promise<Seen> {
  let found = known.get(seed);
  if (found === undefined) {
    found = await target.read(seed).catch(() => []);
    known.set(seed, found);
  }
  return found;
}

/** Input i belongs to target i modulo their number, and depends on seed and i only. */
export async function fuzz({ targets, seed, from, to, onInput }: FuzzOptions): Promise<FuzzResult> {
  const tallies = targets.map(({ name }): Tally => ({
    target: name,
    inputs: 0,
    read: 0,
    refused: 0,
    changed: 0,
    slowestMs: 0,
    slowest: -1,
  }));
  const failures: Failure[] = [];
  const known = new Map<Seed, Seen>();
  for (let index = from; index < to; index++) {
    onInput?.(index);
    const target = targets[index % targets.length]!;
    const tally = tallies[index % targets.length]!;
    const { seed: whole, bytes } = damaged(target, new Random(seed, index));
    tally.inputs++;
    const start = performance.now();
    try {
      const found = await target.read({ ...whole, bytes });
      tally.read++;
      if (!agrees(found, await undamaged(target, whole, known))) tally.changed++;
    } catch (error) {
      if (error instanceof TakagiError) tally.refused++;
      else
        failures.push({
          target: target.name,
          index,
          error:
            error instanceof Error
              ? `${error.name}: ${error.message.slice(0, 200)} ${error.stack?.split("\n")[1]?.trim() ?? ""}`
              : String(error),
        });
    }
    const ms = performance.now() - start;
    if (ms > tally.slowestMs) Object.assign(tally, { slowestMs: ms, slowest: index });
  }
  return { tallies, failures };
}
