// Trains what `confidence` rests on, from inversions of known truth (takagi evaluate MODEL --preset PRESET --refine --count N --out DIR
// writes DIR/scans.jsonl; use other seeds than those that are reported):
//   node tools/confidence.mjs TRAINING.jsonl...   writes src/invert/confidenceModel.ts and bands.ts; threshold and bands from what
//   models say of the fifth that they were not trained on (cross-fitting)
//   node tools/confidence.mjs TRAINING.jsonl... --calibration CALIBRATION.jsonl...   threshold and bands from others
//   node tools/confidence.mjs --layers TRAINING.jsonl... --calibration CALIBRATION.jsonl...   the same for answers of layers, from
//   node tools/layers.mjs --seed N --out FILE.jsonl: writes src/invert/layers/layerConfidenceModel.ts
//   node tools/confidence.mjs --keep --calibration CALIBRATION.jsonl...   the model stays; threshold and bands anew
//   node tools/confidence.mjs --bands --calibration CALIBRATION.jsonl...   the bands alone
// Boosted stumps on the logistic loss (Friedman 2001); the threshold of "determined" by binomial tests on answers that the model was
// not trained on (Learn then Test, Angelopoulos et al. 2021); the bands' factor by split conformal on the same.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: {
    calibration: { type: "string", multiple: true, default: [] },
    layers: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    bands: { type: "boolean", default: false },
    dry: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const ROUNDS = 160,
  RATE = 0.1,
  LEAST = 25,
  CUTS = 24,
  WANTED = 0.98,
  REFUTED = 0.965,
  LEVEL = 0.95,
  // A band as wide as the largest strain says that nothing is known.
  MOST_MARGIN = 1,
  FOLDS = 5,
  RIGHT = 0.1;

const read = (files) =>
  files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
      .filter(({ features }) => features !== undefined),
  );
const training = read(positionals),
  isCrossed = values.calibration.length === 0,
  calibration = isCrossed ? training : read(values.calibration),
  names = Object.keys((training[0] ?? calibration[0]).features);
const isRight = (record) => (record.error ?? record.err) < RIGHT;
const logistic = (x) => 1 / (1 + Math.exp(-x));

/** The model that is there. */
async function shippedModel() {
  const { MODEL } = await import(
    `data:text/javascript,${encodeURIComponent(
      readFileSync("src/invert/confidenceModel.ts", "utf8")
        .replace(/^import .*$/m, "")
        .replace(": StumpModel", ""),
    )}`
  );
  return {
    ...MODEL,
    training: Number(
      /from (\d+) inversions/.exec(readFileSync("src/invert/confidenceModel.ts", "utf8"))?.[1],
    ),
  };
}

function boost(records) {
  const truth = records.map((record) => (isRight(record) ? 1 : 0)),
    share = Math.min(Math.max(truth.reduce((a, b) => a + b, 0) / truth.length, 0.01), 0.99),
    bias = Math.log(share / (1 - share)),
    logits = records.map(() => bias),
    stumps = [];
  const columns = names.map((name) => records.map(({ features }) => features[name]));
  const cuts = columns.map((column) => {
    const sorted = [...column].sort((a, b) => a - b);
    return [
      ...new Set(
        Array.from({ length: CUTS }, (_, k) => sorted[Math.floor(((k + 1) / (CUTS + 1)) * sorted.length)]),
      ),
    ];
  });
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = logits.map((x, i) => truth[i] - logistic(x)),
      curvature = logits.map((x) => logistic(x) * (1 - logistic(x)));
    let best;
    columns.forEach((column, f) => {
      for (const at of cuts[f]) {
        let [gl, hl, nl, gr, hr, nr] = [0, 0, 0, 0, 0, 0];
        for (let i = 0; i < column.length; i++) {
          if (column[i] <= at) [gl, hl, nl] = [gl + gradient[i], hl + curvature[i], nl + 1];
          else [gr, hr, nr] = [gr + gradient[i], hr + curvature[i], nr + 1];
        }
        if (nl < LEAST || nr < LEAST) continue;
        const gain = (gl * gl) / (hl + 1) + (gr * gr) / (hr + 1);
        if (best === undefined || gain > best.gain)
          best = { gain, f, at, below: gl / (hl + 1), above: gr / (hr + 1) };
      }
    });
    if (best === undefined || best.gain < 2) break;
    const { f, at } = best,
      below = RATE * best.below,
      above = RATE * best.above;
    columns[f].forEach((value, i) => (logits[i] += value <= at ? below : above));
    const known = stumps.find((stump) => stump.feature === names[f] && stump.at === at);
    if (known === undefined) stumps.push({ feature: names[f], at, below, above });
    else {
      known.below += below;
      known.above += above;
    }
  }
  return { bias, stumps };
}

const confidence = ({ bias, stumps }, { features }) => {
  const value = logistic(
    stumps.reduce(
      (sum, { feature, at, below, above }) => sum + (features[feature] <= at ? below : above),
      bias,
    ),
  );
  return features.excess > 3 ? Math.min(value, 0.5) : value;
};

/** Probability of at most k failures of n where each fails with p. */
function binomial(k, n, p) {
  let term = n * Math.log(1 - p),
    sum = Math.exp(term);
  for (let i = 1; i <= k; i++) {
    term += Math.log((n - i + 1) / i) + Math.log(p / (1 - p));
    sum += Math.exp(term);
  }
  return sum;
}

/** Scans as instruments give them; the others are of the paper's sets. */
const isReal = ({ preset }) => preset !== undefined && !preset.startsWith("cnn");

/** Whether so many wrong ones of n are few: at least 98 % right, and less than 96.5 % refuted with 95 % confidence; of answers of layers,
 *  which are fewer, the first alone. */
const areFew = (wrong, n) =>
  wrong <= (1 - WANTED) * n && (values.layers || binomial(wrong, n, 1 - REFUTED) <= 1 - LEVEL);

/** The lowest threshold at which few answers are wrong, of all and of real-like scans alone, which are wrong more often. */
function threshold(records) {
  const rated = records
      .map((record) => ({ c: record.c, right: isRight(record), real: isReal(record) }))
      .sort((a, b) => b.c - a.c),
    hasReal = rated.some(({ real }) => real);
  let chosen,
    wrong = 0,
    real = 0,
    realWrong = 0;
  for (let n = 1; n <= rated.length; n++) {
    const last = rated[n - 1];
    if (!last.right) wrong++;
    if (last.real) {
      real++;
      if (!last.right) realWrong++;
    }
    if (n < 40 || (n < rated.length && rated[n].c === last.c)) continue;
    if (areFew(wrong, n) && (!hasReal || areFew(realWrong, real)))
      chosen = { at: last.c, n, wrong, real, realWrong };
  }
  return chosen;
}

function calibrationError(records) {
  const bins = Array.from({ length: 10 }, () => ({ n: 0, c: 0, right: 0 }));
  for (const record of records) {
    const { c } = record,
      bin = bins[Math.min(Math.floor(10 * c), 9)];
    bin.n++;
    bin.c += c;
    bin.right += isRight(record) ? 1 : 0;
  }
  return bins.reduce((sum, { n, c, right }) => sum + Math.abs(c - right), 0) / records.length;
}

const model = values.keep || values.bands ? await shippedModel() : boost(training),
  folds = Array.from({ length: isCrossed ? FOLDS : 0 }, (_, k) =>
    boost(training.filter((_, i) => i % FOLDS !== k)),
  ),
  scored = calibration.map((record, i) => ({
    ...record,
    c: confidence(isCrossed ? folds[i % FOLDS] : model, record),
  })),
  chosen = threshold(scored) ?? { at: 1, n: 0, wrong: 0 };
function ratesOf(preset) {
  const own = scored.filter((record) => record.preset === preset),
    determined = own.filter(({ c }) => c >= chosen.at);
  return {
    scans: own.length,
    right: own.filter(isRight).length,
    determined: determined.length,
    rightOfThem: determined.filter(isRight).length,
  };
}

// Mondrian conformal by confidence: what must be added to the draws' band so that it holds 95 % of the depths.
const EDGES = [0.2, 0.4, 0.6, 0.8, 0.95, 1];
const bands = EDGES.map((upTo, k) => {
  const own = scored.filter(({ c }) => c <= upTo && c > (EDGES[k - 1] ?? -1)),
    beyond = own.flatMap((record) => record.beyond ?? []).sort((a, b) => a - b);
  return {
    upTo,
    scans: own.length,
    margin:
      beyond.length < 100
        ? undefined
        : Math.min(
            Math.max(beyond[Math.min(Math.ceil(LEVEL * (beyond.length + 1)), beyond.length) - 1], 0),
            MOST_MARGIN,
          ),
  };
});
// Bins of few scans take their neighbour's.
for (let k = bands.length - 1; k >= 0; k--) bands[k].margin ??= bands[k + 1]?.margin ?? 0.05;
console.log(
  JSON.stringify({
    training: training.length,
    calibration: calibration.length,
    right: calibration.filter(isRight).length / calibration.length,
    calibrationError: calibrationError(scored),
    chosen,
    share: chosen.n / calibration.length,
    rightOfThem: chosen.n === 0 ? undefined : 1 - chosen.wrong / chosen.n,
    byPreset: Object.fromEntries(
      [...new Set(scored.map(({ preset }) => preset))].map((preset) => [preset, ratesOf(preset)]),
    ),
    bands,
    stumps: model.stumps.length,
    used: Object.fromEntries(
      names.map((name) => [
        name,
        model.stumps
          .filter((s) => s.feature === name)
          .reduce((sum, s) => sum + Math.abs(s.above - s.below), 0)
          .toFixed(2),
      ]),
    ),
  }),
);
if (!values.dry && !values.bands) writeModel();
if (!values.dry && !values.layers) writeBands();

function short(x) {
  return Number(x.toPrecision(5));
}

function writeModel() {
  const stumps = model.stumps
    .map(
      (s) =>
        `    { feature: "${s.feature}", at: ${short(s.at)}, below: ${short(s.below)}, above: ${short(s.above)} },\n`,
    )
    .join("");
  const [file, name, from] = values.layers
    ? ["src/invert/layers/layerConfidenceModel.ts", "LAYER_MODEL", "../stumps.ts"]
    : ["src/invert/confidenceModel.ts", "MODEL", "./stumps.ts"];
  writeFileSync(
    file,
    `/** Made by tools/confidence.mjs from ${model.training ?? training.length} inversions, its threshold from ${isCrossed ? "what models without them say of these" : `${calibration.length} others`}. */\nimport type { StumpModel } from "${from}";\n\nexport const ${name}: StumpModel = {\n  bias: ${short(model.bias)},\n  threshold: ${short(chosen.at)},\n  stumps: [\n${stumps}  ],\n};\n`,
  );
}

function writeBands() {
  writeFileSync(
    "src/invert/bands.ts",
    `/** How far the band of the draws is widened, in largest strains, so that 95 % bands hold the truth at 95 % of the depths of answers\n *  of each confidence (split conformal, Lei et al. 2018, by confidence; ${calibration.length} inversions: tools/confidence.mjs). */\nexport const BANDS: readonly { readonly upTo: number; readonly margin: number }[] = [\n${bands
      .map(({ upTo, margin }) => `  { upTo: ${upTo}, margin: ${short(margin)} },\n`)
      .join("")}];\n`,
  );
}
