/** Whether counts lie about their means as Poisson counts do. */

/** Standard deviations by which a deviance lies above what counts of these means give.
 *  @param error relative error beside the counting: weights are 1/(1 + ε² n) */
export function excessOf(counts: Float64Array, mean: Float64Array, error: number, deviance: number): number {
  let expected = 0,
    variance = 0;
  for (let j = 0; j < counts.length; j++) {
    const m = mean[j],
      moments = devianceOf(m),
      // A relative error makes the mean itself vary: its deviance comes on top of the counting's.
      own = moments.expected + error * error * m,
      weight = 1 / (1 + error * error * Math.max(m, 1)),
      spread = moments.spread * (own / moments.expected) ** 2;
    expected += weight * own;
    variance += weight * weight * spread;
  }
  return (deviance - expected) / Math.sqrt(variance);
}

/** Mean and variance of a Poisson count's deviance, by its mean; tables in ln mean. */
const TABLE_FIRST = Math.log(1e-3);
const TABLE_STEP = 0.1;
const TABLE_SIZE = 110;
let table: { expected: number; spread: number }[] | undefined;

function devianceOf(mean: number): { expected: number; spread: number } {
  table ??= Array.from({ length: TABLE_SIZE }, (_, k) => momentsOf(Math.exp(TABLE_FIRST + k * TABLE_STEP)));
  const at = Math.round((Math.log(Math.max(mean, 1e-3)) - TABLE_FIRST) / TABLE_STEP);
  return at < TABLE_SIZE ? table[at] : { expected: 1, spread: 2 };
}

function momentsOf(mean: number): { expected: number; spread: number } {
  let expected = 0,
    squares = 0,
    lnProbability = -mean;
  for (let n = 0; n < mean + 12 * Math.sqrt(mean) + 30; n++) {
    if (n > 0) lnProbability += Math.log(mean / n);
    const deviance = 2 * (mean - n + (n > 0 ? n * Math.log(n / mean) : 0)),
      probability = Math.exp(lnProbability);
    expected += probability * deviance;
    squares += probability * deviance * deviance;
  }
  return { expected, spread: squares - expected * expected };
}
