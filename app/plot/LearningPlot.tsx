/** The learning curve of a training while it goes on. */
import { theme } from "../state/scheme.ts";
import { course } from "../state/training.ts";
import { axis } from "./axes.ts";
import { Chart } from "./Chart.tsx";

/** Loss, logarithmic, against the simulated scans seen: a line while learning, dots on scans that it does not learn from. */
export function LearningPlot() {
  return (
    <Chart
      className="learning"
      label="Loss against simulated scans seen: a line while learning, dots on scans that it does not learn from"
      options={() => ({
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { distr: 3 } },
        axes: [
          axis(theme, {
            label: "Simulated scans",
            labelSize: 18,
            size: 34,
            values: (_, splits) => splits.map(short),
          }),
          axis(theme, {
            scale: "y",
            size: 48,
            label: "Loss",
            labelSize: 18,
            splits: (_, __, min, max) => roundValues(min, max),
            filter: (_, splits) => splits,
            values: (_, splits) => splits.map((v) => String(v)),
          }),
        ],
        series: [
          {},
          { stroke: () => theme.peek().accent, width: 1.6, points: { show: false }, spanGaps: true },
          {
            paths: () => null,
            points: {
              show: true,
              size: 7,
              stroke: () => theme.peek().dots,
              fill: () => theme.peek().dots,
              width: 0,
            },
          },
        ],
      })}
      data={() => {
        const { steps = [], validations = [] } = course.value ?? {};
        const samples = [
          ...new Set([...steps.map(([x]) => x), ...validations.map((validation) => validation.samples)]),
        ].sort((a, b) => a - b);
        const learned = new Map(steps),
          judged = new Map(validations.map((validation) => [validation.samples, validation.loss]));
        return [
          samples,
          samples.map((x) => learned.get(x) ?? null),
          samples.map((x) => judged.get(x) ?? null),
        ];
      }}
      follow={(chart) => {
        const [x = [], ...losses] = chart.data;
        const values = losses
          .flatMap((loss) => Array.from(loss))
          .filter((loss) => loss !== null && loss !== undefined);
        if (x.length < 2 || values.length === 0) return;
        chart.setScale("x", { min: x[0]!, max: x[x.length - 1]! });
        chart.setScale("y", { min: 0.9 * Math.min(...values), max: 1.1 * Math.max(...values) });
      }}
    />
  );
}

/** 1, 2 and 5 times the powers of ten. */
function roundValues(min: number, max: number): number[] {
  const from = Math.floor(Math.log10(min)),
    powers = Array.from({ length: Math.ceil(Math.log10(max)) - from }, (_, k) => from + k);
  return powers
    .flatMap((power) => [1, 2, 5].map((v) => Number(`${v}e${power}`)))
    .filter((v) => v >= min && v <= max);
}

function short(value: number): string {
  return value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(value);
}
