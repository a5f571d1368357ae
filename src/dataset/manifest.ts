/** What a folder of samples holds and shall hold: `manifest.json`. */
import { DatasetError, show } from "../errors.ts";

export const MANIFEST = "manifest.json";
const FORMAT = "takagi samples";
const FORMAT_VERSION = 1;

/** Everything that decides what the files of a folder hold. */
export interface Plan {
  /** Version of takagi. */
  readonly takagi: string;
  /** With all its ranges. */
  readonly preset: object;
  readonly noise: string;
  readonly seed: number;
  /** Samples of all shards together. */
  readonly count: number;
  /** Part `index` of `of`, counted from 1. */
  readonly shard: { readonly index: number; readonly of: number };
  readonly samplesPerFile: number;
  /** Numbers in the network input of a sample. */
  readonly inputLength: number;
  readonly labelNames: readonly string[];
  /** Empty where there are no files of extras. */
  readonly extraNames: readonly string[];
}

export type Kind = "inputs" | "labels" | "extras";

/** The kinds of files that a folder has. */
export function kindsOf({ extraNames }: Pick<Plan, "extraNames">): readonly Kind[] {
  return extraNames.length === 0 ? ["inputs", "labels"] : ["inputs", "labels", "extras"];
}

export interface FileRecord {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Samples first … first + count − 1, in a file of each kind. */
export interface Part {
  readonly first: number;
  readonly count: number;
  readonly inputs: FileRecord;
  readonly labels: FileRecord;
  readonly extras?: FileRecord;
}

export function recordsOf({ inputs, labels, extras }: Part): FileRecord[] {
  return extras === undefined ? [inputs, labels] : [inputs, labels, extras];
}

/** The samples of a shard: together the shards 1 … of have 0 … count − 1, each once; their sizes differ by one at most. */
export function shardRange({ count, shard: { index, of } }: Pick<Plan, "count" | "shard">): {
  first: number;
  end: number;
} {
  const [least, larger] = [Math.floor(count / of), count % of];
  const start = (shards: number): number => least * shards + Math.min(shards, larger);
  return { first: start(index - 1), end: start(index) };
}

/** Which samples go into which files. */
export function* partsOf(plan: Plan): Generator<{ first: number; count: number }, void, undefined> {
  const { first: start, end } = shardRange(plan);
  for (let first = start; first < end; first += plan.samplesPerFile)
    yield { first, count: Math.min(plan.samplesPerFile, end - first) };
}

/** By their first sample, so that the files of all shards can lie in one folder. */
export function fileName(kind: Kind, first: number): string {
  return `${kind}-${String(first).padStart(12, "0")}.npy`;
}

export function isDataFile(name: string): boolean {
  return /^(inputs|labels|extras)-\d{12,}\.npy$/.test(name);
}

export function manifestText(plan: Plan, parts: readonly Part[]): string {
  const { first, end } = shardRange(plan);
  const sum = parts.reduce((samples, { count }) => samples + count, 0);
  const { takagi, preset, noise, seed, count, shard, samplesPerFile, inputLength, labelNames, extraNames } =
    plan;
  const head = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    takagi,
    preset,
    noise,
    seed,
    count,
    shard,
    samplesPerFile,
    inputLength,
    labelNames,
    extraNames,
    samples: { first, count: end - first },
    complete: sum === end - first,
  };
  // One line a part: short for people, and small for programs.
  const lines = parts.map((part) => `    ${JSON.stringify(part)}`);
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "parts": [${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n  `}]\n}\n`;
}

/** @throws {DatasetError} whose message begins with `where` */
export function parseManifest(text: string, where: string): { plan: Plan; parts: Part[] } {
  const refuse = (why: string): never => {
    throw new DatasetError(`${where} is damaged or none of takagi's: ${why}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse((error as Error).message);
  }
  const fields = json as Readonly<Record<string, unknown>>;
  if (!isObject(json) || fields.format !== FORMAT) return refuse(`format must be "${FORMAT}"`);
  if (fields.formatVersion !== FORMAT_VERSION) {
    throw new DatasetError(
      `${where} has format version ${show(fields.formatVersion)}; this version of takagi reads ${FORMAT_VERSION}`,
    );
  }
  const {
    takagi,
    preset,
    noise,
    seed,
    count,
    shard,
    samplesPerFile,
    inputLength,
    labelNames,
    extraNames = [],
    parts,
  } = fields;
  if (typeof takagi !== "string") refuse("takagi must be a version");
  if (!isObject(preset)) refuse("preset must be an object");
  if (typeof noise !== "string") refuse("noise must be a word");
  for (const [name, value, least] of [
    ["seed", seed, 0],
    ["count", count, 1],
    ["samplesPerFile", samplesPerFile, 1],
    ["inputLength", inputLength, 1],
  ] as const) {
    if (!isCount(value, least)) refuse(`${name} must be an integer ≥ ${least}`);
  }
  if (!isObject(shard) || !isCount(shard.of, 1) || !isCount(shard.index, 1) || shard.index > shard.of)
    refuse("shard must have 1 ≤ index ≤ of");
  for (const [name, value] of [
    ["labelNames", labelNames],
    ["extraNames", extraNames],
  ] as const) {
    if (!Array.isArray(value) || !value.every((word) => typeof word === "string"))
      refuse(`${name} must be words`);
  }
  if (!Array.isArray(parts)) refuse("parts must be an array");
  const plan = {
    takagi,
    preset,
    noise,
    seed,
    count,
    shard,
    samplesPerFile,
    inputLength,
    labelNames,
    extraNames,
  } as unknown as Plan;
  const { first, end } = shardRange(plan);
  let next = first;
  for (const part of parts as unknown[]) {
    const isNext =
      isObject(part) &&
      isCount(part.first, next) &&
      part.first < end &&
      (part.first - first) % plan.samplesPerFile === 0;
    if (!isNext || part.count !== Math.min(plan.samplesPerFile, end - (part.first as number)))
      return refuse("parts must be in order, each of its samples");
    for (const kind of kindsOf(plan)) {
      if (!isRecord(part[kind], fileName(kind, part.first as number)))
        return refuse(`parts of sample ${show(part.first)} must have ${kind} with bytes and sha256`);
    }
    next = (part.first as number) + 1;
  }
  return { plan, parts: parts as Part[] };
}

/** Where two plans differ, in words; undefined where they do not. */
export function difference(there: unknown, here: unknown, path = ""): string | undefined {
  const bothObjects =
    typeof there === "object" && typeof here === "object" && there !== null && here !== null;
  if (!bothObjects)
    return Object.is(there, here) ? undefined : `${path} is ${show(there)} there and ${show(here)} here`;
  const [one, other] = [there, here] as Readonly<Record<string, unknown>>[];
  for (const key of new Set([...Object.keys(one!), ...Object.keys(other!)])) {
    const found = difference(
      one![key],
      other![key],
      Array.isArray(here) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isRecord(value: unknown, file: string): value is FileRecord {
  return (
    isObject(value) &&
    value.file === file &&
    isCount(value.bytes, 1) &&
    /^[0-9a-f]{64}$/.test(String(value.sha256))
  );
}
