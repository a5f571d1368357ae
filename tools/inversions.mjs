// What `invert` finds of fresh samples of a preset of protocol "measured" for one reflection (after npm run build):
//   node tools/inversions.mjs [PRESET.json] [--model models/universal | none] [--count 100] [--seed 1]
// Without a preset: YSZ 400, Cu Kα1. Right: the strain's rms error over the true film is under 10 % of its largest strain.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { invert, splineProfile } from "../dist/index.js";
import { createPredictor, loadModel } from "../dist/nn.js";
import { createGenerator } from "../dist/pool.js";

const {
  values: { model, ...numbers },
  positionals: [file],
} = parseArgs({
  options: {
    model: { type: "string", default: "models/universal" },
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
  allowPositionals: true,
});
const count = Number(numbers.count),
  seed = Number(numbers.seed),
  POINTS = 401;
const generator = await createGenerator(
    file === undefined ? "measured" : JSON.parse(readFileSync(file, "utf8")),
  ),
  {
    labelNames: names,
    preset: {
      name,
      reflection: { f0, fh, fhBar, ...constants },
    },
  } = generator;
const reflection = { name, hkl: [0, 0, 1], ...constants, structureFactor: { zero: f0, h: fh, hBar: fhBar } };
const predictor =
  model === "none" ? undefined : await createPredictor(await loadModel(model), { backend: "wasm" });

/** Linear in between, 0 below. */
function strainAt({ depth, strain }, z) {
  if (z >= depth[depth.length - 1]) return 0;
  const i = Math.max(
      1,
      depth.findIndex((other) => other > z),
    ),
    share = (z - depth[i - 1]) / (depth[i] - depth[i - 1]);
  return strain[i - 1] * (1 - share) + strain[i] * share;
}

const found = [];
for (let index = 0; index < count; index++) {
  const { labels } = generator.generate(seed, index, 1),
    scan = generator.scan(seed, index),
    strainWeights = names.flatMap((label, k) => (/^weight\d+$/.test(label) ? [labels[k]] : []));
  const truth = await splineProfile({
      thickness: labels[names.indexOf("thickness")],
      strainWeights,
      points: POINTS,
    }),
    before = process.cpuUsage();
  const { profile, verdict, chi2PerPoint } = await invert(
      scan,
      reflection,
      predictor === undefined ? {} : { predictor },
    ),
    { user, system } = process.cpuUsage(before);
  const errors = Array.from(truth.depth, (z, i) => (strainAt(profile, z) - truth.strain[i]) ** 2),
    largest = truth.strain.reduce((most, e) => Math.max(most, Math.abs(e)), 0);
  found.push({
    isRight: Math.sqrt(errors.reduce((a, b) => a + b, 0) / POINTS) < 0.1 * largest,
    isDetermined: verdict === "determined",
    chi2PerPoint,
    seconds: (user + system) / 1e6,
  });
  process.stderr.write(`\r${index + 1} of ${count}`);
}
process.stderr.write("\n");
const percent = (part, whole) =>
    whole.length === 0 ? undefined : Math.round((1000 * part.length) / whole.length) / 10,
  median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const determined = found.filter(({ isDetermined }) => isDetermined),
  right = (among) => among.filter(({ isRight }) => isRight);
console.log(
  JSON.stringify({
    preset: name,
    model,
    count,
    right: percent(right(found), found),
    determined: { share: percent(determined, found), right: percent(right(determined), determined) },
    explained: percent(
      found.filter(({ chi2PerPoint: chi2 }) => chi2 < 1.2),
      found,
    ),
    seconds: {
      median: median(found.map(({ seconds }) => seconds)),
      mean: found.reduce((sum, { seconds }) => sum + seconds, 0) / count,
    },
  }),
);
predictor?.dispose();
