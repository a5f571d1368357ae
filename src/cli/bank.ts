/** `takagi bank`: what a model is off by on fresh samples, written beside its weights. */
import { join } from "node:path";
import v8 from "node:v8";
import type { BankOptions } from "../nn/index.ts";
import { readBytes } from "./files.ts";
import { replaceModel } from "./modelFolder.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface BankFlags extends Pick<BankOptions, "count" | "seed" | "noise"> {
  readonly json?: boolean;
}

export async function runBank(
  folder: string,
  { json, ...options }: BankFlags,
  terminal: Terminal,
): Promise<number> {
  const made = await addBank(folder, options, terminal);
  terminal.out(
    json === true
      ? `${JSON.stringify({ folder, ...made })}\n`
      : `${join(folder, "bank.bin")}: ${made.count} samples, ${made.bytes} bytes\n`,
  );
  return EXIT.ok;
}

/** Gives the model of a folder a bank in place of the one that it may have.
 *  @returns samples and bytes of the bank, and what it was made with */
export async function addBank(
  folder: string,
  options: Pick<BankOptions, "count" | "seed" | "noise">,
  terminal: Terminal,
): Promise<{ count: number; bytes: number; noise: string; seed: number }> {
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { createPredictor, drawBank, encodeModel, parseModel, toLayersModel, weightsFileOf } =
    await import("../nn/index.ts");
  const json = new TextDecoder().decode(await readBytes(join(folder, "model.json"))),
    weights = await readBytes(join(folder, weightsFileOf(json)));
  // Not loadModel: a bank that is damaged is made anew.
  const model = await parseModel(json, weights),
    predictor = await createPredictor(model, { backend: "wasm" }),
    progress = new ProgressLine(terminal);
  try {
    const bank = await drawBank(predictor, {
      ...options,
      signal: terminal.signal,
      onProgress: (done, of) => progress.show(`bank of residuals ${Math.floor((100 * done) / of)} %`),
    });
    const isForTfjs = (JSON.parse(json) as { format: unknown }).format === "layers-model",
      files = await (isForTfjs ? toLayersModel : encodeModel)({ ...model, bank }),
      content = files["bank.bin"]!;
    await replaceModel(folder, files);
    const { noise, seed, predicted, space } = bank;
    return { count: predicted.length / space.size, bytes: content.length, noise, seed };
  } finally {
    progress.wipe();
    predictor.dispose();
  }
}
