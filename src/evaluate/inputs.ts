/** What a network is given. */
import type { Judgement } from "./evaluate.ts";

/** Of samples of a stream, one after the other. */
export function inputsOf({
  generator,
  streamSeed,
  index,
}: Pick<Judgement, "generator" | "streamSeed" | "index">): { inputs: Float32Array; extras: Float32Array } {
  const { inputLength, extraNames } = generator,
    inputs = new Float32Array(index.length * inputLength),
    extras = new Float32Array(index.length * extraNames.length);
  for (const [k, sample] of index.entries()) {
    const one = generator.generate(streamSeed, sample, 1);
    inputs.set(one.inputs, k * inputLength);
    extras.set(one.extras, k * extraNames.length);
  }
  return { inputs, extras };
}
