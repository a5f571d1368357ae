// How good the best of a few proposals of a network is (after npm run build):
//   node tools/proposals.mjs [MODEL...] [--count 2000] [--seed 1]
// Without models: all of models/. Fresh test samples of the model's own preset; of a network for all reflections, those of
// preset "measured" (YSZ 400, Cu Kα1). For the network's own answer and the best of 1, 4, 16 and 64 proposals: the share of
// samples, in percent, whose strain has an rms error below 6 % and 10 % of its maximum; and the time of 64 proposals.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { splineProfile } from "../dist/index.js";
import { createPredictor, loadModel } from "../dist/nn.js";
import { createGenerator } from "../dist/pool.js";

const { values, positionals } = parseArgs({
  options: { count: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const count = Number(values.count),
  // The stream of tests.
  seed = 4 * Number(values.seed) + 2,
  SIZES = [1, 4, 16, 64],
  MOST = SIZES.at(-1),
  POINTS = 201;
const folders =
  positionals.length > 0
    ? positionals
    : readdirSync("models", { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [`models/${entry.name}`] : [],
      );

/** Linear in between, 0 below: from evenly spaced depths. */
function strainAt({ depth, strain }, z) {
  const deepest = depth[depth.length - 1],
    at = (z / deepest) * (depth.length - 1),
    i = Math.floor(at);
  if (z > deepest) return 0;
  return i + 1 < depth.length ? strain[i] * (1 - at + i) + strain[i + 1] * (at - i) : strain[i];
}

/** rms over the thicker film, relative to the largest true strain. */
function strainError(profile, truth) {
  const deepest = Math.max(profile.depth.at(-1), truth.depth.at(-1));
  let sum = 0;
  for (let k = 0; k < POINTS; k++) {
    const z = (k / (POINTS - 1)) * deepest;
    sum += (strainAt(profile, z) - strainAt(truth, z)) ** 2;
  }
  return Math.sqrt(sum / POINTS) / truth.strain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

const head = ["network", ...SIZES].map((size) => `${size} < 6 %`),
  row = (cells) => `| ${cells.join(" | ")} |`;
console.log(
  row(["model", "samples of", "n", ...head, ...head.map((name) => name.replace("6 %", "10 %")), "ms"]),
);
console.log(row(Array.from({ length: 2 * head.length + 4 }, () => "---")));
for (const folder of folders) {
  const model = await loadModel(folder),
    predictor = await createPredictor(model, { backend: "wasm" }),
    own = model.card.preset;
  const generator = await createGenerator(own.reflection === undefined ? "measured" : own),
    { reflection: constants, name, protocol } = generator.preset,
    { f0, fh, fhBar, ...others } = constants;
  const reflection = { name, hkl: [0, 0, 1], ...others, structureFactor: { zero: f0, h: fh, hBar: fhBar } };
  // Scans of protocol "paper" have no offset; of others it must be found.
  const options = { reflection, ...(protocol === "paper" ? { offset: 0 } : {}) };
  const errors = [];
  let milliseconds = 0;
  for (let index = 0; index < count; index++) {
    const { labels } = generator.generate(seed, index, 1),
      scan = generator.scan(seed, index),
      column = (label) => labels[generator.labelNames.indexOf(label)];
    const truth = await splineProfile({
      thickness: column("thickness"),
      strainWeights: generator.labelNames
        .filter((label) => /^weight\d+$/.test(label))
        .map((label) => (protocol === "paper" ? Math.abs(column(label)) : column(label))),
    });
    const { profile } = await predictor.predict(scan, options),
      start = process.cpuUsage(),
      proposals = await predictor.propose(scan, MOST, options),
      { user, system } = process.cpuUsage(start);
    milliseconds += (user + system) / 1000 / count;
    errors.push([profile, ...proposals.map((one) => one.profile)].map((one) => strainError(one, truth)));
    if (index % 50 === 49) process.stderr.write(`\r${name} ${index + 1} of ${count}`);
  }
  process.stderr.write("\n");
  const share = (most) =>
    [[0, 1], ...SIZES.map((size) => [1, 1 + size])].map(([from, to]) => {
      const right = errors.filter((all) => Math.min(...all.slice(from, to)) < most).length;
      return ((100 * right) / count).toFixed(1);
    });
  console.log(row([folder, name, count, ...share(0.06), ...share(0.1), milliseconds.toFixed(1)]));
  predictor.dispose();
}
