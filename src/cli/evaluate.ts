/** `takagi evaluate`: what a model is worth, in the numbers of Table 2. */
import v8 from "node:v8";
import type { NoiseKind } from "../dataset/generator.ts";
import { judge, scores, type Scores } from "../judge/evaluate.ts";
import type { BackendName } from "../nn/index.ts";
import { optional } from "./experiment.ts";
import { readPreset } from "./generate.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface EvaluateFlags {
  readonly preset?: string;
  readonly count: number;
  readonly seed: number;
  readonly noise: NoiseKind;
  readonly maxStrain?: number;
  readonly workers?: number;
  readonly backend?: BackendName;
  readonly json?: boolean;
}

const NAMES = { t: "thickness", emax: "largest strain", dw: "smallest Debye–Waller factor", h: "width of the resolution", dr: "dynamic range", strain: "strain profile" } as const;

export async function runEvaluate(folder: string, flags: EvaluateFlags, terminal: Terminal): Promise<number> {
  const { count, seed, noise, json } = flags;
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { createPredictor, loadModel } = await import("../nn/index.ts");
  const model = await loadModel(folder), preset = flags.preset === undefined ? model.card.preset : await readPreset(flags.preset);
  const predictor = await createPredictor(model, optional("backend", flags.backend)), progress = new ProgressLine(terminal);
  try {
    const judgement = await judge(predictor, {
      preset, count, seed, noise, processorSeconds, signal: terminal.signal,
      ...optional("maxStrain", flags.maxStrain),
      ...optional("workers", flags.workers),
      onProgress: (done) => progress.show(`asking the network ${Math.floor((100 * done) / count)} %`),
    });
    progress.wipe();
    const { secondsPerCurve } = judgement;
    const result = { model: model.card.name, preset: preset.name, noise, seed, ...optional("maxStrain", flags.maxStrain), ...scores(judgement), secondsPerCurve };
    terminal.out(json === true ? `${JSON.stringify(result)}\n` : words(folder, result));
    return EXIT.ok;
  } finally {
    progress.wipe();
    predictor.dispose();
  }
}

/** Of all threads of the process. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function words(folder: string, { preset, noise, accuracy, mse, count, secondsPerCurve }: Scores & { preset: string; noise: string; secondsPerCurve: number }): string {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length));
  const rows = Object.entries(accuracy).map(([name, share]) => `  ${NAMES[name as keyof typeof NAMES].padEnd(width)}  ${share.toFixed(1).padStart(5)} %\n`);
  return `${folder}: ${count} samples of ${preset}, noise: ${noise}; within 10 %:\n${rows.join("")}mse ${mse.toPrecision(3)}, ${(1000 * secondsPerCurve).toPrecision(2)} ms of one core a curve\n`;
}
