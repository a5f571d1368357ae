/** A bank of residuals: what a network said of fresh samples, and what was true. A scan's neighbours in it tell how far off the
 *  network may be there. Its file `bank.bin` lies beside weights.bin. */
import type { Preset } from "../dataset/presets.ts";
import { sha256 } from "../digest.ts";
import { ModelError } from "../errors.ts";
import { fromHalf, toHalf } from "./bytes.ts";
import { UnknownSpace } from "./unknowns.ts";

/** Name of the file. */
export const BANK_FILE = "bank.bin";

/** Largest file, bytes. */
const MOST_BYTES = 300_000;

/** What model.json says of bank.bin. */
export interface BankCard {
  /** Name of its file. */
  readonly file: typeof BANK_FILE;
  /** Samples. */
  readonly count: number;
  /** Of the samples: the noise of their counts, and their seed in the banks' stream. */
  readonly noise: string;
  /** Of the samples that it was drawn from. */
  readonly seed: number;
  /** Size of its file. */
  readonly bytes: number;
  /** Of its file. */
  readonly sha256: string;
}

/** A bank as it lies in memory. */
export interface Bank extends Pick<BankCard, "noise" | "seed"> {
  /** What its residuals are of. */
  readonly space: UnknownSpace;
  /** Unknowns of the predictions, row-major [count][space.size]. */
  readonly predicted: Float32Array;
  /** What leads from these to the truth (`UnknownSpace.residual`), of the same shape. */
  readonly residuals: Float32Array;
}

/** Samples of a bank that fills the largest file.
 *  @param size of the unknowns' space */
export function fullBank(size: number): number {
  return Math.floor(MOST_BYTES / (4 * size));
}

/** @returns contents of bank.bin: f16, little-endian, all predictions and then all residuals; and its entry in model.json */
export async function encodeBank({
  space,
  predicted,
  residuals,
  noise,
  seed,
}: Bank): Promise<{ card: BankCard; bytes: Uint8Array<ArrayBuffer> }> {
  const both = new Float32Array(predicted.length + residuals.length);
  both.set(predicted);
  both.set(residuals, predicted.length);
  const bytes = toHalf(both);
  return {
    bytes,
    card: {
      file: BANK_FILE,
      count: predicted.length / space.size,
      noise,
      seed,
      bytes: bytes.length,
      sha256: await sha256(bytes),
    },
  };
}

/** @param about what the model's card says
 *  @throws {ModelError} for what is damaged, truncated or of another model */
export async function decodeBank(
  bytes: Uint8Array,
  about: { readonly bank: BankCard; readonly labels: readonly string[]; readonly preset: Preset },
): Promise<Bank> {
  const { bank, labels, preset } = about,
    space = new UnknownSpace(labels, preset),
    wanted = 4 * bank.count * space.size;
  if (!(bank.count > 0) || bytes.length !== wanted)
    throw new ModelError(
      `${BANK_FILE} must have ${wanted} bytes (${bank.count} samples of the model's labels); got ${bytes.length}: it is truncated, or of another model`,
    );
  const sum = await sha256(bytes);
  if (sum !== bank.sha256)
    throw new ModelError(`${BANK_FILE} is damaged: its SHA-256 is ${sum}, model.json says ${bank.sha256}`);
  const values = fromHalf(bytes);
  if (!values.every(Number.isFinite)) throw new ModelError(`${BANK_FILE} holds numbers that are not finite`);
  return {
    space,
    predicted: values.slice(0, values.length / 2),
    residuals: values.slice(values.length / 2),
    noise: bank.noise,
    seed: bank.seed,
  };
}
