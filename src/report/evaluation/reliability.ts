/** Whether what answers say of themselves holds: confidence against the share that is right, and shares by what a scan holds. */
import type { Honesty, Stratum } from "../../evaluate/final.ts";
import { escape, superscript } from "../numbers.ts";
import { Panel, type Picture } from "../svg.ts";
import { WIDTH } from "./accuracy.ts";

/** Standard deviations of a 95 % interval. */
const Z = 1.96;

/** A reliability diagram: share of right answers against the mean confidence of each bin, with 95 % intervals (Wilson 1927,
 *  J. Am. Stat. Assoc. 22, 209); beside it how many answers are in each bin. */
export function reliabilityPicture(bins: Honesty["reliability"]): Picture {
  const filled = bins.filter(({ count }) => count > 0),
    most = filled.reduce((largest, { count }) => Math.max(largest, count), 1),
    height = 260,
    confidence = { from: 0, to: 1, log: false, label: "Confidence" };
  const panel = new Panel({
    box: { x: 58, y: 12, width: height, height },
    x: confidence,
    y: { from: 0, to: 1, log: false, label: "Right (share)" },
  });
  panel.line([0, 1], [0, 1], "ghost");
  for (const { count, confidence: at, right } of filled) {
    panel.line([at, at], wilson(right, count), "plain");
    panel.mark(at, right);
  }
  const counts = new Panel({
    box: { x: 58 + height + 74, y: 12, width: WIDTH - 58 - height - 74 - 16, height },
    x: confidence,
    y: { from: 0, to: 1.05 * most, log: false, label: "Answers" },
    gutter: 56,
  });
  bins.forEach(({ count }, k) => {
    const [from, to] = [(k + 0.08) / bins.length, (k + 0.92) / bins.length];
    counts.band([from, to], [0, 0], [count, count]);
  });
  return {
    width: WIDTH,
    height: 12 + height + 44,
    description: "Share of right answers against confidence, and how many answers have which confidence",
    parts: [panel, counts],
  };
}

/** Ends of the 95 % interval of a share among n. */
function wilson(share: number, n: number): [low: number, high: number] {
  const scale = 1 + Z ** 2 / n,
    middle = (share + Z ** 2 / (2 * n)) / scale,
    half = (Z / scale) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  return [middle - half, middle + half];
}

const BY: Record<Stratum["by"], string> = {
  fringes: "Fringes ∫|e| dz/d of the answer",
  filmCounts: "Counts above background beside the peak",
  debyeWaller: "Smallest Debye–Waller factor",
};

/** The stratum's range in words. */
export function rangeOf({ by, from, to }: Pick<Stratum, "by" | "from" | "to">): string {
  const write = (edge: number): string => (by === "filmCounts" ? `10${superscript(edge)}` : String(edge));
  if (!Number.isFinite(to)) return `≥ ${write(from)}`;
  return from === 0 ? `< ${write(to)}` : `${write(from)} to ${write(to)}`;
}

/** A table of all strata as HTML.
 *  @param count of all samples, from which the number in each stratum follows */
export function strataTable(strata: readonly Stratum[], count: number): string {
  const cell = (value: number | undefined, of?: number): string =>
    value === undefined
      ? "<td>–</td>"
      : `<td>${value.toFixed(1)}${of === undefined ? "" : ` <small>of ${of}</small>`}</td>`;
  const groups = (Object.keys(BY) as Stratum["by"][]).map((by) => {
    const rows = strata
      .filter((stratum) => stratum.by === by)
      .map((stratum) => {
        const n = Math.round((stratum.share * count) / 100),
          marked = Math.round((stratum.determined * n) / 100);
        return [
          `<tr><th scope="row">${escape(rangeOf(stratum))}</th><td>${n}</td>`,
          cell(stratum.right),
          cell(stratum.determined),
          cell(stratum.rightOfDetermined, marked),
          `${cell(stratum.coverage)}</tr>`,
        ].join("");
      });
    return `<table><caption>${escape(BY[by])}</caption><thead><tr><th></th><th>n</th><th>right</th><th>determined</th><th>of them right</th><th>band holds</th></tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`;
  });
  return groups.join("\n");
}
