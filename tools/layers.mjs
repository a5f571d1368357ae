// How well layers are found in simulated scans of known truth, in a clone that is built (npm run build):
//   node tools/layers.mjs [--kind stacks|own|superlattices|smooth] [--count 300] [--seed 1] [--out FILE.jsonl] [--json]
// stacks: 1–3 uniform layers of a film crystal on a substrate, 5–500 nm, −3 … 3 % against the substrate's lattice, neighbours at least
// 0.1 % apart, 10³–10⁷ counts at the maximum, seven pairs of crystals; `invert` is told the two crystals. superlattices: 3–30 periods
// of two crystals, whose number and order are told. own: stacks of the substrate's own crystal, 10⁴–10⁷ counts, of which nothing is
// told. smooth: films of preset "measured" on YSZ 400 with the same instruments, of which nothing is told: right is what is not taken
// for layers.
import { appendFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createSimulator, invert, material, reflection, strainAgainst, strainOn } from "../dist/index.js";
import "../dist/nn.js";
import { createGenerator } from "../dist/pool.js";
import { filmOfStream, uniforms } from "./simulated.mjs";

const KINDS = ["stacks", "own", "superlattices", "smooth"];
const { values } = parseArgs({
  options: {
    kind: { type: "string", default: "stacks" },
    count: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    out: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
if (!KINDS.includes(values.kind)) {
  console.error(`--kind must be one of ${KINDS.join(", ")}, not ${values.kind}`);
  process.exit(2);
}
const WAVELENGTH = 1.540598,
  PAIRS = [
    ["GaAs", "Al0.5Ga0.5As", [0, 0, 4], [0, 0, 4]],
    ["GaAs", "In0.2Ga0.8As", [0, 0, 4], [0, 0, 4]],
    ["Si", "Si0.8Ge0.2", [0, 0, 4], [0, 0, 4]],
    ["InP", "In0.53Ga0.47As", [0, 0, 4], [0, 0, 4]],
    ["SrTiO3", "LaAlO3", [0, 0, 2], [0, 2, 4]],
    ["GaN", "Al0.3Ga0.7N", [0, 0, 2], [0, 0, 2]],
    ["Ge", "Si0.2Ge0.8", [0, 0, 4], [0, 0, 4]],
  ],
  MOST_STRAIN = 3,
  LEAST_STEP = 0.1,
  // A layer counts where it adds so many counts; right are thickness (relative) and strain (%) within these.
  VISIBLE = 300,
  THICKNESS = 0.03,
  STRAIN = 0.03;

// What the command line asks where nothing is told; stream of the films of "smooth".
const NOTHING = { network: "universal" },
  SMOOTH_STREAM = 0x51a7;
let generator;
const simulator = await createSimulator(),
  known = new Map();
async function crystal(name, hkl) {
  const key = `${name} ${hkl}`;
  if (!known.has(key)) known.set(key, await reflection(material(name), { hkl, wavelength: WAVELENGTH }));
  return known.get(key);
}

/** One scan, its stack or profile, and what is told of it. */
async function draw(seed) {
  const next = uniforms(seed),
    between = (a, b) => a + (b - a) * next(),
    even = (a, b) => Math.exp(between(Math.log(a), Math.log(b))),
    isTold = values.kind === "stacks" || values.kind === "superlattices",
    [substrateName, filmName, hkl, filmHkl] =
      values.kind === "smooth"
        ? ["YSZ", "YSZ", [4, 0, 0], [4, 0, 0]]
        : PAIRS[Math.floor(next() * PAIRS.length)],
    substrate = await crystal(substrateName, hkl),
    film = isTold ? await crystal(filmName, filmHkl) : substrate,
    sample = await samples[values.kind](seed, { substrate, film, next, between, even }),
    fwhm = even(0.006, 0.04),
    instrument = {
      resolution: { shape: "pseudo-voigt", fwhm, lorentzFraction: between(0, 0.3) },
      offset: between(-0.05, 0.05),
      scale: even(isTold ? 1e3 : 1e4, 1e7),
      background: even(0.3, 10),
    },
    step = between(0.003, 0.01),
    bragg = (360 / Math.PI) * Math.asin(WAVELENGTH / (2 * substrate.d)),
    half = (360 / Math.PI) * Math.tan((bragg * Math.PI) / 360) * (sample.range ?? 0.036),
    twoTheta = Float64Array.from(
      { length: Math.floor((2 * half) / step) },
      (_, i) => bragg - half + i * step,
    ),
    { intensity: mean } =
      sample.stack === undefined
        ? simulator.simulate(sample.profile, substrate, twoTheta, { instrument })
        : simulator.simulateStack(sample.stack, twoTheta, { instrument }),
    scan = { twoTheta, intensity: simulator.counts(mean, seed), countUnit: 1 };
  return { ...sample, scan, substrate, mean, instrument, pair: `${film.name} on ${substrateName}` };
}

function layerOf(substrate, own, thickness, against) {
  return { crystal: own, thickness, strain: strainOn(substrate, { crystal: own, strain: against }) };
}

/** Stacks or profiles, and what is told of them. */
const samples = {
  stacks: (_, { substrate, film, next, between, even }) => {
    // A layer of the substrate's crystal without strain is none.
    let last = film === substrate ? 0 : undefined;
    const layers = Array.from({ length: 1 + Math.floor(3 * next()) }, () => {
      // Neighbours of one strain are one layer.
      let against;
      do against = between(-MOST_STRAIN, MOST_STRAIN);
      while (last !== undefined && Math.abs(against - last) < LEAST_STEP);
      last = against;
      return layerOf(substrate, film, even(5, 500), against);
    });
    return { stack: { substrate, layers }, told: { layers: "auto", film } };
  },
  own: (seed, drawn) => ({ ...samples.stacks(seed, drawn), told: NOTHING }),
  superlattices: (_, { substrate, film, between, even }) => {
    const repeats = Math.round(even(3, 30)),
      a = layerOf(substrate, film, even(2, 25), between(-1.5, 1.5)),
      b = layerOf(substrate, substrate, even(2, 25), 0);
    return {
      stack: { substrate, layers: [{ layers: [a, b], repeats }] },
      told: { layers: [{ layers: [{ crystal: film }, { crystal: substrate, strain: 0 }], repeats }] },
    };
  },
  smooth: async (seed) => {
    generator ??= await createGenerator("measured");
    const { profile } = await filmOfStream(generator, SMOOTH_STREAM, seed, 1001),
      most = profile.strain.reduce((a, e) => Math.max(a, Math.abs(e)), 0);
    return { profile, told: NOTHING, range: Math.max(1, 1.5 * most) / 100 };
  },
};

/** Counts that a layer adds: against the same layer that does not scatter. */
function visible({ stack, scan, mean, instrument }, layer) {
  const without = simulator.simulateStack(
    { ...stack, layers: stack.layers.map((own) => (own === layer ? { ...own, debyeWaller: 0 } : own)) },
    scan.twoTheta,
    { instrument },
  ).intensity;
  return without.reduce((sum, m, i) => sum + Math.abs(m - mean[i]), 0);
}

function judgedStack(drawn, answer) {
  const { stack } = drawn,
    found = answer.stack?.layers ?? [],
    layers = stack.layers.map((layer) => {
      const counts = visible(drawn, layer),
        near = (other) =>
          Math.abs(other.thickness.value / layer.thickness - 1) < THICKNESS &&
          Math.abs(other.strain.value - layer.strain) < STRAIN,
        own = found.find(near),
        // Of the layer at the same place, where the numbers agree.
        placed = found.length === stack.layers.length ? found[stack.layers.indexOf(layer)] : own;
      return {
        counts,
        isRight: own !== undefined,
        isHeld:
          placed !== undefined &&
          [
            [placed.thickness, layer.thickness],
            [placed.strain, layer.strain],
          ].map(([{ lower, upper }, value]) => lower <= value && value <= upper),
      };
    }),
    shown = layers.filter(({ counts }) => counts >= VISIBLE),
    isNumberRight = found.length === stack.layers.length || found.length === shown.length;
  return {
    layers,
    isNumberRight: found.length === stack.layers.length,
    isRight: isNumberRight && shown.every(({ isRight }) => isRight),
  };
}

function judgedPeriod({ stack, substrate }, answer) {
  const [{ layers }] = stack.layers,
    thickness = layers.reduce((sum, layer) => sum + layer.thickness, 0),
    mean = layers.reduce(
      (sum, layer) => sum + (layer.thickness / thickness) * strainAgainst(substrate, layer),
      0,
    ),
    [period] = answer.stack.periods;
  return {
    isRight:
      Math.abs(period.thickness.value / thickness - 1) < 0.01 &&
      Math.abs(period.strainAgainst.value - mean) < 0.02,
    held: [period.thickness.lower <= thickness && thickness <= period.thickness.upper],
  };
}

/** Right is what is not taken for layers. */
function judgedSmooth(_, answer) {
  return { isRight: answer.stack === undefined };
}

const JUDGED = { stacks: judgedStack, own: judgedStack, superlattices: judgedPeriod, smooth: judgedSmooth };
const records = [],
  first = Number(values.seed) * 100_000 + Number(values.first);
if (values.out !== undefined && values.first === "0") writeFileSync(values.out, "");
for (let seed = first; seed < first + Number(values.count); seed++) {
  const drawn = await draw(seed),
    before = process.cpuUsage().user,
    answer = await invert(drawn.scan, drawn.substrate, drawn.told),
    seconds = (process.cpuUsage().user - before) / 1e6,
    judged = JUDGED[values.kind](drawn, answer),
    record = {
      seed,
      pair: drawn.pair,
      truth: drawn.stack?.layers
        .flatMap((item) => item.layers ?? [item])
        .map(({ thickness, strain }) => [thickness, strain]),
      found: answer.stack?.layers.map(({ thickness, strain, debyeWaller }) => [
        thickness.value,
        strain.value,
        debyeWaller.value,
      ]),
      counts: drawn.instrument.scale,
      seconds,
      ...judged,
      verdict: answer.verdict,
      confidence: answer.confidence,
      features: answer.features,
      isBudgetSpent: answer.isBudgetSpent,
      error: judged.isRight ? 0 : 1,
    };
  records.push(record);
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(record)}\n`);
  if (!values.json && process.stdout.isTTY) process.stdout.write(`\r${records.length} of ${values.count}`);
}

const share = (of, is) => ({ right: of.filter(is).length, n: of.length }),
  seconds = records.map((record) => record.seconds).sort((a, b) => a - b),
  determined = records.filter(({ verdict }) => verdict === "determined"),
  layers = records.flatMap((record) => record.layers ?? []).filter(({ counts }) => counts >= VISIBLE),
  held = records.flatMap((record) => record.held ?? []).concat(layers.flatMap(({ isHeld }) => isHeld || [])),
  result = {
    kind: values.kind,
    n: records.length,
    right: share(records, ({ isRight }) => isRight),
    ...(values.kind === "superlattices" || values.kind === "smooth"
      ? {}
      : {
          number: share(records, ({ isNumberRight }) => isNumberRight),
          layers: share(layers, ({ isRight }) => isRight),
        }),
    determined: share(determined, ({ isRight }) => isRight),
    held: share(held, (is) => is),
    seconds: {
      median: seconds[seconds.length >> 1],
      p95: seconds[Math.floor(0.95 * seconds.length)],
      worst: seconds.at(-1),
    },
  };
console.log(JSON.stringify(result, null, values.json ? 0 : 2));
