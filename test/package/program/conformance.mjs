/** One program for every runtime: what it computes must be the same everywhere. Imports the package by its name. */
import { createSimulator, invert, material, parseScan, reflection } from "takagi";

/** Tiny, as the GPUs of test machines are imitated by the processor. */
const NETWORK = {
  name: "tiny",
  inputLength: 401,
  extras: 0,
  outputs: 15,
  normalisation: { gamma: true, epsilon: 1e-3 },
  layers: [
    { kind: "convolution", taps: 9, stride: 4, channels: 8, bias: true },
    { kind: "pool" },
    { kind: "dense", channels: 20, bias: true },
  ],
};
const SAMPLES = 16;

/** The first curve, of a case that another program has calculated too (tools/asymmetric-oracle.py). */
export async function simulate({
  hkl,
  wavelength,
  d,
  cellVolume,
  f0,
  fh,
  asymmetryDeg,
  polarisation,
  thicknessNm,
  strainPercent,
  debyeWaller,
  thetaDeg,
}) {
  const simulator = await createSimulator();
  const crystal = {
    name: "Si",
    hkl,
    wavelength,
    d,
    cellVolume,
    asymmetry: asymmetryDeg,
    structureFactor: { zero: f0, h: fh, hBar: fh },
  };
  const [slices, thickness] = [20, thicknessNm.reduce((sum, t) => sum + t, 0)];
  const stack = {
    strain: strainPercent.flatMap((e) => Array(slices).fill(e)),
    debyeWaller: debyeWaller.flatMap((w) => Array(slices).fill(w)),
    thickness,
  };
  const twoTheta = thetaDeg.map((theta) => 2 * theta);
  return Array.from(simulator.reflectivity(stack, crystal, twoTheta, { polarisation, kernel: "f64" }));
}

/** @param given.model contents of model.json and of weights.bin, or undefined to train one
 *  @param given.backend of tfjs
 *  @returns numbers that survive JSON */
export async function conform({ oracle, scan, model, backend }) {
  const curve = await simulate(oracle);
  const coldStart = performance.now();

  const { createGenerator } = await import("takagi/pool");
  const { inputs, labels } = (await createGenerator("cnn3")).generate(11, 0, SAMPLES);
  const bytes = new Uint8Array([...new Uint8Array(inputs.buffer), ...new Uint8Array(labels.buffer)]);
  const samples = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

  const ysz400 = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });
  const { rms, maxStrain, thickness } = await invert(parseScan(scan), ysz400, { effort: "quick" });

  const { createPredictor, modelFiles, parseModel, pretrained, train } = await import("takagi/nn");
  const state = await train({
    preset: "cnn3",
    network: NETWORK,
    batch: 8,
    samples: 8,
    validation: 8,
    workers: 0,
    seed: 5,
    backend,
    allowSoftware: true,
  });
  const losses = [state.history[0].trainingLoss, state.history[0].loss];
  const files = model ?? (await modelFiles(state, "tiny"));
  const predictor = await createPredictor(await parseModel(files["model.json"], files["weights.bin"]), {
    backend,
    allowSoftware: true,
  });
  const prediction = Array.from(await predictor.predictInputs(inputs));
  const { labels: ofScan } = await predictor.predict(parseScan(scan));
  const { name, adapter } = predictor.backend;
  // Where there are neither files nor addresses, the error says what to do.
  const shipped = await pretrained("universal").then(
    async (universal) => (await universal.propose(parseScan(scan), 1, { reflection: ysz400 }))[0].weight > 0,
    ({ code, message }) => `${code}: ${message}`,
  );
  predictor.dispose();

  return {
    curve,
    coldStart,
    samples,
    invert: [rms, maxStrain, thickness],
    losses,
    prediction,
    ofScan: Object.values(ofScan),
    shipped,
    backend: name,
    adapter,
    model:
      model === undefined
        ? { json: files["model.json"], weights: Array.from(files["weights.bin"]) }
        : undefined,
  };
}
