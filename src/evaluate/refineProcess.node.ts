/** The file that a process of an evaluation runs: draws a sample's scan, fits it, says how long that took. A process and
 *  not a thread, so that the processor's time is that of the fit alone. */
import { createGenerator, type SampleGenerator } from "../dataset/generator.ts";
import { createRefiner, type Refiner } from "./refine.ts";
import type { CreateRefiner, RefineAnswer, RefineRequest } from "./refineMessages.ts";

let opened: { generator: SampleGenerator; refiner: Refiner; seed: number } | undefined;

async function answerTo(request: RefineRequest): Promise<RefineAnswer> {
  if (request.kind === "open") {
    const { preset, noise, names, effort, seed, module } = request;
    const create =
      module === undefined
        ? createRefiner
        : ((await import(module)) as { createRefiner: CreateRefiner }).createRefiner;
    opened = {
      generator: await createGenerator(preset, { noise }),
      refiner: await create(preset, noise, names, effort),
      seed,
    };
    return { kind: "ready" };
  }
  if (opened === undefined) throw new Error("the process was asked to fit before it was told what");
  const { row, index, rows, extras } = request,
    scan = opened.generator.scan(opened.seed, index),
    before = process.cpuUsage();
  const refined = opened.refiner.refine({ scan, rows, extras }),
    { user, system } = process.cpuUsage(before);
  return { kind: "refined", row, refined, seconds: (user + system) / 1e6 };
}

let queue = Promise.resolve();
process.on("message", (request: RefineRequest) => {
  queue = queue
    .then(() => answerTo(request))
    .catch((error: unknown): RefineAnswer => ({
      kind: "failed",
      message: error instanceof Error ? error.message : String(error),
    }))
    .then((answer) => void process.send?.(answer));
});
// Ctrl-C goes to the whole group; who started this process ends it.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
