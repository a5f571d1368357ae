/** The evaluation's page and the figure of several trainings: well-formed, with numbers everywhere. */
import { expect, test } from "vitest";
import { createGenerator } from "../../src/dataset/generator.ts";
import { named } from "../../src/evaluate/cases.ts";
import type { Judgement } from "../../src/evaluate/evaluate.ts";
import { relativeErrors } from "../../src/nn/metrics.ts";
import { evaluationPage } from "../../src/report/evaluation/page.ts";
import { scalingFigure } from "../../src/report/evaluation/scaling.ts";
import { elements } from "./wellFormed.ts";

async function judgement(count: number, columns: readonly string[] | undefined): Promise<Judgement> {
  const generator = await createGenerator("cnn3"),
    { labels } = generator.generate(6, 0, count),
    names = generator.labelNames,
    truth = { names, labels };
  const kept = columns ?? names,
    found = {
      names: kept,
      labels: Float32Array.from(
        { length: count * kept.length },
        (_, i) =>
          (1 + 0.1 * Math.sin(i)) *
          labels[Math.floor(i / kept.length) * names.length + names.indexOf(kept[i % kept.length]!)]!,
      ),
    };
  return {
    generator,
    streamSeed: 6,
    index: Float64Array.from({ length: count }, (_, k) => k),
    predicted: found,
    truth,
    errors: relativeErrors(found, truth),
    secondsPerCurve: 0,
  };
}

const wholeNumbers = (markup: string): void => expect(/NaN|Infinity|undefined/.exec(markup)).toBeNull();

test("all outputs: agreement, errors, histograms and five sheets of cases", async () => {
  const judged = await judgement(60, undefined);
  const html = await evaluationPage({
    title: "<cnn3>",
    tables: [],
    judgement: judged,
    answer: async () => named(judged.predicted, 0),
  });
  expect(elements(html, true).filter(({ name }) => name === "figure").length).toBe(9);
  wholeNumbers(html);
});

test("without a profile: agreement and errors of what is said", async () => {
  const html = await evaluationPage({
    title: "three",
    tables: [],
    judgement: await judgement(40, ["disorder", "thickness"]),
    answer: async () => ({}),
  });
  expect(elements(html, true).filter(({ name }) => name === "figure").length).toBe(3);
  wholeNumbers(html);
});

test("courses of trainings, also those that do not say all", () => {
  const learning = [1e5, 1e6].map((samples) => ({ samples, accuracy: { t: 50, strain: 20 } }));
  const svg = scalingFigure([
    { name: "one", learning, isBaseline: false },
    { name: "two", learning: learning.slice(1), isBaseline: true },
  ]);
  expect(elements(svg).filter(({ name }) => name === "circle").length).toBe(4);
  wholeNumbers(svg);
});
