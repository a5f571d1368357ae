/** Several answers from one: a prediction with the residuals of the samples that the network said the most alike of. */
import { strainAt } from "../profile/comparison.ts";
import type { Bank } from "./bank.ts";

/** A row of labels and how likely it is, among the rows it was proposed with. */
export interface ProposedLabels {
  /** In the order of the model's labels. */
  readonly labels: Float32Array;
  /** Share of the probability that this proposal stands for, 0 … 1. */
  readonly weight: number;
}

/** Neighbours whose residuals are candidates; more where more proposals are asked for. */
const NEIGHBOURS = 256;
/** Proposals that are chosen to differ; those after them are the nearest neighbours'. */
const DIFFERENT = 16;
/** Distance at which a neighbour's weight has fallen to exp(−½), relative to that of the last of these. */
const BANDWIDTH = 0.7;
/** Strain errors (rms relative to the largest strain) up to which one profile stands for another. */
const ALIKE = 0.07;
/** Depths on which candidates are compared. */
const DEPTHS = 64;

/** The spread of a bank's predictions in every coordinate, divided by its importance: what distances are measured in. */
export function unitsOf({ space, predicted }: Bank): Float64Array {
  const { size } = space,
    count = predicted.length / size,
    importance = space.importance();
  return importance.map((weight, k) => {
    let sum = 0,
      squares = 0;
    for (let row = 0; row < count; row++) {
      const value = predicted[row * size + k]!;
      sum += value;
      squares += value * value;
    }
    const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    return deviation > 0 ? deviation / weight : Infinity;
  });
}

/** Proposals from a prediction, the one that stands for most probability first. Neighbours of the prediction in the bank
 *  give their residuals to it: the sums are draws of what the truth may be. Of these, the first sixteen are those that one
 *  after the other have most of the remaining probability within a strain error of 7 %, so that no two say the same; then
 *  come the nearest neighbours' that are left, each with what remains of its own probability.
 *  @param prediction a row of labels
 *  @param units of `unitsOf` */
export function proposeLabels(
  bank: Bank,
  units: Float64Array,
  prediction: ArrayLike<number>,
  count: number,
): ProposedLabels[] {
  const { space, residuals } = bank,
    { size } = space,
    x = space.of(prediction);
  const near = neighbours(bank, units, x, Math.max(NEIGHBOURS, count));
  const candidates = near.map(({ row }) =>
    space.labelsOf(space.add(x, residuals.subarray(row * size, (row + 1) * size))),
  );
  const last = near[Math.min(NEIGHBOURS, near.length) - 1]!.distance,
    width = last > 0 ? BANDWIDTH * last : 1,
    likely = near.map(({ distance }) => Math.exp(-((distance / width) ** 2) / 2)),
    total = likely.reduce((a, b) => a + b, 0);
  return covering(
    distances(candidates.slice(0, NEIGHBOURS), space.weights, space.labels.indexOf("thickness")),
    likely.map((value) => value / total),
    count,
  ).map(({ index, weight }) => ({ labels: candidates[index]!, weight }));
}

/** The rows whose predictions are most alike, nearest first. */
function neighbours(
  { space: { size }, predicted }: Bank,
  units: Float64Array,
  x: Float64Array,
  count: number,
): { row: number; distance: number }[] {
  const all = Array.from({ length: predicted.length / size }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += ((predicted[row * size + k]! - x[k]!) / units[k]!) ** 2;
    return { row, distance: Math.sqrt(sum) };
  });
  return all.sort((a, b) => a.distance - b.distance).slice(0, count);
}

/** Strain errors, each candidate against each as the truth: row-major [truth][candidate]; as `strainError`, on fewer depths. */
function distances(
  candidates: readonly Float32Array[],
  weights: readonly number[],
  thickness: number,
): Float64Array {
  const count = candidates.length,
    errors = new Float64Array(count * count);
  const thick = candidates.map((labels) => Math.max(labels[thickness]!, 1e-9)),
    deepest = Math.max(...thick);
  const strains = candidates.map((labels, i) => {
    const own = weights.map((k) => labels[k]!);
    return Float64Array.from({ length: DEPTHS }, (_, k) =>
      strainAt(own, 1 - (((k + 0.5) / DEPTHS) * deepest) / thick[i]!),
    );
  });
  const largest = strains.map((strain) =>
    strain.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9),
  );
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const a = strains[i]!,
        b = strains[j]!;
      let sum = 0;
      for (let k = 0; k < DEPTHS; k++) sum += (a[k]! - b[k]!) ** 2;
      const rms = Math.sqrt(((sum / DEPTHS) * deepest) / Math.max(thick[i]!, thick[j]!));
      errors[i * count + j] = rms / largest[i]!;
      errors[j * count + i] = rms / largest[j]!;
    }
  return errors;
}

/** First those that together have most of the probability near them: each takes what the ones before left. Then the others
 *  in their order.
 *  @param errors of the nearest, row-major [truth][candidate]
 *  @param probability of all, in falling order
 *  @returns at most `count`, fewer where there are no more candidates */
function covering(
  errors: Float64Array,
  probability: readonly number[],
  count: number,
): { index: number; weight: number }[] {
  const size = Math.sqrt(errors.length),
    left = Float64Array.from(probability),
    // Row by candidate, so that sums run along memory.
    near = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) near[j * size + i] = 1 / (1 + (errors[i * size + j]! / ALIKE) ** 4);
  const chosen = new Map<number, number>();
  while (chosen.size < Math.min(count, size, DIFFERENT)) {
    let best = -1,
      most = -1;
    for (let j = 0; j < size; j++) {
      if (chosen.has(j)) continue;
      let sum = 0;
      for (let i = 0; i < size; i++) sum += left[i]! * near[j * size + i]!;
      if (sum > most) [best, most] = [j, sum];
    }
    for (let i = 0; i < size; i++) left[i]! *= 1 - near[best * size + i]!;
    chosen.set(best, most);
  }
  for (let i = 0; i < left.length && chosen.size < count; i++) if (!chosen.has(i)) chosen.set(i, left[i]!);
  return Array.from(chosen, ([index, weight]) => ({ index, weight }));
}
