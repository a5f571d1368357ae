/** What a network's numbers mean. Each output is an affine map of a number of about unit range; a model declares its
 *  outputs, nothing assumes them. */
import type { SampleGenerator } from "../dataset/generator.ts";
import type { Preset } from "../dataset/presets.ts";
import { protocolOf } from "../dataset/protocols.ts";
import { InvalidParameterError } from "../errors.ts";
import { largestStrain } from "../profile/comparison.ts";
import { isWeightLabel } from "../profile/film.ts";
import { quantities } from "./metrics.ts";

type Range = readonly [low: number, high: number];

/** label = centre + half·z ("linear"), its exponential ("log"), or that times the output called "strain" ("relative"). */
export interface Output {
  /** Of the samples. */
  readonly label: string;
  /** How the label becomes the number that the network gives. */
  readonly map: "linear" | "log" | "relative";
  /** Of the label's range, after the map. */
  readonly centre: number;
  /** Half the label's range, after the map. */
  readonly half: number;
}

/** "range": mean squared error of every label scaled to its range, as in the paper. "score": what Table 2 scores. */
export const lossNames = ["range", "score"] as const;
/** What a training makes small. */
export type LossName = (typeof lossNames)[number];

/** Name of the output that others are relative to: the strain's scale, %. */
export const STRAIN = "strain";

/** Positive over decades. */
const LOGARITHMIC: readonly string[] = ["thickness", "fwhm", "maxStrain"];
/** Samples whose labels' spread is taken. */
const SAMPLES = 1024;

export function isStrainWeight(label: string): boolean {
  return isWeightLabel("strain", label);
}

export function isDisorderWeight(label: string): boolean {
  return isWeightLabel("debyeWaller", label);
}

/** Whether a label is positive over decades, so that its logarithm is what is learned. */
export function isLogarithmic(label: string): boolean {
  return LOGARITHMIC.includes(label);
}

function linear(label: string, [low, high]: Range): Output {
  return { label, map: "linear", centre: (low + high) / 2, half: (high - low) / 2 };
}

function log(label: string, [low, high]: Range): Output {
  return { label, map: "log", centre: Math.log(low * high) / 2, half: Math.log(high / low) / 2 };
}

/** The outputs of a network that is trained on a generator's samples with a loss: one a label, for "score" the strain's
 *  scale besides where it says weights.
 *  @param labels what the network is to say
 *  @throws {InvalidParameterError} for labels that it does not know */
export function outputsOf(
  { preset, labelNames, labels: draw }: Pick<SampleGenerator, "preset" | "labelNames" | "labels">,
  labels: readonly string[],
  loss: LossName,
): Output[] {
  const sample = pickLabels(draw(0, 0, SAMPLES).labels, labelNames, labels);
  const bounds = boundsOf(preset);
  return bounds === undefined ? ofSamples(labels, sample, loss) : ofBounds(bounds, labels, loss);
}

function isRelative({ map }: Output): boolean {
  return map === "relative";
}

const UNBOUNDED: Range = [-Infinity, Infinity];

type Bounds = Readonly<Record<string, Range>>;

/** What labels lie between, whichever sample it is; undefined for protocols without such bounds. */
function boundsOf<P extends Preset>(preset: P): Bounds | undefined {
  const protocol = protocolOf(preset);
  return protocol.hasBounds
    ? { ...protocol.labelRanges(preset), maxStrain: preset.ranges.strain }
    : undefined;
}

/** What a label lies between: of protocols with bounds in each of their samples; of others where its meaning ends. */
export function labelBounds(preset: Preset, label: string): Range {
  const bounds = boundsOf(preset);
  if (bounds !== undefined) return boundOf(bounds, label) ?? UNBOUNDED;
  return isDisorderWeight(label) || label === "lorentzFraction" ? [0, 1] : UNBOUNDED;
}

function boundOf(bounds: Bounds, label: string): Range | undefined {
  return bounds[isStrainWeight(label) ? "weight" : label];
}

/** Of labels that have bounds: from these. */
function ofBounds(bounds: Bounds, labels: readonly string[], loss: LossName): Output[] {
  const outputs = labels.map((label): Output => {
    const range = boundOf(bounds, label);
    if (range === undefined)
      throw new InvalidParameterError(
        "preset",
        `one whose labels the "${loss}" loss knows (weights, disorder, maxStrain, thickness, fwhm, dynamicRange)`,
        label,
      );
    if (loss === "range") return linear(label, range);
    if (isStrainWeight(label)) return { label, map: "relative", centre: 0.5, half: 0.5 };
    return (isLogarithmic(label) ? log : linear)(label, range);
  });
  return outputs.some(isRelative) ? [...outputs, log(STRAIN, bounds.maxStrain!)] : outputs;
}

/** Others: from the spread of a few samples' labels. Strains have a sign. */
function ofSamples(labels: readonly string[], sample: ArrayLike<number>, loss: LossName): Output[] {
  const rows = Array.from({ length: sample.length / labels.length }, (_, row) =>
    labels.map((_, j) => sample[row * labels.length + j]!),
  );
  const spread = (label: string, map: "linear" | "log", values: readonly number[]): Output => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length,
      variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { label, map, centre: mean, half: Math.sqrt(3 * variance) || 1 };
  };
  const outputs = labels.map((label, j): Output => {
    const values = rows.map((row) => row[j]!);
    if (loss === "score" && isStrainWeight(label)) return { label, map: "relative", centre: 0, half: 1 };
    if (loss === "score" && isLogarithmic(label)) return spread(label, "log", values.map(Math.log));
    return isDisorderWeight(label) ? linear(label, [0, 1]) : spread(label, "linear", values);
  });
  if (!outputs.some(isRelative)) return outputs;
  const scales = rows.map((row) => Math.log(largestStrain(row.filter((_, j) => isStrainWeight(labels[j]!)))));
  return [...outputs, spread(STRAIN, "log", scales)];
}

/** Columns `wanted` of labels that have the columns `drawn`; maxStrain, the largest strain (%), follows from the weights.
 *  @param labels row-major [count][drawn.length]
 *  @returns row-major [count][wanted.length]; the labels themselves where nothing is to be done
 *  @throws {InvalidParameterError} naming a column that is not there */
export function pickLabels(
  labels: Float32Array,
  drawn: readonly string[],
  wanted: readonly string[],
): Float32Array {
  if (wanted.join() === drawn.join()) return labels;
  const count = labels.length / drawn.length,
    picked = new Float32Array(count * wanted.length);
  for (const [k, name] of wanted.entries()) {
    const column = drawn.indexOf(name),
      values = column < 0 && name === "maxStrain" ? quantities({ names: drawn, labels }).emax : undefined;
    if (column < 0 && values === undefined)
      throw new InvalidParameterError("outputs", `of ${drawn.join(", ")}, maxStrain`, name);
    for (let row = 0; row < count; row++)
      picked[row * wanted.length + k] = values?.[row] ?? labels[row * drawn.length + column]!;
  }
  return picked;
}

/** What a network says, as labels: row-major [count][outputs] → [count][labels], in the labels' order. Labels of protocol
 *  "paper" are bounded by its ranges: no sample has others, so that this brings each nearer to the truth.
 *  @param preset what the network was trained on */
export function decode(
  outputs: readonly Output[],
  raw: ArrayLike<number>,
  labels: readonly string[],
  preset: Preset,
): Float32Array {
  const count = raw.length / outputs.length,
    decoded = new Float32Array(count * labels.length);
  const bounds = boundsOf(preset),
    scale = outputs.findIndex(({ label }) => label === STRAIN);
  const value = (row: number, k: number): number => {
    const { map, centre, half } = outputs[k]!,
      u = centre + half * raw[row * outputs.length + k]!;
    return map === "linear" ? u : map === "log" ? Math.exp(u) : u * value(row, scale);
  };
  for (const [j, label] of labels.entries()) {
    const k = outputs.findIndex((output) => output.label === label);
    if (k < 0)
      throw new InvalidParameterError(
        "outputs",
        `ones that hold ${label}`,
        outputs.map(({ label }) => label).join(", "),
      );
    const [low, high] = (bounds && boundOf(bounds, label)) ?? UNBOUNDED;
    for (let row = 0; row < count; row++)
      decoded[row * labels.length + j] = Math.min(high, Math.max(low, value(row, k)));
  }
  return decoded;
}
