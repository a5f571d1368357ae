/** What an answer came from: enough to make it again. */

import { sha256 } from "../digest.ts";
import { type Effort, MOST_STRAIN, secondsOf } from "../invert/options.ts";
import type { Inversion } from "../types.ts";
import { VERSION } from "../version.ts";

/** Where a value comes from: given by the user; read in the measured file; found from the measured points; the program's own. */
export type SettingSource = "given" | "file" | "scan" | "default";

/** The value of a setting. */
export interface Setting {
  /** Words, number, list or object. */
  readonly value: unknown;
  /** Where it comes from. */
  readonly source: SettingSource;
}

/** Settings by the names of the command line's options in camel case (`filmThickness` of --film-thickness), as `takagi invert
 *  --help` lists them: words, numbers, lists of numbers, `fix: { thickness: 300 }`, `known: { thickness: [300, 20] }`,
 *  `mask: [[72, 73]]`, `lines: [{ wavelength, weight }]`; true and false for --name and --no-name. */
export type GivenSettings = Readonly<Record<string, unknown>>;

/** A file that was read. */
export interface SourceFile {
  /** As it was given. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** Its checksum, hexadecimal. */
  readonly sha256: string;
}

/** What is asked of a network's card (`model.card` of takagi/nn). */
export interface NetworkCard {
  /** Of the network. */
  readonly name: string;
  /** Version that trained it. */
  readonly takagi?: string;
  /** Checksum of its weights. */
  readonly weights?: { readonly sha256: string };
  /** Checksum of its mixture. */
  readonly mixture?: { readonly sha256: string };
  /** Checksum of its bank of residuals. */
  readonly bank?: { readonly sha256: string };
}

/** The same for the same input, settings and version, whenever and wherever it is made. */
export interface Provenance {
  /** Which program found it. */
  readonly program: "takagi";
  /** Of the program. */
  readonly version: string;
  /** The measured file; absent where none was named. */
  readonly input?: SourceFile & { readonly scan: number | readonly number[] | "all" };
  /** Other files, by the setting that names them: `cif`, `substrateCif`, `prior`; `scan2`, … of other scans of the sample. */
  readonly files: Readonly<Record<string, SourceFile>>;
  /** Every setting with where it comes from, by its name. */
  readonly settings: Readonly<Record<string, Setting>>;
  /** The network that proposed starts; null where there was none. */
  readonly network: {
    readonly name: string;
    /** Version of takagi that trained it. */
    readonly version?: string;
    readonly sha256?: string;
    readonly mixtureSha256?: string;
    readonly bankSha256?: string;
  } | null;
  /** Work that the search may take, as seconds of one core of a fast machine. */
  readonly budgetSeconds: number;
  /** The command line that makes the answer again. */
  readonly command: readonly string[];
}

/** When and how fast: what differs from one run to the next. */
export interface Run {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** That the inversion took. */
  readonly seconds: number;
}

/** What an answer came from, as far as the answer does not say it. */
export interface ProvenanceOptions {
  /** The measured file, with its name as the command line has it. */
  readonly input?: { readonly name: string; readonly bytes: Uint8Array };
  /** The files of the other scans of the sample, where several were inverted together. */
  readonly others?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** Other files, by the setting that names them. */
  readonly files?: Readonly<Record<string, { readonly name: string; readonly bytes: Uint8Array }>>;
  /** What was given; all else is of the file, found or default. */
  readonly settings?: GivenSettings;
  /** What others follow from it. */
  readonly implied?: GivenSettings;
  /** The network that proposed starts. */
  readonly network?: NetworkCard | undefined;
}

/** @returns plain data for `resultJson` and `report`
 *  @example
 *  const bytes = await readFile("scan.xrdml");
 *  const answer = await invert(await readScan(bytes), reflection, { effort: "thorough" });
 *  const origin = await provenance(answer, { input: { name: "scan.xrdml", bytes }, settings: { material: "YSZ", effort: "thorough" } });
 *  await writeFile("result.json", JSON.stringify(resultJson(answer, { name: "scan", provenance: origin }))); */
export async function provenance(
  inversion: Inversion,
  { input, others = [], files = {}, settings: given = {}, implied = {}, network }: ProvenanceOptions = {},
): Promise<Provenance> {
  const settings = allSettings(inversion, given, { ...implied, model: network?.name ?? "none" }),
    scan = settings["scan"]!.value as number | readonly number[] | "all",
    sources: Record<string, SourceFile> = {};
  for (const [k, file] of others.entries()) sources[`scan${k + 2}`] = await sourceFile(file);
  for (const [name, file] of Object.entries(files)) sources[name] = await sourceFile(file);
  return {
    program: "takagi",
    version: VERSION,
    ...(input === undefined ? {} : { input: { ...(await sourceFile(input)), scan } }),
    files: sources,
    settings,
    network: network === undefined ? null : networkOf(network),
    budgetSeconds: secondsOf(settings["effort"]!.value as Effort) * (inversion.scans?.length ?? 1),
    command: [
      "takagi",
      "invert",
      ...(input === undefined ? [] : [input, ...others]).map(({ name }) => name),
      ...optionWords(given),
    ],
  };
}

/** In the order in which they are shown: what was given, then the rest. */
function allSettings(
  inversion: Inversion,
  given: GivenSettings,
  implied: GivenSettings,
): Record<string, Setting> {
  const { reflection, scan, instrument } = inversion,
    settings: Record<string, Setting> = {},
    put = (name: string, value: unknown, source: SettingSource): void => {
      if (value !== undefined) settings[name] ??= { value, source };
    };
  for (const [name, value] of Object.entries(given)) put(name, value, "given");
  put("hkl", reflection.hkl, "given");
  const { wavelength } = reflection;
  if (given["energy"] === undefined && given["lines"] === undefined)
    put("wavelength", wavelength, scan.wavelength === wavelength ? "file" : "given");
  put("scan", given["project"] === true ? "all" : 1, "default");
  for (const [name, value] of Object.entries(implied)) put(name, value, "default");
  for (const [name, value] of Object.entries(DEFAULTS)) put(name, value, "default");
  put("prior", inversion.prior, "default");
  put("splines", inversion.splines, "default");
  put("countUnit", inversion.countUnit, scan.countUnit === inversion.countUnit ? "file" : "scan");
  put("relativeError", inversion.relativeError, "scan");
  put("resolution", instrument.resolution?.shape, "scan");
  return settings;
}

const DEFAULTS: GivenSettings = {
  geometry: "single crystal",
  deviation: "exact",
  polarisation: "sigma",
  mask: [],
  fix: {},
  known: {},
  mostStrain: MOST_STRAIN,
  effort: "normal",
};

async function sourceFile({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<SourceFile> {
  return { name, bytes: bytes.length, sha256: await sha256(bytes) };
}

function networkOf({ name, takagi, weights, mixture, bank }: NetworkCard): Provenance["network"] {
  return {
    name,
    ...(takagi === undefined ? {} : { version: takagi }),
    ...(weights === undefined ? {} : { sha256: weights.sha256 }),
    ...(mixture === undefined ? {} : { mixtureSha256: mixture.sha256 }),
    ...(bank === undefined ? {} : { bankSha256: bank.sha256 }),
  };
}

/** Settings as words of the command line. */
export function optionWords(settings: GivenSettings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const option = hyphened(name);
    if (value === undefined) return [];
    if (typeof value === "boolean") return [`--${value ? "" : "no-"}${option}`];
    // Of several scans of one sample each has its own.
    const values = name === "hkl" && isNested(value) ? value.map((own) => own.join(",")) : valuesOf(value);
    return values.flatMap((word) => [`--${option}`, word]);
  });
}

function isNested(value: unknown): value is readonly (readonly unknown[])[] {
  return Array.isArray(value) && value.every(Array.isArray);
}

/** One word, or one for each time that the option is given. */
function valuesOf(value: unknown): string[] {
  if (!Array.isArray(value))
    return typeof value === "object" && value !== null
      ? Object.entries(value).map(
          ([name, own]) =>
            `${hyphened(name)}=${Array.isArray(own) ? (own as number[]).join("±") : String(own)}`,
        )
      : [String(value)];
  const list = value as readonly unknown[];
  if (isNested(list)) return list.map((pair) => pair.join(":"));
  return [list.map((each) => (typeof each === "object" ? lineOf(each as Line) : String(each))).join(",")];
}

interface Line {
  readonly wavelength: number;
  readonly weight: number;
}

function lineOf({ wavelength, weight }: Line): string {
  return `${wavelength}:${weight}`;
}

function hyphened(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A command line as a POSIX shell takes it. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w.,:=±%@/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
