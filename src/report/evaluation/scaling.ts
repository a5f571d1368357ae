/** What more training samples give: figure 7 of Boulle & Debelle 2023, from the courses of trainings. */
import type { Validation } from "../../nn/index.ts";
import type { Axis } from "../axis.ts";
import { Panel, standaloneSvg, text } from "../svg.ts";

export interface Course {
  readonly name: string;
  readonly learning: readonly Pick<Validation, "samples" | "accuracy">[];
  /** Drawn dashed. */
  readonly isBaseline: boolean;
}

const MEASURES = [
  ["strain", "Strain profile"],
  ["t", "Thickness"],
  ["emax", "Largest strain"],
  ["dw", "Debye–Waller factor"],
] as const;

/** SVG: accuracies on validation samples against the samples seen, one panel a measure. */
export function scalingFigure(courses: readonly Course[]): string {
  const all = courses.flatMap(({ learning }) => learning.map(({ samples }) => samples));
  const x: Axis = {
    from: 0.9 * Math.min(...all),
    to: 1.1 * Math.max(...all),
    log: true,
    label: "Samples seen",
  };
  const parts = MEASURES.flatMap(([measure, name], k) => {
    const box = { x: 60 + (k % 2) * 370, y: 30 + Math.floor(k / 2) * 250, width: 230, height: 170 };
    const panel = new Panel({
      box,
      x,
      y: { from: 0, to: 100, log: false, label: "Within 10 % (%)" },
      gutter: 56,
    });
    const ends: { name: string; y: number }[] = [];
    for (const { name: course, learning, isBaseline } of courses) {
      const known = learning.filter(({ accuracy }) => accuracy?.[measure] !== undefined),
        values = known.map(({ accuracy }) => accuracy[measure]!);
      if (values.length === 0) continue;
      panel.line(
        known.map(({ samples }) => samples),
        values,
        isBaseline ? "ghost" : "fit",
      );
      panel.mark(known.at(-1)!.samples, values.at(-1)!);
      ends.push({ name: `${course} ${values.at(-1)!.toFixed(1)}`, y: box.y + panel.toY(values.at(-1)!) + 4 });
    }
    // From the top down, so that names do not cover each other.
    let free = -Infinity;
    const labels = ends
      .sort((a, b) => a.y - b.y)
      .map((end) => {
        free = Math.max(end.y, free + 14);
        return text(box.x + box.width + 6, free, end.name);
      });
    return [panel, text(box.x, box.y - 8, name, "start", "label"), ...labels];
  });
  return standaloneSvg({
    width: 760,
    height: 500,
    description: "Accuracies against the training samples seen",
    parts,
  });
}
