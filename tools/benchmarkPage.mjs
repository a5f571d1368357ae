// docs/benchmark.md from the results that tools/benchmark.mjs keeps.

/** Table 2 of Boulle & Debelle 2023: test mse and accuracies in percent, with the noise of its program. */
const ROWS = [
  {
    title: "CNN1",
    about: "50–1000 nm, 0.2–8 %, DW 0.001–1",
    preset: "cnn1",
    outputs: 14,
    paper: [0.0016, 85, 90, 73, 92, 100, 74],
  },
  {
    title: "CNN2",
    about: "100–1000 nm, 0.5–8 %, DW 0.05–1",
    preset: "cnn2",
    outputs: 14,
    paper: [0.0013, 91, 94, 90, 93, 100, 82],
  },
  {
    title: "CNN1, e_max ≤ 2 %",
    about: "the same network on its weakly strained samples",
    preset: "cnn1",
    outputs: 14,
    maxStrain: 2,
    paper: [null, 70, 74, 63, 91, 100, 50],
  },
  {
    title: "CNN2, e_max ≤ 2 %",
    about: "the same network on its weakly strained samples",
    preset: "cnn2",
    outputs: 14,
    maxStrain: 2,
    paper: [null, 80, 81, 81, 93, 100, 61],
  },
  {
    title: "CNN3",
    about: "100–1000 nm, 0.5–2 %, DW 0.05–1",
    preset: "cnn3",
    outputs: 14,
    paper: [0.0026, 86, 94, 85, 91, 100, 76],
  },
  {
    title: "CNN3[12]",
    about: "CNN3 without width of the resolution and dynamic range",
    preset: "cnn3",
    outputs: 12,
    paper: [0.0031, 86, 93, 84, null, null, 76],
  },
  {
    title: "CNN3[3]",
    about: "thickness, largest strain and disorder alone",
    preset: "cnn3",
    outputs: 3,
    paper: [0.0015, 88, 97, 90, null, null, null],
  },
];
const MEASURES = ["t", "emax", "dw", "h", "dr", "strain"];
const HEAD =
  "| | noise | a(t) | a(e_max) | a(DW) | a(H) | a(DR) | a(strain) | mse | samples |\n|---|---|---|---|---|---|---|---|---|---|";
const NOISES = ["published", "poisson"];

const percent = (value) => (value === undefined || value === null ? "–" : value.toFixed(1));
const million = (samples) => `${(samples / 1e6).toFixed(samples < 1e7 ? 2 : 1)} million`;

const INVERSIONS = [
  "What inversions find that start from the networks ([inversion.md](inversion.md)). Right: a(strain). Determined: answers that are marked",
  "so, of n; right of them: with their number and the lower end of a one-sided 95 % interval (Clopper & Pearson 1934). Coverage: share",
  "of the depths at which the pointwise 95 % band holds the true strain. ECE: mean difference of `confidence` and the share that is right,",
  "over ten bins. Seconds: network and inversion, mean of one core.",
];

/** Lowest p at which at least k of n succeed with a probability of 5 %: one-sided 95 % (Clopper & Pearson 1934, Biometrika 26, 404). */
function lowerLimit(k, n) {
  if (k === 0) return 0;
  const upperTail = (p) => {
    let ln = n * Math.log(1 - p),
      sum = 0;
    for (let i = 0; i <= n; i++) {
      if (i >= k) sum += Math.exp(ln);
      ln += Math.log((n - i) / (i + 1)) + Math.log(p / (1 - p));
    }
    return sum;
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) < 0.05) low = middle;
    else high = middle;
  }
  return low;
}

/** Of those marked as determined: percent, how many of how many, lower limit. */
function rightOf({ share, right }, n) {
  const marked = Math.round((share * n) / 100);
  if (right === undefined || marked === 0) return "–";
  const count = Math.round((right * marked) / 100);
  return `${percent(right)} (${count} of ${marked}; ≥ ${percent(100 * lowerLimit(count, marked))})`;
}

function summaryTable(rows) {
  return [
    "| samples of | noise | n | network alone | right | determined | right of them | coverage | ECE | seconds |",
    "|---|---|---|---|---|---|---|---|---|---|",
    ...rows.map(
      ({ title, result: r }) =>
        `| ${title} | ${r.noise} | ${r.count} | ${percent(r.alone.accuracy.strain)} | ${percent(r.accuracy.strain)} | ${percent(r.determined.share)} | ${rightOf(r.determined, r.count)} | ${percent(r.coverage)} | ${r.calibrationError?.toFixed(3) ?? "–"} | ${r.secondsPerCurve.toFixed(2)} |`,
    ),
  ];
}

const STRATA = {
  fringes: "fringes of the answer, ∫\\|e\\| dz/d",
  filmCounts: "counts above background beside the peak",
  debyeWaller: "smallest Debye–Waller factor",
};

function rangeOf({ by, from, to }) {
  const write = (edge) => (by === "filmCounts" ? `10^${edge}` : String(edge));
  // JSON has no infinity.
  if (to === null || !Number.isFinite(to)) return `≥ ${write(from)}`;
  return from === 0 ? `< ${write(to)}` : `${write(from)} to ${write(to)}`;
}

/** Tables by what a scan holds. */
function strataParts(rows) {
  return rows
    .filter(({ result }) => result.strata !== undefined)
    .flatMap(({ title, result: { strata, count } }) => [
      `#### ${title}, by what a scan holds`,
      "",
      "| stratum | | n | right | determined | right of them | coverage |",
      "|---|---|---|---|---|---|---|",
      ...strata.map((stratum) => {
        const n = Math.round((stratum.share * count) / 100),
          sure = { share: stratum.determined, right: stratum.rightOfDetermined };
        return `| ${STRATA[stratum.by]} | ${rangeOf(stratum)} | ${n} | ${percent(stratum.right)} | ${percent(stratum.determined)} | ${rightOf(sure, n)} | ${percent(stratum.coverage)} |`;
      }),
      "",
    ]);
}

/** One result a preset: as the engine is now before as it was, then that of the most samples. */
function newest(results, code) {
  const sorted = [...results].sort(
    (a, b) => Number(b.code === code) - Number(a.code === code) || b.count - a.count,
  );
  return sorted.filter((r, k) => sorted.findIndex(({ preset }) => preset === r.preset) === k);
}

/** @param sure, real inversions of the paper's sets, and of scans of real instruments */
function inversionParts(sure, real) {
  if (sure.length + real.length === 0) return ["Not measured.", ""];
  return [
    ...INVERSIONS,
    "",
    "### The paper's sets",
    "",
    ...summaryTable(sure),
    "",
    "### Scans of real instruments",
    "",
    ...(real.length === 0 ? ["Not measured."] : summaryTable(real)),
    "",
    ...strataParts([...real, ...sure.filter(({ result }) => result.noise === "poisson")]),
  ];
}

/** @returns the page, and the courses of the trainings on the third set */
export function benchmarkPage({ models, results }, code) {
  const known = Object.entries(models).map(([sha256, model]) => ({
    sha256,
    ...model,
    isBaseline: model.network === "paper" && model.training.loss === "range",
  }));
  const all = Object.values(results);
  /** Of several the one with the most samples; of inversions, as they are now before as they were. */
  const find = (model, noise, maxStrain, refine) =>
    all
      .filter(
        (r) =>
          r.sha256 === model.sha256 &&
          r.noise === noise &&
          r.maxStrain === maxStrain &&
          r.args.includes("--refine") === refine,
      )
      .sort((a, b) => Number(b.code === code) - Number(a.code === code) || b.count - a.count)[0];
  const strainOf = (model) =>
    find(model, "poisson", undefined, false)?.accuracy.strain ??
    find(model, "poisson", undefined, false)?.accuracy.t ??
    0;
  const pick = ({ preset, outputs }, isBaseline) =>
    known
      .filter((m) => m.preset === preset && m.outputs === outputs && m.isBaseline === isBaseline)
      .sort((a, b) => strainOf(b) - strainOf(a))[0];
  const commands = new Set(),
    lines = [],
    /** Inversions of the paper's sets, and of scans of real instruments. */
    sure = [],
    real = [];
  const command = (model, { args }) => `takagi evaluate ${model.folder} ${args.join(" ")}`;
  const line = (name, { noise, accuracy, mse, count }) =>
    `| ${name} | ${noise} | ${MEASURES.map((m) => percent(accuracy[m])).join(" | ")} | ${mse.toPrecision(2)} | ${count} |`;
  for (const row of ROWS) {
    const {
        title,
        about,
        paper: [mse, ...shares],
        maxStrain,
      } = row,
      ours = pick(row, false),
      baseline = pick(row, true);
    lines.push(
      `### ${title}`,
      "",
      `${about[0].toUpperCase()}${about.slice(1)}.`,
      "",
      HEAD,
      `| paper | published | ${shares.map((s) => s ?? "–").join(" | ")} | ${mse ?? "–"} | 150000${maxStrain ? " drawn" : ""} |`,
    );
    for (const noise of NOISES) {
      for (const [model, name, refine] of [
        [baseline, "paper's network and recipe", false],
        [ours, "network", false],
        [ours, "**inversions**", true],
      ]) {
        const result = model && find(model, noise, maxStrain, refine);
        if (!result) continue;
        lines.push(line(name, result));
        commands.add(command(model, result));
        if (refine) sure.push({ title, result });
      }
    }
    if (!ours) lines.push("", "Not trained.");
    lines.push("");
  }
  for (const model of known.filter(({ preset }) => preset === "universal"))
    for (const result of newest(
      all.filter((r) => r.sha256 === model.sha256 && r.args.includes("--refine")),
      code,
    )) {
      commands.add(command(model, result));
      real.push({ title: result.preset, result });
    }
  const trained = ROWS.filter(({ maxStrain }) => maxStrain === undefined)
    .flatMap((row) => [pick(row, false), pick(row, true)])
    .filter(Boolean);
  const courses = known
    .filter(
      ({ preset, outputs, learning }) =>
        preset === "cnn3" && outputs === 14 && learning.some(({ accuracy }) => accuracy),
    )
    .map(({ learning, network, isBaseline }) => ({
      name: isBaseline ? "paper's" : network,
      learning,
      isBaseline,
    }));
  return { courses, page: `${parts().join("\n")}\n` };

  function parts() {
    return [
      "# Benchmark",
      "",
      "Models against Table 2 of Boulle & Debelle 2023 (Mach. Learn.: Sci. Technol. 4 015002). This page is written by",
      "`node tools/benchmark.mjs`, which runs the commands below and keeps their results in `benchmark.json`; no number of takagi's is typed by",
      "hand. The paper's are its own.",
      "",
      "- a(p): share, in percent, of fresh samples whose p is within 10 % of the truth; a(strain): rms error of the strain over the",
      "  depth under 10 % of its maximum. mse: of all labels scaled to 0 … 1. A share a of n samples is uncertain by",
      "  √(a(100 − a)/n): at 80 %, 0.3 points for 20 000 samples and 1.3 for 1000 (one standard deviation).",
      "- Noise: `poisson` replaces the mean by a Poisson draw, as the paper's text says; `published` adds the draw to the mean, as the paper's",
      "  program does, which halves the relative noise. Compare the paper with `published`. The networks of takagi are trained on `poisson`",
      "  where the table below says nothing else.",
      "- Samples come from streams that no training, validation or choice of moments draws from (`test/evaluate/evaluate.test.ts`).",
      "- *Paper's network and recipe*: its layers, mean squared error of scaled labels, RMSprop, plateau; trained here on as many samples as the",
      "  table says (the paper's own saw 85 million: 70 times 1.2 million).",
      "",
      "## Table 2, row by row",
      "",
      ...lines,
      "## Inversions",
      "",
      ...inversionParts(sure, real),
      "## Training",
      "",
      ...(trained.length === 0
        ? ["No models.", ""]
        : [
            "| model | set | outputs | network | loss, optimizer, schedule | noise | samples | minutes | on | MB |",
            "|---|---|---|---|---|---|---|---|---|---|",
            ...trained.map(
              ({ folder, preset, outputs, network, training: t, bytes }) =>
                `| ${folder} | ${preset} | ${outputs} | ${network} | ${t.loss}, ${t.optimizer}, ${t.schedule} | ${t.noise} | ${million(t.samples)}${t.start ? `, from ${t.start.name} (${million(t.start.samples)})` : ""} | ${Math.round(t.seconds / 60)} | ${t.hardware} | ${(bytes / 1e6).toFixed(1)} |`,
            ),
            "",
          ]),
      "## More samples: figure 7, small",
      "",
      ...(courses.length === 0
        ? ["No courses of trainings.", ""]
        : [
            "Accuracies on validation samples in the course of each training on the third set, against the samples seen. The paper sees each of 1.2 million samples 70",
            "times and reaches a(strain) = 76 %, with 3 million 80 %; here no sample is seen twice. Within a training the learning rate is",
            "still high before the end: only the circles are finished networks.",
            "",
            "![Accuracies against samples seen](benchmark-learning.svg)",
            "",
          ]),
      "## Commands",
      "",
      "```sh",
      ...(commands.size === 0 ? ["node tools/benchmark.mjs"] : commands),
      "```",
    ];
  }
}
