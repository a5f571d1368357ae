/** `takagi evaluate`: what a model is worth, in the numbers of Table 2. */
import v8 from "node:v8";
import type { NoiseKind } from "../dataset/generator.ts";
import { judge, scores, type Scores } from "../judge/evaluate.ts";
import { finalJudgement, type Honesty, honesty } from "../judge/final.ts";
import type { BackendName } from "../nn/index.ts";
import { optional } from "./experiment.ts";
import { clock, readPreset } from "./generate.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface EvaluateFlags {
  readonly preset?: string;
  readonly count: number;
  readonly seed: number;
  readonly noise: NoiseKind;
  readonly maxStrain?: number;
  readonly refine?: boolean;
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
    const head = { model: model.card.name, preset: preset.name, noise, seed, ...optional("maxStrain", flags.maxStrain) };
    const alone = { ...scores(judgement), secondsPerCurve: judgement.secondsPerCurve };
    let result: Result = { ...head, ...alone };
    if (flags.refine === true) {
      const { refineAll } = await import("../judge/refineAll.node.ts"), since = terminal.seconds();
      const { refined, seconds } = await refineAll(judgement, {
        signal: terminal.signal,
        ...optional("workers", flags.workers),
        onProgress: (done, of) => progress.show(`fitting ${done} of ${of}, ${clock(((terminal.seconds() - since) * (of - done)) / done)} left`),
      });
      const final = finalJudgement(judgement, refined);
      result = { ...head, ...scores(final), secondsPerCurve: alone.secondsPerCurve + seconds / refined.length, alone, ...honesty(final, refined) };
    }
    progress.wipe();
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

type Result = Timed & Partial<Honesty> & { readonly preset: string; readonly noise: NoiseKind; readonly alone?: Timed };
type Timed = Scores & { readonly secondsPerCurve: number };

function words(folder: string, { preset, noise, accuracy, mse, count, secondsPerCurve, alone, determined, coverage }: Result): string {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length)), percent = (share: number): string => `${share.toFixed(1).padStart(5)} %`;
  const rows = (Object.entries(accuracy) as [keyof typeof NAMES, number][]).map(([name, share]) => {
    const before = alone?.accuracy[name];
    return `  ${NAMES[name].padEnd(width)}  ${percent(share)}${before === undefined ? "" : `  (network alone ${percent(before)})`}\n`;
  });
  const sure = determined === undefined ? "" : `marked as determined: ${percent(determined.share)}${determined.right === undefined ? "" : `, of them right: ${percent(determined.right)}`}; 95 % band holds the truth at ${percent(coverage!)} of the depths\n`;
  return `${folder}: ${count} samples of ${preset}, noise: ${noise}; within 10 %:\n${rows.join("")}${sure}mse ${mse.toPrecision(3)}, ${(1000 * secondsPerCurve).toPrecision(2)} ms of one core a curve\n`;
}
