/** `takagi invert`: measured scans to strain profiles. */

import { join } from "node:path";
import type { PortableOptions } from "../batch/work.ts";
import { TakagiError } from "../errors.ts";
import { invert } from "../invert/invert.ts";
import type { Effort, InvertOptions } from "../invert/options.ts";
import { resultJson } from "../report/files.ts";
import { numbersOf } from "../report/layerRows.ts";
import type { Row } from "../report/page.ts";
import type { Result } from "../report/parseResult.ts";
import { type GivenSettings, provenance } from "../report/provenance.ts";
import { fitRows, nameOf, nanometres, profileRows, scanViews, uniqueness } from "../report/summary.ts";
import type { ProfilePredictor } from "../invert/predictor.ts";
import { strainedDepth } from "../profile/sampled.ts";
import { percentOf, plain } from "../report/numbers.ts";
import type { Hkl, Inversion, Reflection, Scan } from "../types.ts";
import { predictorFor } from "./predictor.ts";
import { optional, readInstrument, readReflection, readSample } from "./experiment.ts";
import { readBytes, uniqueNames } from "./files.ts";
import { isPresetFile, readPreset } from "./generate.ts";
import type { Fixed, Known } from "./parse.ts";
import type { FoundLayerFlags } from "./layerOptions.ts";
import { readFoundLayers } from "./layers.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { besideReport, checkResults, writeResults } from "./result.ts";
import { hasWavelength, readScanFile, withWavelength, type ScanFlags } from "./scanFile.ts";
import { EXIT, InputError, ProgressLine, UsageError, type Terminal } from "./terminal.ts";

export interface InvertFlags extends PhysicsFlags, ScanFlags, FoundLayerFlags {
  readonly fix?: Fixed;
  readonly mask?: readonly (readonly [from: number, to: number])[];
  readonly splines?: number;
  readonly countUnit?: number;
  readonly relativeError?: number;
  readonly known?: Known;
  readonly prior?: string;
  readonly effort?: Effort;
  readonly mostStrain?: number;
  /** A folder; false: none; true or absent: the shipped one, if there is any. */
  readonly model?: string | boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly nexus?: boolean;
  readonly json?: boolean;
  /** The files are scans of one sample. */
  readonly together?: boolean;
  /** Reflections in the order of the files, where there are several; `hkl` is the first. */
  readonly hkls?: readonly Hkl[];
}

/** Options that do not change the answer, or that others stand for. */
const NO_SETTINGS = new Set(["out", "force", "nexus", "json", "repeat", "hkls"]);

/** Degrees 2θ from which the width is fitted where the shape alone is given. */
const START_FWHM = 0.01;

interface Task {
  readonly path: string;
  readonly name: string;
  /** Part of all scans that were done before, for the progress line. */
  readonly place: string;
}

interface Job {
  readonly flags: InvertFlags;
  readonly experiment: (flags: InvertFlags) => Promise<Experiment>;
  readonly predictor: ProfilePredictor | undefined;
  readonly terminal: Terminal;
}

/** What the options say; the wavelength among them may be a file's. */
export interface Experiment {
  readonly reflection: Reflection;
  readonly options: PortableOptions;
}

export async function runInvert(
  paths: readonly string[],
  flags: InvertFlags,
  terminal: Terminal,
): Promise<number> {
  if (flags.nexus === true && flags.out === undefined) throw new UsageError("--nexus needs --out");
  if (flags.hkls !== undefined)
    throw new UsageError("several --hkl are for several scans of one sample (--together)");
  const predictor = await predictorFor(flags.model);
  const job: Job = { flags, experiment: experiments(), predictor, terminal };
  // What is wrong with the options or the folders is said before a file is read.
  if (hasWavelength(flags)) await job.experiment(flags);
  const names = uniqueNames(paths),
    tasks = paths.map((path, i) => ({ path, name: names[i]!, folder: folderOf(flags, names, i) }));
  for (const { folder } of tasks) if (folder !== undefined) await checkResults(folder, flags);
  return tasks.length === 1 ? invertOne(tasks[0]!, job) : invertMany(tasks, job);
}

/** Several scans have a folder each. */
function folderOf({ out }: InvertFlags, names: readonly string[], i: number): string | undefined {
  return out === undefined || names.length === 1 ? out : join(out, names[i]!);
}

/** Each wavelength's experiment is made once. */
export function experiments(): Job["experiment"] {
  const known = new Map<number | undefined, Promise<Experiment>>();
  return (flags) => {
    const found = known.get(flags.wavelength) ?? readExperiment(flags);
    known.set(flags.wavelength, found);
    return found;
  };
}

export async function readExperiment(flags: InvertFlags): Promise<Experiment> {
  const instrument = readInstrument(flags, START_FWHM);
  const reflection = await readReflection(flags);
  const sample = await readSample(flags);
  const prior =
    flags.prior === undefined || flags.prior === "none" ? flags.prior : await readPreset(flags.prior);
  const options: Experiment["options"] = {
    sample,
    instrument,
    ...optional("deviation", flags.deviation),
    ...optional("fix", flags.fix),
    ...optional("mask", flags.mask),
    ...optional("splines", flags.splines),
    ...optional("countUnit", flags.countUnit),
    ...optional("relativeError", flags.relativeError),
    ...optional("known", flags.known),
    ...optional("prior", prior),
    ...optional("effort", flags.effort),
    ...optional("mostStrain", flags.mostStrain),
    ...(await readFoundLayers(flags, reflection)),
  };
  return { reflection, options };
}

type Placed = Omit<Task, "place"> & { readonly folder: string | undefined };

async function invertOne({ folder, ...task }: Placed, job: Job): Promise<number> {
  const { flags, terminal } = job;
  return tellOne(await invertFile({ ...task, place: "" }, job), folder, flags, terminal);
}

/** Writes and prints one answer.
 *  @returns the exit code */
export async function tellOne(
  result: Timed,
  folder: string | undefined,
  flags: InvertFlags,
  terminal: Terminal,
): Promise<number> {
  // The answer is told, whatever becomes of its files.
  const saved = await save(folder, result, flags).catch((error: unknown) => ({ error }));
  if (flags.json === true) terminal.out(`${JSON.stringify(resultJson(result.inversion, result))}\n`);
  else
    terminal.out(
      summary(result) + (saved === undefined ? whereFiles(flags.out, result.inversion, true) : ""),
    );
  if (saved !== undefined) throw saved.error;
  return EXIT.ok;
}

async function invertMany(tasks: readonly Placed[], job: Job): Promise<number> {
  const { flags, terminal } = job;
  const width = Math.max(4, ...tasks.map(({ name }) => name.length));
  const results: unknown[] = [];
  const table: string[] = [];
  let failed = 0,
    last: Inversion | undefined;
  for (const [i, { folder, ...task }] of tasks.entries()) {
    const { name } = task;
    let row = "failed";
    let words = row;
    try {
      const result = await invertFile({ ...task, place: `${i + 1}/${tasks.length} ` }, job);
      last = result.inversion;
      if (flags.json === true) results.push(resultJson(result.inversion, result));
      row = tableRow(result);
      words = inWords(result);
      await save(folder, result, flags);
    } catch (error) {
      if (terminal.signal.aborted || !isExpected(error)) throw error;
      failed++;
      terminal.err(`takagi: ${error.message}\n`);
      if (row === "failed")
        results.push({
          scan: name,
          error: { code: error instanceof TakagiError ? error.code : "INPUT", message: error.message },
        });
    }
    table.push(`${name.padEnd(width)}  ${row}\n`);
    if (flags.json !== true) terminal.out(`${i + 1}/${tasks.length}  ${name}: ${words}\n`);
  }
  if (flags.json === true) terminal.out(`${JSON.stringify({ scans: results })}\n`);
  else
    terminal.out(
      `\n${"scan".padEnd(width)}  ${TABLE_HEAD}\n${table.join("")}${last === undefined ? "" : whereFiles(flags.out, last, false)}`,
    );
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

async function invertFile(
  { path, place, name }: Task,
  { flags, experiment, predictor, terminal }: Job,
): Promise<Timed> {
  const begun = beginning(terminal);
  const { scan, bytes } = await readScanFile(path, flags);
  const { reflection, options } = await experiment(withWavelength(flags, path, scan));
  tellReading(path, scan, terminal);
  const line = new ProgressLine(terminal);
  const onProgress: InvertOptions["onProgress"] = ({ stage, fraction }) => {
    line.show(`${place}${name}: ${stage} ${Math.round(100 * fraction)} %`);
  };
  try {
    terminal.signal.throwIfAborted();
    const inversion = await invert(scan, reflection, {
      ...options,
      ...optional("predictor", predictor),
      signal: terminal.signal,
      onProgress,
    });
    tellNotes(path, inversion.scan.notes?.slice(scan.notes?.length ?? 0), terminal);
    const inputs = [{ name: path, bytes }];
    return await timed(inversion, { name, inputs, options, flags, predictor, begun }, terminal);
  } catch (error) {
    // Inside inFile the message has the file's name already; here it has not.
    if (error instanceof TakagiError) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    line.wipe();
  }
}

export type Timed = Required<Result>;

/** When an inversion began: date, and the terminal's seconds. */
export function beginning(terminal: Terminal): { readonly date: string; readonly seconds: number } {
  return { date: new Date().toISOString(), seconds: terminal.seconds() };
}

/** An answer with what it came from, and how long it took. */
export async function timed(
  inversion: Inversion,
  {
    name,
    inputs: [input, ...others],
    options,
    flags,
    predictor,
    begun: { date, seconds },
  }: {
    readonly name: string;
    /** Of each scan. */
    readonly inputs: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    readonly options: Experiment["options"];
    readonly flags: InvertFlags;
    readonly predictor: ProfilePredictor | undefined;
    readonly begun: ReturnType<typeof beginning>;
  },
  terminal: Terminal,
): Promise<Timed> {
  return {
    inversion,
    name,
    provenance: await provenance(inversion, {
      ...optional("input", input),
      others,
      files: await settingFiles(flags),
      settings: settingsOf(flags),
      implied: { geometry: options.sample?.geometry },
      network: predictor?.model?.card,
    }),
    run: { date, seconds: terminal.seconds() - seconds },
  };
}

/** How a scan was measured and read. */
export function tellReading(path: string, { axis, notes }: Scan, terminal: Terminal): void {
  if (axis === "2theta")
    terminal.err(`takagi: note: ${path}: the detector moved alone; the theory is that of coupled scans\n`);
  tellNotes(path, notes, terminal);
}

export function tellNotes(path: string, notes: readonly string[] | undefined, terminal: Terminal): void {
  for (const note of notes ?? []) terminal.err(`takagi: note: ${path}: ${note}\n`);
}

/** The options that an answer depends on. */
function settingsOf(flags: InvertFlags): GivenSettings {
  return Object.fromEntries(
    Object.entries(flags)
      .filter(([name]) => !NO_SETTINGS.has(name))
      .map(([name, value]) => [name, name === "hkl" ? (flags.hkls ?? flags.hkl) : (value as unknown)]),
  );
}

/** Files that settings name, but for the network, which has checksums of its own. */
async function settingFiles({
  cif,
  substrateCif,
  prior,
}: InvertFlags): Promise<Record<string, { name: string; bytes: Uint8Array }>> {
  const files: Record<string, { name: string; bytes: Uint8Array }> = {},
    named = { cif, substrateCif, prior: prior !== undefined && isPresetFile(prior) ? prior : undefined };
  for (const [setting, name] of Object.entries(named))
    if (name !== undefined) files[setting] = { name, bytes: await readBytes(name) };
  return files;
}

async function save(folder: string | undefined, result: Result, flags: InvertFlags): Promise<undefined> {
  if (folder !== undefined) await writeResults(folder, result, flags);
}

function summary({ name, inversion, provenance: { settings }, run: { seconds } }: Timed): string {
  const rows: Row[] = [...profileRows(inversion), ...fitRows(inversion), ["Time", `${seconds.toFixed(2)} s`]];
  const width = Math.max(...rows.map(([key]) => key.length));
  const lines = rows.map(
    ([key, value, remark = ""]) =>
      `  ${key.padEnd(width)}  ${value}${remark === "" ? "" : `  (${remark})`}\n`,
  );
  const several = inversion.solutions.length > 1 ? `\n${uniqueness(inversion)}\n` : "";
  const source = settings["wavelength"]?.source === "file" ? " (from the file)" : "";
  return `${name}: ${scanViews(inversion).map(nameOf).join("; ")}${source}\n${lines.join("")}${several}`;
}

function inWords({ inversion, run: { seconds } }: Timed): string {
  const { maxStrain, maxStrainDepth, profile: own, minDebyeWaller, rms, converged } = inversion;
  const sure = `${inversion.verdict}, confidence ${percentOf(inversion.confidence)}`;
  const profile =
    inversion.stack !== undefined
      ? numbersOf(inversion)
      : `${plain(maxStrain)} % at ${nanometres(maxStrainDepth)} nm, strained to ${nanometres(strainedDepth(own))} nm, DW ≥ ${plain(minDebyeWaller, 2)}`;
  return `${profile}; rms ${plain(rms)}; ${seconds.toFixed(1)} s; ${sure}${converged ? "" : "; ended far from the scan"}${inversion.isBudgetSpent ? "; budget spent" : ""}`;
}

const TABLE_HEAD =
  "   e_max (%)  depth (nm)   strained (nm)  DW_min     rms   χ²/point  others     verdict  confidence  seconds";

function tableRow({ inversion, run: { seconds } }: Timed): string {
  const cells = [
    plain(inversion.maxStrain).padStart(12),
    nanometres(inversion.maxStrainDepth).padStart(12),
    nanometres(strainedDepth(inversion.profile)).padStart(16),
    plain(inversion.minDebyeWaller, 2).padStart(8),
    plain(inversion.rms).padStart(8),
    plain(inversion.chi2PerPoint).padStart(11),
    String(inversion.solutions.length - 1).padStart(8),
    inversion.verdict.padStart(12),
    percentOf(inversion.confidence).padStart(12),
    seconds.toFixed(2).padStart(9),
  ];
  return `${cells.join("")}${inversion.converged ? "" : "  ended far from the scan"}`;
}

function whereFiles(folder: string | undefined, { stack }: Inversion, isOne: boolean): string {
  if (folder === undefined) return "";
  const others = besideReport(stack !== undefined).join(", ");
  return isOne
    ? `\nReport: ${join(folder, "report.html")} (beside it ${others})\n`
    : `\n${others} and report.html of each scan are in ${folder}\n`;
}

/** Errors of the input; a fault of the program is none. */
function isExpected(error: unknown): error is Error {
  return error instanceof TakagiError || error instanceof InputError;
}
