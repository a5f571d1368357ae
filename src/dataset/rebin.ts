/** Counts of a fine scan in the steps of a coarser one. */
import type { Points } from "../io/scan.ts";

/** Intensities over even cells, where points lie closer than the cells are wide; points farther apart stay as they are.
 *  Each point stands for what lies nearer to it than to its neighbours, and gives every cell the share of that which lies
 *  inside: Σ intensity · width is kept, and no count is lost.
 *  @param points ascending strictly
 *  @param width of the cells, in the unit of the angles; one has its middle at 0
 *  @returns intensities per point of the given scan (means, not sums) at the middle of what of each cell was measured */
export function rebin({ twoTheta, intensity }: Points, width: number): Points {
  const edges = cellEdges(twoTheta);
  const x: number[] = [],
    y: number[] = [];
  // A step that is the cell's width but for its rounding stays too.
  const isFine = (i: number): boolean => edges[i + 1] - edges[i] < 0.99 * width;
  for (let i = 0; i < twoTheta.length;) {
    if (!isFine(i)) {
      x.push(twoTheta[i]);
      y.push(intensity[i++]);
      continue;
    }
    const from = edges[i];
    let next = i;
    while (next < twoTheta.length && isFine(next)) next++;
    const cuts = cellCuts(from, edges[next], width);
    for (let k = 0; k + 1 < cuts.length; k++) {
      let sum = 0;
      while (i < next && edges[i + 1] <= cuts[k]) i++;
      for (let j = i; j < next && edges[j] < cuts[k + 1]; j++) {
        sum += intensity[j] * (Math.min(edges[j + 1], cuts[k + 1]) - Math.max(edges[j], cuts[k]));
      }
      x.push(0.5 * (cuts[k] + cuts[k + 1]));
      y.push(sum / (cuts[k + 1] - cuts[k]));
    }
    i = next;
  }
  return { twoTheta: Float64Array.from(x), intensity: Float64Array.from(y) };
}

/** Borders halfway between points; the outermost points reach as far out as in. */
export function cellEdges(at: Float64Array): Float64Array {
  const n = at.length;
  return Float64Array.from({ length: n + 1 }, (_, i) => {
    if (i === 0) return at[0] - 0.5 * (at[1] - at[0]);
    if (i === n) return at[n - 1] + 0.5 * (at[n - 1] - at[n - 2]);
    return 0.5 * (at[i - 1] + at[i]);
  });
}

/** `from`, the borders of cells between, and `to`; what is less than half a cell at an end goes to its neighbour. */
function cellCuts(from: number, to: number, width: number): number[] {
  const cuts = [from];
  for (let k = Math.ceil(from / width - 0.5); (k + 0.5) * width < to; k++) {
    const cut = (k + 0.5) * width;
    if (cut - from >= 0.5 * width && to - cut >= 0.5 * width) cuts.push(cut);
  }
  cuts.push(to);
  return cuts;
}
