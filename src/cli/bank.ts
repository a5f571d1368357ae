/** `takagi bank`: what a model is off by on fresh samples, written beside its weights. */
import { join } from "node:path";
import v8 from "node:v8";
import type { BankOptions } from "../nn/index.ts";
import { readBytes, writeWhole } from "./files.ts";
import { EXIT, ProgressLine, type Terminal } from "./terminal.ts";

export interface BankFlags extends Pick<BankOptions, "count" | "seed" | "noise"> {
  readonly json?: boolean;
}

export async function runBank(
  folder: string,
  { json, ...options }: BankFlags,
  terminal: Terminal,
): Promise<number> {
  v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  const { createPredictor, drawBank, encodeModel, parseModel } = await import("../nn/index.ts");
  const [card, weights] = await Promise.all([
    readBytes(join(folder, "model.json")),
    readBytes(join(folder, "weights.bin")),
  ]);
  // Not loadModel: a bank that is damaged is made anew.
  const model = await parseModel(new TextDecoder().decode(card), weights),
    predictor = await createPredictor(model, { backend: "wasm" }),
    progress = new ProgressLine(terminal);
  try {
    const bank = await drawBank(predictor, {
        ...options,
        signal: terminal.signal,
        onProgress: (done, of) => progress.show(`asking the network ${Math.floor((100 * done) / of)} %`),
      }),
      files = await encodeModel({ ...model, bank });
    // A model.json without a bank reads beside any bank.bin; so the bank first.
    await writeWhole(join(folder, "bank.bin"), files["bank.bin"]!);
    await writeWhole(join(folder, "model.json"), files["model.json"]);
    const bytes = files["bank.bin"]!.length,
      count = bank.predicted.length / bank.space.size;
    progress.wipe();
    terminal.out(
      json === true
        ? `${JSON.stringify({ folder, count, bytes, noise: bank.noise, seed: bank.seed })}\n`
        : `${join(folder, "bank.bin")}: ${count} samples, ${bytes} bytes\n`,
    );
    return EXIT.ok;
  } finally {
    progress.wipe();
    predictor.dispose();
  }
}
