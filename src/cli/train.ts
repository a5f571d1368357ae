/** `takagi train`: a network for a preset. */
import { join } from "node:path";
import { stat } from "node:fs/promises";
import v8 from "node:v8";
import type { NoiseKind } from "../dataset/generator.ts";
import { weightLabels } from "../profile/film.ts";
import type {
  BackendName,
  LossName,
  NetworkName,
  OptimizerName,
  ScheduleName,
  TrainingState,
  Validation,
} from "../nn/index.ts";
import { optional } from "./experiment.ts";
import { readBytes } from "./files.ts";
import { readPreset } from "./generate.ts";
import { replaceModel, requireNoModel, settleModel } from "./modelFolder.ts";
import { checkOutputs, writeOutputs } from "./outputs.ts";
import { addProposals } from "./proposals.ts";
import { EXIT, InputError, ProgressLine, UsageError, type Terminal } from "./terminal.ts";

export interface TrainFlags {
  readonly preset?: string;
  readonly network?: NetworkName;
  readonly loss?: LossName;
  readonly outputs?: keyof typeof OUTPUTS;
  readonly optimizer?: OptimizerName;
  readonly schedule?: ScheduleName;
  readonly rate?: number;
  readonly moments?: "batch" | "start";
  readonly batch?: number;
  readonly minutes?: number;
  readonly samples?: number;
  readonly seed?: number;
  readonly noise?: NoiseKind;
  readonly workers?: number;
  readonly backend?: BackendName;
  readonly validation?: number;
  readonly every?: number;
  readonly out?: string;
  readonly half?: boolean;
  readonly mixture?: number;
  readonly bank?: number;
  readonly resume?: boolean;
  readonly start?: string;
  readonly json?: boolean;
}

const WEIGHTS = weightLabels("strain", 10);
/** CNN3[12] and CNN3[3] of the paper. */
const OUTPUTS = {
  "14": undefined,
  "12": [...WEIGHTS, "disorder", "thickness"],
  "3": ["disorder", "thickness", "maxStrain"],
} as const;
const CHECKPOINT = "checkpoint.bin";
const CURVE = "learning.svg";
/** Most samples of the mixture that is made at the end. */
const MIXTURE_SAMPLES = 300_000;

export async function runTrain(flags: TrainFlags, terminal: Terminal): Promise<number> {
  const { out: folder, json, resume: isResumed, half, start, outputs = "14", mixture, bank, ...rest } = flags;
  if (folder === undefined) throw new UsageError("give --out, a folder for the model");
  if (flags.preset === undefined && isResumed !== true) throw new UsageError("give --preset, or --resume");
  if ((flags.samples === undefined) === (flags.minutes === undefined))
    throw new UsageError("give --samples or --minutes");
  // One rounding for a product and its sum: a third faster where the processor has it. V8 before 12 hides it.
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { train, decodeCheckpoint, encodeCheckpoint, loadModel, modelFiles } = await import("../nn/index.ts");
  const { learningCurve } = await import("../report/learning.ts");
  const path = join(folder, CHECKPOINT);
  await checkOutputs(folder, [CURVE], { index: "model.json" });
  const before = isResumed === true ? await decodeCheckpoint(await readBytes(path)) : undefined;
  if (before === undefined) {
    if ((await stat(path).catch(() => undefined)) !== undefined)
      throw new InputError(`${folder} holds a training already: give --resume to go on, or another --out`);
    await requireNoModel(folder);
  }
  const progress = new ProgressLine(terminal),
    filesOf = (now: TrainingState) =>
      modelFiles(now, now.recipe.preset.name, half === true ? "float16" : "float32");
  const told = (validation: Validation): void => {
    progress.wipe();
    if (json !== true) terminal.err(`${words(validation)}\n`);
  };
  let speed = 0;
  const state: TrainingState = await train({
    ...(rest as Omit<typeof rest, "preset" | "out">),
    preset: before === undefined ? await readPreset(flags.preset!) : before.recipe.preset,
    ...optional("outputs", OUTPUTS[outputs]),
    ...optional("resume", before),
    ...(start === undefined ? {} : { start: await loadModel(start) }),
    signal: terminal.signal,
    onProgress: ({ samples, share, samplesPerSecond, loss }) => {
      speed = samplesPerSecond;
      progress.show(
        `${Math.floor(100 * share)} %  ${samples} samples  ${Math.round(samplesPerSecond)}/s  loss ${loss.toFixed(4)}`,
      );
    },
    onCheckpoint: async (now) => {
      told(now.history.at(-1)!);
      await writeOutputs(folder, { [CHECKPOINT]: await encodeCheckpoint(now) }, { force: true });
      await replaceModel(folder, await filesOf(now));
      await writeOutputs(folder, { [CURVE]: learningCurve(now.history) }, { index: "model.json" });
    },
  });
  progress.wipe();
  await settleModel(folder, await filesOf(state));
  if (!terminal.signal.aborted && saysProfiles(state))
    await addProposals(folder, { mixture: mixture ?? mixtureSamples(state), bank }, terminal);
  const { samples, seconds, history } = state;
  if (json === true)
    terminal.out(
      `${JSON.stringify({ folder, samples, seconds, samplesPerSecond: speed, residentBytes: process.memoryUsage().rss, history })}\n`,
    );
  else terminal.out(`${folder}: ${samples} samples in ${Math.round(seconds)} s\n`);
  return terminal.signal.aborted ? EXIT.interrupted : EXIT.ok;
}

/** A mixture takes a small part of the time of a training. */
function mixtureSamples({ samples }: TrainingState): number {
  return Math.min(MIXTURE_SAMPLES, Math.ceil(samples / 10));
}

/** Whether residuals of profiles can be had from it: CNN3[3] of the paper says none. */
function saysProfiles({ recipe }: TrainingState): boolean {
  return recipe.task.labels.includes(WEIGHTS[0]!) && recipe.task.labels.includes("thickness");
}

function words({ samples, seconds, trainingLoss, loss, accuracy }: Validation): string {
  const shares = Object.entries(accuracy)
    .map(([name, share]) => `  ${name} ${share.toFixed(1)}`)
    .join("");
  return `${samples} samples  ${Math.round(seconds)} s  loss ${trainingLoss.toFixed(4)} / ${loss.toFixed(4)}${shares}`;
}
