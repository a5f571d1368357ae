/** A training that stopped, as bytes: magic, length of the header, header (JSON), numbers (f32). */
import { sha256 } from "../digest.ts";
import { ModelError } from "../errors.ts";
import { flatten } from "./gradients.ts";
import type { TrainingState } from "./train.ts";

const MAGIC = 0x31474b54;

/** A training's state as the bytes of a file. */
export async function encodeCheckpoint(state: TrainingState): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, optimizer, model, ...rest } = state;
  const numbers = new Uint8Array(flatten([weights, optimizer, model.values]).buffer);
  const header = new TextEncoder().encode(
    JSON.stringify({
      ...rest,
      layout: model.layout,
      lengths: [weights.length, optimizer.length, model.values.length],
      sha256: await sha256(numbers),
    }),
  );
  const bytes = new Uint8Array(8 + header.length + numbers.length),
    view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, header.length, true);
  bytes.set(header, 8);
  bytes.set(numbers, 8 + header.length);
  return bytes;
}

/** @throws {ModelError} for what is damaged or no checkpoint */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<TrainingState> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC)
    throw new ModelError("the checkpoint is none of takagi's");
  const end = 8 + view.getUint32(4, true);
  try {
    const {
      layout,
      lengths,
      sha256: expected,
      ...rest
    } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
    const numbers = new Uint8Array(bytes.subarray(end));
    if ((await sha256(numbers)) !== expected) throw new Error("its SHA-256 is another");
    const flat = new Float32Array(numbers.buffer),
      [a, b] = lengths as [number, number];
    return {
      ...rest,
      weights: flat.slice(0, a),
      optimizer: flat.slice(a, a + b),
      model: { layout, values: flat.slice(a + b) },
    };
  } catch (cause) {
    throw new ModelError(`the checkpoint is damaged: ${(cause as Error).message}`, { cause });
  }
}
