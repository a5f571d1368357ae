/** `takagi proposals`: what a model needs to propose several profiles a scan, written beside its weights. */
import { join } from "node:path";
import v8 from "node:v8";
import type { BankOptions, MixtureOptions, Model, ModelCard } from "../nn/index.ts";
import { optional } from "./experiment.ts";
import { readBytes } from "./files.ts";
import { replaceModel } from "./modelFolder.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface ProposalFlags
  extends Pick<BankOptions, "seed" | "noise">, Pick<MixtureOptions, "hypotheses"> {
  /** Samples that the mixture learns from, and of the bank; 0: none is made, and what is there stays. */
  readonly mixture?: number | undefined;
  readonly bank?: number | undefined;
  readonly json?: boolean;
}

/** What model.json says of what was made. */
export type MadeProposals = Pick<ModelCard, "mixture" | "bank">;

export async function runProposals(
  folder: string,
  { json, ...flags }: ProposalFlags,
  terminal: Terminal,
): Promise<number> {
  const made = await addProposals(folder, flags, terminal),
    { mixture, bank } = made;
  const words = [
    ...(mixture === undefined
      ? []
      : [
          `${join(folder, mixture.file)}: ${mixture.hypotheses} answers a scan, from ${mixture.samples} samples, ${mixture.bytes} bytes\n`,
        ]),
    ...(bank === undefined
      ? []
      : [`${join(folder, bank.file)}: ${bank.count} samples, ${bank.bytes} bytes\n`]),
  ];
  terminal.out(json === true ? `${JSON.stringify({ folder, ...made })}\n` : words.join(""));
  return EXIT.ok;
}

/** Gives the model of a folder a mixture, where its network can have one, and a bank, in place of those that it may have. */
export async function addProposals(
  folder: string,
  flags: Omit<ProposalFlags, "json">,
  terminal: Terminal,
): Promise<MadeProposals> {
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { canHaveMixture, encodeModel, parseModel, proposalFilesOf, toLayersModel, weightsFileOf } =
    await import("../nn/index.ts");
  const read = (name: string): Promise<Uint8Array> => readBytes(join(folder, name)),
    json = new TextDecoder().decode(await read("model.json")),
    weights = await read(weightsFileOf(json)),
    { card } = await parseModel(json, weights);
  const isMade = { "mixture.bin": flags.mixture !== 0 && canHaveMixture(card), "bank.bin": flags.bank !== 0 };
  // What is made anew is not read: it may be damaged.
  const staying = proposalFilesOf(json).filter((name) => !isMade[name]),
    files = await Promise.all(staying.map(async (name) => [name, await read(name)] as const));
  const model = await madeFor(
    await parseModel(json, weights, Object.fromEntries(files)),
    isMade,
    flags,
    terminal,
  );
  const isForTfjs = (JSON.parse(json) as { format: unknown }).format === "layers-model",
    written = await (isForTfjs ? toLayersModel : encodeModel)(model);
  await replaceModel(folder, written);
  const { mixture, bank } = (await parseModel(written["model.json"], written["weights.bin"])).card;
  return {
    ...(mixture !== undefined && isMade["mixture.bin"] && { mixture }),
    ...(bank !== undefined && isMade["bank.bin"] && { bank }),
  };
}

async function madeFor(
  model: Model,
  isMade: Readonly<Record<"mixture.bin" | "bank.bin", boolean>>,
  { mixture: learned, bank: kept, hypotheses, ...options }: Omit<ProposalFlags, "json">,
  terminal: Terminal,
): Promise<Model> {
  const { createPredictor, drawBank, trainMixture } = await import("../nn/index.ts"),
    progress = new ProgressLine(terminal),
    { signal } = terminal;
  const percent = (done: number, of: number): string => `${Math.floor((100 * done) / of)} %`;
  try {
    const mixture = isMade["mixture.bin"]
      ? await trainMixture(model, {
          ...options,
          ...optional("samples", learned),
          ...optional("hypotheses", hypotheses),
          signal,
          onProgress: (done, of, loss) =>
            progress.show(`mixture ${percent(done, of)}  loss of the best answers ${loss.toFixed(3)}`),
        })
      : model.mixture;
    if (!isMade["bank.bin"]) return { ...model, ...optional("mixture", mixture) };
    const predictor = await createPredictor(model, { backend: "wasm" });
    try {
      const bank = await drawBank(predictor, {
        ...options,
        ...optional("count", kept),
        signal,
        onProgress: (done, of) => progress.show(`bank of residuals ${percent(done, of)}`),
      });
      return { ...model, ...optional("mixture", mixture), bank };
    } finally {
      predictor.dispose();
    }
  } finally {
    progress.wipe();
  }
}
