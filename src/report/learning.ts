/** The course of a training as a picture: losses and what the network scores against the samples seen. */
import type { Validation } from "../nn/index.ts";
import type { Measure } from "../nn/metrics.ts";
import { around } from "./axis.ts";
import { Panel, standaloneSvg, text } from "./svg.ts";

const BOX = { x: 60, width: 520 };

/** SVG; the upper panel only where the validations have accuracies. */
export function learningCurve(history: readonly Validation[]): string {
  const samples = history.map((validation) => validation.samples),
    last = history.at(-1);
  const x = around("Samples seen", [0, ...samples], 0);
  const losses = history.flatMap(({ loss, trainingLoss }) => [loss, trainingLoss]);
  const parts: (Panel | string)[] = [];
  const reached = last?.accuracy ?? {},
    names = Object.keys(reached) as Measure[];
  if (names.length > 0) {
    const upper = new Panel({
      box: { ...BOX, y: 20, height: 200 },
      x,
      y: { from: 0, to: 100, log: false, label: "Within 10 % (%)" },
      xLabels: false,
    });
    // From the bottom up, so that names do not cover each other.
    let free = Infinity;
    for (const name of names.sort((a, b) => reached[b]! - reached[a]!)) {
      upper.line(
        samples,
        history.map(({ accuracy }) => accuracy[name] ?? 0),
        name === "strain" ? "fit" : "ghost",
      );
      const y = Math.max(26 + upper.toY(reached[name]!), free === Infinity ? 0 : free + 14);
      free = y;
      parts.push(
        text(
          BOX.x + BOX.width + 6,
          y,
          `${name} ${reached[name]!.toFixed(1)}`,
          "start",
          name === "strain" ? "label" : "",
        ),
      );
    }
    parts.push(upper);
  }
  const lower = new Panel({
    box: { ...BOX, y: 240, height: 160 },
    x,
    y: {
      ...around("Loss", losses),
      log: losses.every((loss) => loss > 0),
      from: 0.9 * Math.min(...losses),
      to: 1.1 * Math.max(...losses),
    },
  });
  lower
    .line(
      samples,
      history.map(({ trainingLoss }) => trainingLoss),
      "ghost",
    )
    .line(
      samples,
      history.map(({ loss }) => loss),
      "fit",
    );
  return standaloneSvg({
    width: 680,
    height: 450,
    description: "Learning curve: accuracies and losses against the samples seen",
    parts: [...parts, lower],
  });
}
