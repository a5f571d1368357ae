// What two reflections of one film tell that one does not, on simulated pairs of known truth, in a clone that is built:
//   node tools/together.mjs [--count 200] [--seed 7] [--first 4,0,0] [--second 2,0,0] [--effort normal] [--no-model]
//                           [--out FILE.jsonl] [--json]
// Films of preset "measured" (YSZ), whose Debye–Waller factor is that of 400. Each scan has its own instrument, angles, faults and
// Poisson counts, drawn from that preset's ranges as its generator draws them (σ-polarised). Inverted are each scan alone and both
// together. --out keeps a line for each pair, and goes on where the file ends.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createSimulator, invert, invertTogether, material, reflection } from "../dist/index.js";
import { createPredictor, loadModel } from "../dist/nn.js";
import { createGenerator } from "../dist/pool.js";
import { filmOfStream, uniforms } from "./simulated.mjs";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    seed: { type: "string", default: "7" },
    first: { type: "string", default: "4,0,0" },
    second: { type: "string", default: "2,0,0" },
    effort: { type: "string", default: "normal" },
    "no-model": { type: "boolean", default: false },
    out: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const RADIANS = Math.PI / 180,
  WAVELENGTH = 1.540598,
  // Order of reflection of the preset, whose Debye–Waller factor the labels have.
  PRESET_ORDER = 4,
  RIGHT = 0.1,
  MOST_POINTS = 1500,
  generator = await createGenerator("measured"),
  { ranges, shares, slope: mostSlope, offset: mostOffset } = generator.preset,
  simulator = await createSimulator(),
  predictor = values["no-model"] ? undefined : await createPredictor(await loadModel("models/universal")),
  options = {
    effort: /^[\d.]+$/.test(values.effort) ? Number(values.effort) : values.effort,
    ...(predictor !== undefined && { predictor }),
  },
  reflections = await Promise.all(
    [values.first, values.second].map((words) =>
      reflection(material("YSZ"), { hkl: words.split(",").map(Number), wavelength: WAVELENGTH }),
    ),
  );

/** Film i of the stream: its profile, the Debye–Waller factor that of a reflection. */
async function filmOf(i, order) {
  const { weights, profile } = await filmOfStream(generator, Number(values.seed), i, 2001);
  return {
    weights,
    profile: {
      ...profile,
      debyeWaller: profile.debyeWaller.map((w) => Math.max(w, 0) ** ((order / PRESET_ORDER) ** 2)),
    },
  };
}

/** Draws as the kernels make them. */
function drawsOf(seed) {
  const next = uniforms(seed),
    between = ([a, b]) => a + (b - a) * next();
  return {
    next,
    between,
    even: ([a, b]) => Math.exp(between([Math.log(a), Math.log(b)])),
    happens: (share) => next() < share,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** Resolution and angles of a scan (drawScan of assembly/dataset/measuredDraws.ts). */
function drawScan({ next, between, even, happens }, weights, own) {
  const scale = weights.reduce((most, w) => (Math.abs(w) > Math.abs(most) ? w : most), 0) / 100,
    sine = own.wavelength / (2 * own.d),
    tangent = sine / Math.sqrt(1 - sine * sine);
  let fwhm;
  for (let k = 0; k < 100; k++) {
    fwhm = even(ranges.fwhm);
    if (0.5 * RADIANS * fwhm <= Math.abs(scale) * tangent) break;
  }
  const lorentzFraction = happens(shares.lorentz) ? between(ranges.lorentzFraction) : 0,
    highest = Math.max(...weights, 0) / 100,
    lowest = Math.min(...weights, 0) / 100;
  let step = even(ranges.step),
    tension = highest + even(ranges.margin) / 100,
    compression = even(ranges.margin) / 100 - lowest;
  if (happens(shares.even)) tension = compression = Math.max(tension, compression);
  const isCut = happens(shares.cut),
    cutTo = 0.7 + 0.3 * next();
  if (isCut && scale > 0) tension = cutTo * highest;
  if (isCut && scale < 0) compression = -cutTo * lowest;
  const arm = (3 * 0.5 * RADIANS * fwhm) / tangent,
    angleOf = (strain) => (2 * Math.asin(Math.min(sine / (1 + strain), 0.98))) / RADIANS,
    low = angleOf(Math.min(Math.max(tension, arm), 0.14)),
    high = angleOf(-Math.min(Math.max(compression, arm), 0.08));
  step = Math.max(Math.min(Math.max(step, 0.1 * fwhm), fwhm), (high - low) / MOST_POINTS);
  fwhm = Math.max(fwhm, step);
  const start = low + step * next(),
    points = Math.max(Math.floor((high - start) / step) + 1, 30);
  return {
    fwhm,
    lorentzFraction,
    twoTheta: Float64Array.from({ length: points }, (_, i) => start + i * step),
  };
}

/** A scan of a film with an instrument of its own (drawFaults). */
function scanOf({ weights, profile }, own, seed) {
  const draws = drawsOf(seed),
    { next, between, even, happens, normal } = draws,
    { fwhm, lorentzFraction, twoTheta } = drawScan(draws, weights, own);
  let logBackground, logScale;
  for (let k = 0; k < 100; k++) {
    logBackground = between(ranges.logBackground);
    logScale = between(ranges.logScale);
    const decades = logScale - logBackground;
    if (decades >= ranges.dynamicRange[0] && decades <= ranges.dynamicRange[1]) break;
  }
  const counts = 10 ** logScale,
    error = happens(shares.error) ? even(ranges.error) : 0,
    loss = happens(shares.deadTime) ? between(ranges.deadTime) : 0,
    instrument = {
      resolution: { shape: "pseudo-voigt", fwhm, lorentzFraction },
      offset: fwhm * mostOffset * (2 * next() - 1),
      scale: counts,
      background: 10 ** logBackground,
      backgroundDecades: mostSlope * (2 * next() - 1),
      ...(happens(shares.diffuse) && {
        diffuse: { height: counts * even(ranges.diffuse), halfWidth: even(ranges.diffuseWidth) },
      }),
      ...(loss > 0 && { deadTime: loss / ((1 - loss) * counts) }),
    },
    mean = simulator
      .simulate(profile, own, twoTheta, { instrument })
      .intensity.map((m) => m * Math.max(1 + (error > 0 ? error * normal() : 0), 0.05));
  return { twoTheta, intensity: simulator.counts(mean, seed), countUnit: 1 };
}

/** rms of the strains' difference over the thicker film's depths, over the largest strain of the truth. */
function distance(answer, truth) {
  const deepest = Math.max(answer.depth.at(-1), truth.depth.at(-1)),
    at = ({ depth, strain }, z) => {
      const last = depth.length - 1,
        place = (z / depth[last]) * last,
        k = Math.min(Math.floor(place), last - 1);
      return z > depth[last] ? 0 : strain[k] + (place - k) * (strain[k + 1] - strain[k]);
    };
  let sum = 0;
  for (let k = 0; k <= 500; k++)
    sum += (at(answer, (k / 500) * deepest) - at(truth, (k / 500) * deepest)) ** 2;
  return Math.sqrt(sum / 501) / truth.strain.reduce((most, e) => Math.max(most, Math.abs(e)), 0);
}

/** How an inversion ends; what refuses the scan is no answer. */
async function judged(invertIt, truth) {
  const before = process.cpuUsage().user,
    seconds = () => (process.cpuUsage().user - before) / 1e6;
  try {
    const answer = await invertIt();
    return {
      error: distance(answer.profile, truth),
      verdict: answer.verdict,
      confidence: answer.confidence,
      chi2: (answer.scans ?? [answer]).map(({ chi2PerPoint }) => chi2PerPoint),
      relativeError: (answer.scans ?? [answer]).map(({ relativeError }) => relativeError),
      features: answer.features,
      isBudgetSpent: answer.isBudgetSpent,
      seconds: seconds(),
    };
  } catch (error) {
    return {
      error: Infinity,
      verdict: "ambiguous",
      confidence: 0,
      refused: error.message,
      seconds: seconds(),
    };
  }
}

async function pairOf(i) {
  const scans = [],
    seed = 1000 * Number(values.seed) + 2 * i;
  let truth;
  for (const [k, own] of reflections.entries()) {
    const film = await filmOf(i, Math.hypot(...own.hkl));
    truth ??= film.profile;
    scans.push({ scan: scanOf(film, own, seed + k), reflection: own });
  }
  const alone = (k) => judged(() => invert(scans[k].scan, reflections[k], options), truth),
    first = await alone(0),
    second = await alone(1);
  return { i, first, second, together: await judged(() => invertTogether(scans, options), truth) };
}

const records =
  values.out !== undefined && existsSync(values.out)
    ? readFileSync(values.out, "utf8")
        .trim()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
for (let i = records.length; i < Number(values.count); i++) {
  const record = await pairOf(i);
  records.push(record);
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(record)}\n`);
  if (!values.json && process.stdout.isTTY) process.stdout.write(`\r${records.length} of ${values.count}`);
}

const shown = records.slice(0, Number(values.count)),
  isRight = ({ error }) => error !== null && error < RIGHT,
  summary = (of) => {
    const own = shown.map((record) => record[of]),
      determined = own.filter(({ verdict }) => verdict === "determined"),
      seconds = own.map((each) => each.seconds).sort((a, b) => a - b);
    return {
      right: own.filter(isRight).length,
      determined: determined.length,
      determinedRight: determined.filter(isRight).length,
      budgetSpent: own.filter(({ isBudgetSpent }) => isBudgetSpent).length,
      refused: own.filter(({ refused }) => refused !== undefined).length,
      medianSeconds: seconds[seconds.length >> 1],
    };
  };
const result = {
  n: shown.length,
  [values.first]: summary("first"),
  [values.second]: summary("second"),
  together: summary("together"),
  eitherAlone: shown.filter(({ first, second }) => isRight(first) || isRight(second)).length,
};
console.log(JSON.stringify(result, null, values.json ? 0 : 2));
