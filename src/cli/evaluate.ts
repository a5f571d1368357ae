/** `takagi evaluate`: what a model is worth, in the numbers of Table 2. */
import { basename } from "node:path";
import v8 from "node:v8";
import type { NoiseKind } from "../dataset/generator.ts";
import { judge, type Judgement, scores, type Scores } from "../evaluate/evaluate.ts";
import { type ProposalScores, proposalScores } from "../evaluate/proposals.ts";
import { finalJudgement, type Honesty, honesty, scanRecords } from "../evaluate/final.ts";
import type { BackendName, ModelCard, Predictor } from "../nn/index.ts";
import type { Effort } from "../invert/options.ts";
import type { Row } from "../report/page.ts";
import type { Scan } from "../types.ts";
import { VERSION } from "../version.ts";
import { optional } from "./experiment.ts";
import { clock, readPreset } from "./generate.ts";
import { checkOutputs, writeOutputs } from "./outputs.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface EvaluateFlags {
  readonly preset?: string;
  readonly count: number;
  readonly proposals: number;
  readonly seed: number;
  readonly noise: NoiseKind;
  readonly maxStrain?: number;
  readonly refine?: boolean;
  readonly effort?: Effort;
  readonly workers?: number;
  readonly backend?: BackendName;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const INDEX = "evaluation.json";
const NAMES = {
  t: "thickness",
  emax: "largest strain",
  dw: "smallest Debye–Waller factor",
  h: "width of the resolution",
  dr: "dynamic range",
  strain: "strain profile",
} as const;

export async function runEvaluate(folder: string, flags: EvaluateFlags, terminal: Terminal): Promise<number> {
  const { count, seed, noise, json } = flags;
  if (flags.out !== undefined)
    await checkOutputs(flags.out, ["scans.jsonl", "evaluation.html", INDEX], { ...flags, index: INDEX });
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { createPredictor, loadModel } = await import("../nn/index.ts");
  const model = await loadModel(folder),
    preset = flags.preset === undefined ? model.card.preset : await readPreset(flags.preset);
  const predictor = await createPredictor(model, optional("backend", flags.backend)),
    progress = new ProgressLine(terminal);
  try {
    const judgement = await judge(predictor, {
      preset,
      count,
      seed,
      noise,
      processorSeconds,
      signal: terminal.signal,
      ...optional("maxStrain", flags.maxStrain),
      ...optional("workers", flags.workers),
      onProgress: (done) => progress.show(`asking the network ${Math.floor((100 * done) / count)} %`),
    });
    const head = {
      takagi: VERSION,
      model: model.card.name,
      preset: preset.name,
      noise,
      seed,
      ...optional("maxStrain", flags.maxStrain),
    };
    const alone = { ...scores(judgement), secondsPerCurve: judgement.secondsPerCurve };
    const { result, judged, records } =
      flags.refine === true
        ? await afterFit({ predictor, judgement, head, alone, flags, terminal, progress })
        : {
            result: {
              ...head,
              ...alone,
              ...optional(
                "proposals",
                await proposed(predictor, judgement, flags.proposals, terminal, progress),
              ),
            },
            judged: judgement,
            records: undefined,
          };
    progress.wipe();
    await write(flags, records, { folder, result, judged, predictor, isRefined: flags.refine === true });
    terminal.out(json === true ? `${JSON.stringify(result)}\n` : words(folder, result));
    return EXIT.ok;
  } finally {
    progress.wipe();
    predictor.dispose();
  }
}

/** What the first of the judged samples' proposals are worth; undefined for models and samples without. */
async function proposed(
  predictor: Predictor,
  judgement: Judgement,
  count: number,
  { signal }: Terminal,
  progress: ProgressLine,
): Promise<ProposalScores | undefined> {
  if (count === 0 || !predictor.proposes || judgement.errors.strain === undefined) return undefined;
  return proposalScores(predictor, judgement, {
    count,
    signal,
    onProgress: (done, of) => progress.show(`asking for proposals ${Math.floor((100 * done) / of)} %`),
  });
}

interface Refining {
  readonly predictor: Predictor;
  readonly judgement: Judgement;
  readonly head: Head;
  readonly alone: Timed;
  readonly flags: EvaluateFlags;
  readonly terminal: Terminal;
  readonly progress: ProgressLine;
}

/** The same samples, answered by inversions that start from the network; and what scans.jsonl holds. */
async function afterFit({
  predictor,
  judgement,
  head,
  alone,
  flags,
  terminal,
  progress,
}: Refining): Promise<{ result: Result; judged: Judgement; records: string }> {
  const { refineAll } = await import("../evaluate/refineAll.node.ts"),
    since = terminal.seconds();
  const { refined, seconds } = await refineAll(predictor, judgement, {
    signal: terminal.signal,
    ...optional("workers", flags.workers),
    ...optional("effort", flags.effort),
    onProgress: (done, of) =>
      progress.show(
        `inverting ${done} of ${of}, ${clock(((terminal.seconds() - since) * (of - done)) / done)} left`,
      ),
  });
  const final = finalJudgement(judgement, refined);
  return {
    judged: final,
    records: scanRecords(final, refined)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(""),
    result: {
      ...head,
      ...scores(final),
      secondsPerCurve: alone.secondsPerCurve + seconds / refined.length,
      alone,
      ...honesty(final, refined),
    },
  };
}

/** Of all threads of the process. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

interface Drawing {
  readonly folder: string;
  readonly result: Result;
  readonly judged: Judgement;
  readonly predictor: Predictor;
  readonly isRefined: boolean;
}

/** The numbers first: drawing them takes long. */
async function write(flags: EvaluateFlags, records: string | undefined, drawing: Drawing): Promise<void> {
  const { out } = flags,
    options = { ...flags, index: INDEX };
  if (out === undefined) return;
  await writeOutputs(
    out,
    { ...optional("scans.jsonl", records), [INDEX]: `${JSON.stringify(drawing.result, null, 2)}\n` },
    options,
  );
  await writeOutputs(out, { "evaluation.html": await draw(drawing) }, options);
}

/** What evaluation.html holds. */
async function draw({ folder, result, judged, predictor, isRefined }: Drawing): Promise<string> {
  const { evaluationPage } = await import("../report/evaluation/page.ts"),
    { trainedOn } = await import("../nn/index.ts"),
    { preset, noise } = judged.generator,
    { card } = predictor.model;
  const refiner = isRefined
    ? await (await import("../evaluate/refine.ts")).createRefiner(preset, noise, judged.predicted.names)
    : undefined;
  const answer = async (scan: Scan): Promise<Record<string, number>> => {
    const { labels } = await predictor.predict(scan, { offset: 0 });
    if (refiner === undefined) return labels;
    const own = Float32Array.from(card.labels, (name) => labels[name]!),
      proposed = predictor.proposes ? await predictor.propose(scan, 64, { offset: 0 }) : [],
      rows = [
        own,
        ...proposed.map((proposal) => Float32Array.from(card.labels, (name) => proposal.labels[name]!)),
      ],
      refined = refiner.refine({ scan, rows }).labels;
    return Object.fromEntries(card.labels.map((name, k) => [name, refined[k]!]));
  };
  return evaluationPage({
    title: `${basename(folder)}${isRefined ? " and the inversion after it" : ""}`,
    tables: tablesOf(card, trainedOn(card), result),
    judgement: judged,
    ...(result.strata === undefined ? {} : { honesty: result as Result & Honesty }),
    answer,
  });
}

function tablesOf(
  { network, training }: ModelCard,
  trained: { samples: number; seconds: number },
  {
    preset,
    noise,
    seed,
    count,
    accuracy,
    mse,
    secondsPerCurve,
    alone,
    determined,
    coverage,
    calibrationError,
  }: Result,
): { caption: string; rows: Row[] }[] {
  const percent = (share: number): string => `${share.toFixed(1)} %`;
  const rows = (Object.entries(accuracy) as [keyof typeof NAMES, number][]).map(([name, share]): Row => {
    const before = alone?.accuracy[name];
    return [NAMES[name], percent(share), before === undefined ? "" : `network alone: ${percent(before)}`];
  });
  const sure: Row[] =
    determined === undefined
      ? []
      : [
          [
            "Marked as determined",
            percent(determined.share),
            determined.right === undefined ? "" : `of them right: ${percent(determined.right)}`,
          ],
          ["95 % band holds the truth", percent(coverage!), "of the depths"],
          ["Expected calibration error", calibrationError!.toFixed(3), "of the confidence, ten bins"],
        ];
  return [
    { caption: "Within 10 %", rows: [...rows, ...sure] },
    {
      caption: "Test and network",
      rows: [
        ["Samples", String(count), `preset ${preset}, noise: ${noise}, seed ${seed}`],
        ["mse", mse.toPrecision(3), "of the labels scaled to 0 … 1"],
        ["Time a curve", `${(1000 * secondsPerCurve).toPrecision(2)} ms`, "of one core"],
        ["Network", network.name, `loss: ${training.loss}`],
        [
          "Trained on",
          `${trained.samples} samples`,
          `${training.optimizer}, ${training.schedule}; ${Math.round(trained.seconds / 60)} min on ${training.hardware}`,
        ],
      ],
    },
  ];
}

/** What was judged, and how. */
interface Head {
  readonly model: string;
  readonly preset: string;
  readonly noise: NoiseKind;
  readonly seed: number;
  readonly maxStrain?: number;
}
type Result = Head &
  Timed &
  Partial<Honesty> & { readonly alone?: Timed; readonly proposals?: ProposalScores };
type Timed = Scores & { readonly secondsPerCurve: number };

function words(
  folder: string,
  {
    preset,
    noise,
    accuracy,
    mse,
    count,
    secondsPerCurve,
    alone,
    determined,
    coverage,
    calibrationError,
    proposals,
  }: Result,
): string {
  const width = Math.max(...Object.values(NAMES).map((name) => name.length)),
    percent = (share: number): string => `${share.toFixed(1).padStart(5)} %`;
  const rows = (Object.entries(accuracy) as [keyof typeof NAMES, number][]).map(([name, share]) => {
    const before = alone?.accuracy[name];
    return `  ${NAMES[name].padEnd(width)}  ${percent(share)}${before === undefined ? "" : `  (network alone ${percent(before)})`}\n`;
  });
  const sure =
    determined === undefined
      ? ""
      : `marked as determined: ${percent(determined.share)}${determined.right === undefined ? "" : `, of them right: ${percent(determined.right)}`}; 95 % band holds the truth at ${percent(coverage!)} of the depths; calibration error of the confidence ${calibrationError!.toFixed(3)}\n`;
  const best = (proposals?.best ?? []).map(
    ({ of, within6, within10 }) =>
      `  best of ${String(of).padStart(2)}  ${percent(within6)}  ${percent(within10)}\n`,
  );
  const several =
    proposals === undefined
      ? ""
      : `strain of the best proposal within 6 % and 10 %, ${proposals.count} samples:\n${best.join("")}`;
  return `${folder}: ${count} samples of ${preset}, noise: ${noise}; within 10 %:\n${rows.join("")}${sure}${several}mse ${mse.toPrecision(3)}, ${(1000 * secondsPerCurve).toPrecision(2)} ms of one core a curve\n`;
}
