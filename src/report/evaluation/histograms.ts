/** What the best and the worst answers have in common: figures 5 and 6 of Boulle & Debelle 2023. */
import type { Measure, PerSample } from "../../nn/metrics.ts";
import { fixed, plain } from "../numbers.ts";
import { Panel, type Picture, text } from "../svg.ts";
import { NAMES, places, WIDTH } from "./accuracy.ts";

const BINS = 20;

/** @param truth true quantities of each sample
 *  @param best, worst rows of the samples
 *  @returns per quantity the shares of the worst (filled), of the best (line) and of all (dashed) in even bins */
export function histogramPicture(
  truth: Omit<PerSample, "strain">,
  best: readonly number[],
  worst: readonly number[],
): Picture {
  const names = Object.keys(truth) as Exclude<Measure, "strain">[],
    boxes = places(names.length, 150, 30);
  const parts = names.flatMap((name, k) => {
    const values = truth[name]!,
      from = values.reduce((a, b) => Math.min(a, b), Infinity),
      to = values.reduce((a, b) => Math.max(a, b), -Infinity),
      box = boxes[k]!;
    const shares = (rows: Iterable<number>): number[] => {
      const counts = new Array<number>(BINS).fill(0);
      let total = 0;
      for (const row of rows) {
        counts[Math.min(BINS - 1, Math.floor(((values[row]! - from) / (to - from || 1)) * BINS))]! += 1;
        total += 1;
      }
      return counts.map((count) => (100 * count) / Math.max(1, total));
    };
    const [low, high, all] = [shares(worst), shares(best), shares(values.keys())];
    const edges = Array.from({ length: BINS + 1 }, (_, i) => from + ((to - from) * i) / BINS),
      x = edges.slice(1).flatMap((edge, i) => [edges[i]!, edge]);
    const steps = (heights: readonly number[]): number[] => heights.flatMap((h) => [h, h]);
    const panel = new Panel({
      box,
      x: { from, to: to > from ? to : from + 1, log: false, label: NAMES[name].label },
      y: { from: 0, to: 1.08 * Math.max(...low, ...high), log: false, label: "Share (%)" },
      gutter: 56,
      spacing: { x: 48 },
    });
    panel
      .band(
        x,
        x.map(() => 0),
        steps(low),
      )
      .line(x, steps(low), "fit")
      .line(x, steps(high), "plain")
      .line(x, steps(all), "ghost");
    return [panel, text(box.x, box.y - 8, NAMES[name].name, "start", "label")];
  });
  const last = boxes.at(-1)!;
  return {
    width: WIDTH,
    height: last.y + last.height + 44,
    description: "Distributions of the parameters among the worst and the best answers",
    parts,
  };
}

/** "strain error of the best: up to 0.8 %; of the worst: from 31 %" */
export function errorsAt(errors: Float64Array, best: readonly number[], worst: readonly number[]): string {
  return `Best: errors up to ${plain(errors[best.at(-1)!]!, 2)}; worst: from ${plain(errors[worst[0]!]!, 2)}; median of all ${fixed(errors.slice().sort()[Math.floor(errors.length / 2)]!, 3)}.`;
}
