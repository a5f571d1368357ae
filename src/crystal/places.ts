/** Positions in a cell, found again by where they are. */

import { product, type Metric } from "./lattice.ts";
import { periodicDifference, SAME_POSITION, type Vector } from "./symmetry.ts";

/** Sites by element and place. The bins are as wide as two positions may be apart and still be one, measured across the
 *  lattice planes, so that a neighbour is in one of 27 and few are in each. */
export class Places<T extends { readonly position: Vector }> {
  readonly #bins = new Map<string, T[]>();
  readonly #counts: Vector;
  readonly #metric: Metric;

  constructor(cell: Metric, reciprocal: Metric) {
    this.#metric = cell;
    const counts = [0, 1, 2].map((i) =>
      Math.max(1, Math.min(Math.floor(1 / Math.sqrt(reciprocal[i]![i]!) / SAME_POSITION), MOST_BINS)),
    );
    this.#counts = counts as unknown as Vector;
  }

  add(element: string, entry: T): void {
    const [x, y, z] = entry.position;
    const key = `${element} ${this.#bin(x, 0, 0)} ${this.#bin(y, 1, 0)} ${this.#bin(z, 2, 0)}`;
    const list = this.#bins.get(key);
    if (list === undefined) this.#bins.set(key, [entry]);
    else list.push(entry);
  }

  near(element: string, position: Vector): T | undefined {
    const [x, y, z] = position;
    for (let i = -1; i <= 1; i++) {
      for (let j = -1; j <= 1; j++) {
        for (let k = -1; k <= 1; k++) {
          const key = `${element} ${this.#bin(x, 0, i)} ${this.#bin(y, 1, j)} ${this.#bin(z, 2, k)}`;
          const found = this.#bins.get(key)?.find((entry) => {
            const shift = periodicDifference(entry.position, position);
            return product(this.#metric, shift, shift) < SAME_POSITION ** 2;
          });
          if (found !== undefined) return found;
        }
      }
    }
    return undefined;
  }

  #bin(x: number, axis: 0 | 1 | 2, step: number): number {
    const count = this.#counts[axis];
    return (((Math.floor(x * count) + step) % count) + count) % count;
  }
}

const MOST_BINS = 1e6;
