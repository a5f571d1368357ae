/** `takagi invert`: measured scans to strain profiles. */

import { basename, join } from "node:path";
import type { PortableOptions } from "../batch/work.ts";
import { TakagiError } from "../errors.ts";
import { invert } from "../invert/invert.ts";
import type { Effort, InvertOptions } from "../invert/options.ts";
import { resultJson } from "../report/files.ts";
import type { Row } from "../report/page.ts";
import { fitRows, nanometres, profileRows, uniqueness } from "../report/summary.ts";
import type { ProfilePredictor } from "../invert/predictor.ts";
import { percentOf, plain } from "../report/numbers.ts";
import type { Inversion, Reflection, Sample } from "../types.ts";
import { predictorFor } from "./predictor.ts";
import { optional, readInstrument, readReflection, readSample } from "./experiment.ts";
import { uniqueNames } from "./files.ts";
import { readPreset } from "./generate.ts";
import type { Fixed, Known } from "./parse.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { RESULT_FILES, writeResults, type About } from "./result.ts";
import { hasWavelength, readScanFile, withWavelength, type ScanFlags } from "./scanFile.ts";
import { EXIT, InputError, ProgressLine, type Terminal } from "./terminal.ts";

export interface InvertFlags extends PhysicsFlags, ScanFlags {
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
  readonly json?: boolean;
}

/** Degrees 2θ from which the width is fitted where the shape alone is given. */
const START_FWHM = 0.01;
const FROM_FILE = "from the file";

interface Task {
  readonly path: string;
  readonly name: string;
  readonly folder: string | undefined;
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
  readonly rows: readonly Row[];
}

interface Answer extends Pick<About, "wavelengthFrom"> {
  readonly inversion: Inversion;
  readonly rows: readonly Row[];
}

export async function runInvert(
  paths: readonly string[],
  flags: InvertFlags,
  terminal: Terminal,
): Promise<number> {
  // What is wrong with the options is said before a file is read.
  const predictor = await predictorFor(flags.model);
  const job: Job = { flags, experiment: experiments(), predictor, terminal };
  if (hasWavelength(flags)) await job.experiment(flags);
  return paths.length === 1 ? invertOne(paths[0]!, job) : invertMany(paths, job);
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

async function readExperiment(flags: InvertFlags): Promise<Experiment> {
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
  };
  return { reflection, options, rows: sampleRows(sample, flags) };
}

async function invertOne(path: string, job: Job): Promise<number> {
  const { flags, terminal } = job;
  const [name] = uniqueNames([path]);
  const answer = await invertFile({ path, name: name!, folder: flags.out, place: "" }, job);
  const { inversion } = answer;
  const seconds = terminal.seconds();
  await save(answer, { name: name!, folder: flags.out, seconds });
  if (flags.json === true)
    terminal.out(`${JSON.stringify(resultJson(inversion, { ...answer, name: name!, seconds }))}\n`);
  else terminal.out(summary(name!, answer, seconds) + whereFiles(flags.out));
  return EXIT.ok;
}

async function invertMany(paths: readonly string[], job: Job): Promise<number> {
  const { flags, terminal } = job;
  const names = uniqueNames(paths);
  const width = Math.max(4, ...names.map((name) => name.length));
  const results: unknown[] = [];
  const table: string[] = [];
  let failed = 0;
  for (const [i, path] of paths.entries()) {
    const name = names[i]!;
    const folder = flags.out === undefined ? undefined : join(flags.out, name);
    const start = terminal.seconds();
    let row = "failed";
    let words = row;
    try {
      const answer = await invertFile({ path, name, folder, place: `${i + 1}/${paths.length} ` }, job);
      const { inversion } = answer;
      const seconds = terminal.seconds() - start;
      await save(answer, { name, folder, seconds });
      if (flags.json === true) results.push(resultJson(inversion, { ...answer, name, seconds }));
      row = tableRow(inversion, seconds);
      words = inWords(inversion, seconds);
    } catch (error) {
      if (terminal.signal.aborted || !isExpected(error)) throw error;
      failed++;
      terminal.err(`takagi: ${error.message}\n`);
      results.push({
        scan: name,
        error: { code: error instanceof TakagiError ? error.code : "INPUT", message: error.message },
      });
    }
    table.push(`${name.padEnd(width)}  ${row}\n`);
    if (flags.json !== true) terminal.out(`${i + 1}/${paths.length}  ${name}: ${words}\n`);
  }
  if (flags.json === true) terminal.out(`${JSON.stringify({ scans: results })}\n`);
  else
    terminal.out(`\n${"scan".padEnd(width)}  ${TABLE_HEAD}\n${table.join("")}${whereFiles(flags.out, true)}`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

async function invertFile(
  { path, place, name }: Task,
  { flags, experiment, predictor, terminal }: Job,
): Promise<Answer> {
  const scan = await readScanFile(path, flags);
  const { reflection, options, rows } = await experiment(withWavelength(flags, path, scan));
  if (scan.axis === "2theta")
    terminal.err(`takagi: note: ${path}: the detector moved alone; the theory is that of coupled scans\n`);
  for (const note of scan.notes ?? []) terminal.err(`takagi: note: ${path}: ${note}\n`);
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
    const { notes = [] } = inversion.scan;
    for (const note of notes.slice(scan.notes?.length ?? 0)) terminal.err(`takagi: note: ${path}: ${note}\n`);
    const wavelengthFrom = hasWavelength(flags) ? "option" : "file";
    const { countingTime } = scan,
      about: Row[] = wavelengthFrom === "file" ? [["Wavelength from", "the file"]] : [];
    if (countingTime !== undefined) about.push(["Counting time", `${countingTime} s a point`, FROM_FILE]);
    for (const note of notes) about.push(["On reading", note]);
    return { inversion, rows: [...rows, ...about], wavelengthFrom };
  } catch (error) {
    // Inside inFile the message has the file's name already; here it has not.
    if (error instanceof TakagiError) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    line.wipe();
  }
}

async function save(
  { inversion, ...about }: Answer,
  { name, folder, seconds }: { name: string; folder: string | undefined; seconds: number },
): Promise<void> {
  if (folder !== undefined) await writeResults(folder, inversion, { ...about, name, seconds });
}

function summary(name: string, { inversion, wavelengthFrom }: Answer, seconds: number): string {
  const rows: Row[] = [...profileRows(inversion), ...fitRows(inversion), ["Time", `${seconds.toFixed(2)} s`]];
  const width = Math.max(...rows.map(([key]) => key.length));
  const lines = rows.map(
    ([key, value, remark = ""]) =>
      `  ${key.padEnd(width)}  ${value}${remark === "" ? "" : `  (${remark})`}\n`,
  );
  const several = inversion.solutions.length > 1 ? `\n${uniqueness(inversion)}\n` : "";
  const source = wavelengthFrom === "file" ? ` (${FROM_FILE})` : "";
  return `${name}: ${inversion.reflection.name}, λ = ${inversion.reflection.wavelength} Å${source}\n${lines.join("")}${several}`;
}

function inWords(inversion: Inversion, seconds: number): string {
  const { maxStrain, maxStrainDepth, thickness, minDebyeWaller, rms, converged } = inversion;
  const sure = `${inversion.verdict}, confidence ${percentOf(inversion.confidence)}`;
  const profile = `${plain(maxStrain)} % at ${nanometres(maxStrainDepth)} nm, ${nanometres(thickness)} nm thick, DW ≥ ${plain(minDebyeWaller, 2)}`;
  return `${profile}; rms ${plain(rms)}; ${seconds.toFixed(1)} s; ${sure}${converged ? "" : "; ended far from the scan"}${inversion.isBudgetSpent ? "; budget spent" : ""}`;
}

const TABLE_HEAD =
  "   e_max (%)  depth (nm)  thickness (nm)  DW_min     rms   χ²/point  others     verdict  confidence  seconds";

function tableRow(inversion: Inversion, seconds: number): string {
  const cells = [
    plain(inversion.maxStrain).padStart(12),
    nanometres(inversion.maxStrainDepth).padStart(12),
    nanometres(inversion.thickness).padStart(16),
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

function whereFiles(folder: string | undefined, several = false): string {
  if (folder === undefined) return "";
  const first = RESULT_FILES.filter((name) => name !== "report.html").join(", ");
  return several
    ? `\n${first} and report.html of each scan are in ${folder}\n`
    : `\nReport: ${join(folder, "report.html")} (beside it ${first})\n`;
}

function sampleRows({ geometry, filmThickness, substrate }: Sample, { cif, deviation }: InvertFlags): Row[] {
  const rows: Row[] = cif === undefined ? [] : [["Crystal", basename(cif)]];
  rows.push([
    "Sample",
    geometry ?? "single crystal",
    filmThickness === undefined ? "" : `${filmThickness} nm thick`,
  ]);
  if (substrate !== undefined) rows.push(["Substrate", substrate.name]);
  rows.push(["Deviation", deviation ?? "exact"]);
  return rows;
}

/** Errors of the input; a fault of the program is none. */
function isExpected(error: unknown): error is Error {
  return error instanceof TakagiError || error instanceof InputError;
}
