/** Training in the browser: a network for the crystal of a scan. */
import { measuredPreset } from "takagi";
import { cardOf, modelOf } from "./network.ts";
import { prepared } from "./prepared.ts";
import type { Learning, Work } from "./protocol.ts";

/** Seconds between two looks at what it can, and scans for each. */
const EVERY = 15,
  VALIDATION = 1024;
const BATCH = 64;
/** Learning rate of one that goes on from another. */
const GENTLE = 5e-4;

export async function trainOwn(
  { experiment, largestStrain, thickest, minutes, start }: Work["train"]["ask"],
  onProgress: (learning: Learning) => void,
  signal: AbortSignal,
): Promise<Work["train"]["answer"]> {
  const { modelFiles, train } = await import("takagi/nn");
  await registerGpus();
  const { reflection } = await prepared(experiment);
  const preset = measuredPreset(reflection.name.replace(/[^\w.-]+/g, "-").slice(0, 64), reflection, {
    ranges: {
      strain: [Math.min(0.1, largestStrain / 10), largestStrain],
      compression: [Math.min(0.1, largestStrain / 30), largestStrain / 3],
      thickness: [Math.min(40, thickest / 5), thickest],
    },
  });
  const state = await train({
    preset,
    batch: BATCH,
    ...(start === undefined ? { network: "five" } : { start: await modelOf(start), rate: GENTLE }),
    minutes,
    validation: VALIDATION,
    every: EVERY,
    signal,
    onProgress: ({ samples, samplesPerSecond, share, loss, validation }) => {
      const { strain } = validation?.accuracy ?? {};
      onProgress({
        samples,
        samplesPerSecond,
        share,
        loss,
        ...(validation === undefined
          ? {}
          : {
              validation: {
                samples: validation.samples,
                loss: validation.loss,
                ...(strain === undefined ? {} : { strainAccuracy: strain }),
              },
            }),
      });
    },
  });
  const files = await modelFiles(state, preset.name, "float16");
  return {
    card: await cardOf({ card: JSON.parse(files["model.json"]) as Parameters<typeof cardOf>[0]["card"] }),
    files,
  };
}

/** GPUs, which takagi/nn takes where they are registered and right. */
async function registerGpus(): Promise<void> {
  await Promise.allSettled([
    import("@tensorflow/tfjs-backend-webgl"),
    ...("gpu" in navigator ? [import("@tensorflow/tfjs-backend-webgpu")] : []),
  ]);
}
