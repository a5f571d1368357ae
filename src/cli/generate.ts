/** `takagi generate`: training samples as files. */

import { createGenerator } from "../dataset/generator.ts";
import { createPool, type NoiseKind, type Preset } from "../dataset/pool.ts";
import { parsePreset, preset, presetNames } from "../dataset/presets.ts";
import { verifyShard, writeShard, type ShardProgress } from "../dataset/shards.node.ts";
import { VERSION } from "../version.ts";
import { optional } from "./experiment.ts";
import { inFile, readJson } from "./files.ts";
import { checkOutput, writeOutput } from "./outputs.ts";
import { EXIT, ProgressLine, UsageError, type Terminal } from "./terminal.ts";

export interface GenerateFlags {
  readonly preset?: string;
  readonly count?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly shard?: { readonly index: number; readonly of: number };
  readonly workers?: number;
  readonly noise?: NoiseKind;
  readonly samplesPerFile?: number;
  readonly preview?: string;
  readonly verify?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export async function runGenerate(flags: GenerateFlags, terminal: Terminal): Promise<number> {
  const { verify } = flags;
  if (verify === undefined) return generate(flags, terminal);
  const isAlone = Object.keys(flags).every((name) => name === "verify" || name === "json");
  if (!isAlone) throw new UsageError("--verify takes no other option than --json: the folder knows its own");
  return runVerify(verify, flags.json === true, terminal);
}

async function generate(flags: GenerateFlags, terminal: Terminal): Promise<number> {
  const { out: folder, count, seed = 1 } = flags;
  if (flags.preset === undefined)
    throw new UsageError(`give --preset: one of ${presetNames.join(", ")}, or a JSON file`);
  if (flags.preview !== undefined) {
    if (count !== undefined || folder !== undefined)
      throw new UsageError("give --preview, or --count and --out, not both");
    return drawPreview(flags.preview, await readPreset(flags.preset), seed, flags);
  }
  if (count === undefined) throw new UsageError("give --count, how many samples");
  if (folder === undefined) throw new UsageError("give --out, a folder");
  if (flags.shard !== undefined && flags.shard.of > count)
    throw new UsageError(`--shard: ${count} samples cannot be cut into ${flags.shard.of} shards`);
  const started = terminal.seconds();
  const progress = new ProgressBar(terminal);
  const pool = await createPool({
    preset: await readPreset(flags.preset),
    ...optional("noise", flags.noise),
    ...optional("workers", flags.workers),
  });
  let seen: ShardProgress = { stage: "checking", done: 0, total: count };
  try {
    const written = await writeShard({
      folder,
      pool,
      count,
      seed,
      ...optional("shard", flags.shard),
      ...optional("samplesPerFile", flags.samplesPerFile),
      version: VERSION,
      signal: terminal.signal,
      onProgress: (now) => {
        seen = now;
        progress.show(now);
      },
    });
    progress.wipe();
    const seconds = terminal.seconds() - started;
    const made = written.samples - written.kept;
    if (flags.json === true) {
      terminal.out(
        `${JSON.stringify({ folder, ...written, made, seconds, workers: pool.workers, samplesPerSecond: made / seconds })}\n`,
      );
    } else {
      const kept = written.kept > 0 ? `, ${grouped(written.kept)} of them from before` : "";
      const speed = made > 0 ? ` in ${clock(seconds)}, ${grouped(made / seconds)} a second` : "";
      terminal.out(
        `${folder}: ${grouped(written.samples)} samples in ${written.files} files, ${size(written.bytes)}${kept}${speed}\n`,
      );
    }
    return EXIT.ok;
  } catch (error) {
    progress.wipe();
    if (!terminal.signal.aborted) throw error;
    terminal.err(
      `takagi: interrupted at ${grouped(seen.done)} of ${grouped(seen.total)} samples; whole files stay, and the same command goes on from there\n`,
    );
    return EXIT.interrupted;
  } finally {
    await pool.close();
  }
}

async function runVerify(folder: string, asJson: boolean, terminal: Terminal): Promise<number> {
  const progress = new ProgressBar(terminal);
  try {
    const { whole, samples, faults, unmade, plan } = await verifyShard(folder, {
      signal: terminal.signal,
      onProgress: (now) => progress.show(now),
    });
    progress.wipe();
    const isWhole = whole === samples;
    if (asJson) {
      const {
        takagi,
        preset: { name },
        noise,
        seed,
        count,
        shard,
      } = plan as typeof plan & { preset: Preset };
      terminal.out(
        `${JSON.stringify({ folder, whole: isWhole, samples, samplesWhole: whole, samplesUnmade: unmade, faults, takagi, preset: name, noise, seed, count, shard })}\n`,
      );
      return isWhole ? EXIT.ok : EXIT.failed;
    }
    for (const { file, fault } of faults) terminal.out(`${file}: ${fault}\n`);
    if (unmade > 0)
      terminal.out(`${grouped(unmade)} of ${grouped(samples)} samples have not been made yet\n`);
    terminal.out(
      isWhole
        ? `${folder}: ${grouped(samples)} samples, all whole\n`
        : `${folder}: ${grouped(whole)} of ${grouped(samples)} samples are whole; the command that made them makes the others\n`,
    );
    return isWhole ? EXIT.ok : EXIT.failed;
  } finally {
    progress.wipe();
  }
}

/** A sheet of the first samples. */
async function drawPreview(
  path: string,
  chosen: Preset,
  seed: number,
  flags: GenerateFlags,
): Promise<number> {
  const { preview } = await import("../report/preview.ts");
  const generator = await createGenerator(chosen, optional("noise", flags.noise));
  await checkOutput(path, { force: flags.force });
  await writeOutput(path, await preview(generator, seed), { force: flags.force });
  return EXIT.ok;
}

/** What looks like a file is one. */
export function isPresetFile(word: string): boolean {
  return /\.json$|[/\\]/i.test(word);
}

/** A preset by name or from a file. */
export async function readPreset(word: string): Promise<Preset> {
  if (!isPresetFile(word)) return preset(word);
  const json = await readJson(word);
  return inFile(word, () => parsePreset(json));
}

/** `making ▕████████      ▏ 45 %  12 300 samples/s  1:23 left` */
class ProgressBar {
  readonly #line: ProgressLine;
  readonly #terminal: Terminal;
  /** Where and when the present stage was first seen: the rate counts from there. */
  #stage: { readonly name: string; readonly from: number; readonly since: number } | undefined;

  constructor(terminal: Terminal) {
    this.#line = new ProgressLine(terminal);
    this.#terminal = terminal;
  }

  show({ stage, done, total }: ShardProgress): void {
    const now = this.#terminal.seconds();
    if (this.#stage?.name !== stage) this.#stage = { name: stage, from: done, since: now };
    const rate = (done - this.#stage.from) / (now - this.#stage.since);
    const pace =
      rate > 0 && Number.isFinite(rate)
        ? `  ${grouped(rate)} samples/s  ${clock((total - done) / rate)} left`
        : "";
    this.#line.show(`${stage} ${bar(done / total)} ${Math.floor((100 * done) / total)} %${pace}`);
  }

  wipe(): void {
    this.#line.wipe();
  }
}

const BAR_WIDTH = 24;
const EIGHTHS = " ▏▎▍▌▋▊▉█";

function bar(fraction: number): string {
  const eighths = Math.round(fraction * BAR_WIDTH * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  return `▕${(full + (eighths % 8 === 0 ? "" : EIGHTHS[eighths % 8]!)).padEnd(BAR_WIDTH)}▏`;
}

/** 1500000 → "1 500 000", with narrow no-break spaces. */
function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Seconds as "4:05" or "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function size(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${["B", "kB", "MB", "GB", "TB"][power]}`;
}
