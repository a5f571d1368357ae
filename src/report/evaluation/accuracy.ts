/** Predicted against true values, the spread of their errors, and how many err by how much: figure 3 of Boulle & Debelle
 *  2023. */
import type { Judgement } from "../../evaluate/evaluate.ts";
import type { Measure, PerSample } from "../../nn/metrics.ts";
import { around, type Axis } from "../axis.ts";
import { fixed } from "../numbers.ts";
import { type Box, Panel, type Picture, text } from "../svg.ts";

export const NAMES: Readonly<Record<Measure, { readonly name: string; readonly label: string }>> = {
  t: { name: "Thickness", label: "t (nm)" },
  emax: { name: "Largest strain", label: "e_max (%)" },
  dw: { name: "Smallest Debye–Waller factor", label: "DW_min" },
  h: { name: "Width of the resolution", label: "H (° 2θ)" },
  dr: { name: "Dynamic range", label: "DR (decades)" },
  strain: { name: "Strain profile", label: "strain" },
};

export const WIDTH = 760;
/** Dots in a panel: more only hide each other. */
const DOTS = 5000;
const THRESHOLD = 0.1;
/** Relative error at the edges of the violins. */
const EDGE = 0.5;
const BINS = 60;

/** Places of panels, three a row. */
export function places(count: number, height: number, top: number): Box[] {
  const left = 58,
    gap = 66,
    width = (WIDTH - left - 2 * gap - 16) / 3;
  return Array.from({ length: count }, (_, k) => ({
    x: left + (k % 3) * (width + gap),
    y: top + Math.floor(k / 3) * (height + 74),
    width,
    height,
  }));
}

const said = (values: Omit<PerSample, "strain"> | PerSample): Measure[] => Object.keys(values) as Measure[];

/** @param found, truth quantities of each sample */
export function agreementPicture(
  found: Omit<PerSample, "strain">,
  truth: Omit<PerSample, "strain">,
): Picture {
  const names = said(found) as Exclude<Measure, "strain">[],
    boxes = places(names.length, 180, 30);
  const parts = names.flatMap((name, k) => {
    const x = truth[name]!.subarray(0, DOTS),
      y = found[name]!.subarray(0, DOTS),
      { label } = NAMES[name],
      box = boxes[k]!;
    const axis: Axis = around(`True ${label}`, x, 0.04),
      ends = [axis.from, axis.to];
    const panel = new Panel({
      box,
      x: axis,
      y: { ...axis, label: `Predicted ${label}` },
      gutter: 56,
      spacing: { x: 48 },
    });
    panel.dots(x, y, "cloud").line(ends, ends, "plain");
    for (const factor of [1 - THRESHOLD, 1 + THRESHOLD])
      panel.line(
        ends,
        ends.map((value) => factor * value),
        "ghost",
      );
    return [panel, text(box.x, box.y - 8, NAMES[name].name, "start", "label")];
  });
  const last = boxes.at(-1)!;
  return {
    width: WIDTH,
    height: last.y + last.height + 44,
    description: "Predicted against true values",
    parts,
  };
}

/** Distributions of relative errors, lying; strokes at the 10th, 50th and 90th percentile. */
export function violinPicture(errors: PerSample): Picture {
  const names = said(errors).filter((name) => name !== "strain"),
    row = 46,
    box = { x: 196, y: 10, width: WIDTH - 196 - 106, height: row * names.length };
  const panel = new Panel({
    box,
    x: { from: -EDGE, to: EDGE, log: false, label: "Relative error (predicted − true)/true" },
    y: { from: names.length, to: 0, log: false, label: "" },
    yLabels: false,
  });
  const parts: (string | Panel)[] = [panel];
  for (const at of [-THRESHOLD, THRESHOLD]) panel.line([at, at], [0, names.length], "zero");
  for (const [k, name] of names.entries()) {
    const values = errors[name]!,
      sorted = values.slice().sort(),
      density = new Float64Array(BINS),
      middle = k + 0.5;
    for (const value of values)
      if (Math.abs(value) < EDGE) density[Math.floor(((value + EDGE) / (2 * EDGE)) * BINS)]! += 1;
    const highest = density.reduce((a, b) => Math.max(a, b), 1),
      at = Array.from(density, (_, bin) => ((bin + 0.5) / BINS) * 2 * EDGE - EDGE);
    const half = Array.from(density, (count) => (0.44 * count) / highest);
    panel.band(
      at,
      half.map((h) => middle - h),
      half.map((h) => middle + h),
    );
    for (const share of [0.1, 0.5, 0.9]) {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!,
        h = share === 0.5 ? 0.4 : 0.25;
      panel.line([value, value], [middle - h, middle + h], share === 0.5 ? "fit" : "plain");
    }
    const beyond = values.filter((value) => !(Math.abs(value) < EDGE)).length / values.length,
      y = box.y + row * middle + 4;
    parts.push(
      text(box.x - 8, y, NAMES[name].name, "end", "label"),
      text(box.x + box.width + 8, y, `${fixed(100 * beyond, 1)} % beyond`),
    );
  }
  return {
    width: WIDTH,
    height: box.y + box.height + 44,
    description: "Distributions of the relative errors",
    parts,
  };
}

/** Shares of samples whose error is under a threshold, against the threshold. */
export function cumulativePicture({ errors }: Pick<Judgement, "errors">): Picture {
  const names = said(errors),
    boxes = places(names.length, 150, 30),
    widest = 0.4,
    steps = 200;
  const parts = names.flatMap((name, k) => {
    const sorted = errors[name]!.map(Math.abs).sort(),
      box = boxes[k]!;
    const at = Array.from({ length: steps + 1 }, (_, i) => (i / steps) * widest);
    let under = 0;
    const share = at.map((limit) => {
      while (under < sorted.length && sorted[under]! < limit) under++;
      return (100 * under) / sorted.length;
    });
    const reached = (100 * sorted.filter((error) => error < THRESHOLD).length) / sorted.length;
    const label = name === "strain" ? "rms(Δe)/e_max" : `|Δ|/${NAMES[name].label.replace(/ \(.*/, "")}`;
    const panel = new Panel({
      box,
      x: { from: 0, to: widest, log: false, label },
      y: { from: 0, to: 102, log: false, label: "Samples under it (%)" },
      gutter: 56,
      spacing: { x: 52 },
    });
    panel
      .line([THRESHOLD, THRESHOLD], [0, 102], "ghost")
      .line([0, THRESHOLD], [reached, reached], "ghost")
      .line(at, share, "fit")
      .mark(THRESHOLD, reached);
    return [
      panel,
      text(box.x, box.y - 8, NAMES[name].name, "start", "label"),
      text(box.x + box.width - 6, box.y + box.height - 10, `a = ${fixed(reached, 1)} %`, "end", "label"),
    ];
  });
  const last = boxes.at(-1)!;
  return {
    width: WIDTH,
    height: last.y + last.height + 44,
    description: "Shares of samples whose error is under a threshold",
    parts,
  };
}
