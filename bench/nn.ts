/** Training as users start it, and inference on tfjs's own WASM kernels. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "./measure.ts";

export interface NetworkTimes {
  /** Of the steps, samples drawn on the fly, all cores. */
  readonly trainedPerSecond: number;
  /** Of the training's main thread, at its end. */
  readonly residentMegabytes: number;
  /** Milliseconds a curve, one at a time and in a batch of 1024; one thread. */
  readonly one: number;
  readonly many: number;
}

/** null where the package is not built. */
export async function networkTimes(
  root: string,
  preset: string,
  network: string,
  samples: number,
): Promise<NetworkTimes | null> {
  const folder = mkdtempSync(join(tmpdir(), "takagi-bench-"));
  try {
    const words = [
      "train",
      "--preset",
      preset,
      "--network",
      network,
      "--samples",
      String(samples),
      "--validation",
      "64",
      "--backend",
      "wasm",
      "--out",
      folder,
      "--json",
    ];
    const trained = JSON.parse(
      execFileSync(process.execPath, [`${root}/dist/cli.js`, ...words], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
    const { createPredictor, loadModel } = await import(pathToFileURL(`${root}/dist/nn.js`).href);
    const predictor = await createPredictor(await loadModel(folder), { backend: "wasm" });
    const length: number = predictor.model.card.network.inputLength;
    const time = async (count: number, rounds: number): Promise<number> => {
      const inputs = Float32Array.from({ length: count * length }, (_, i) => -2 + Math.sin(i)),
        times: number[] = [];
      for (let round = -2; round < rounds; round++) {
        const start = performance.now();
        await predictor.predictInputs(inputs);
        if (round >= 0) times.push(performance.now() - start);
      }
      return median(times) / count;
    };
    const result = {
      trainedPerSecond: trained.samplesPerSecond,
      residentMegabytes: trained.residentBytes / 1e6,
      one: await time(1, 41),
      many: await time(1024, 3),
    };
    predictor.dispose();
    return result;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
