/** Tests outside this folder that take long, and what would go unseen without them. `npm run test:slow` runs them together
 *  with this folder; `npm test` runs all others. */
export const SLOW: Readonly<Record<string, string>> = {
  "test/app/answer.test.ts": "that the page's answers, drags, masks and held values are those of the SDK",
  "test/app/element.test.ts":
    "that <takagi-view> answers as the SDK, leaks no styles and no workers, and tells what is wrong",
  "test/app/formats.test.ts":
    "that files of every diffractometer open in the page with their angles and counts",
  "test/app/layers.test.ts": "that layers which the page finds, draws and keeps are those of the SDK",
  "test/app/layout.test.ts": "jumps of the layout, plots below the fold, targets too small for fingers",
  "test/app/network.test.ts": "that the page asks the right network, keeps one's own, and trains one",
  "test/app/series.test.ts": "faults of accessibility, of several scans side by side, of simulations",
  "test/app/session.test.ts":
    "lost sessions, requests that leave the browser, files that the page cannot read",
  "test/batch/batch.test.ts": "lines that a killed, divided or resumed batch loses or writes twice",
  "test/batch/formats.test.ts": "values of a batch that are others in Parquet or NeXus than in table.csv",
  "test/batch/table.test.ts": "wrong tables of whole batches",
  "test/cli/repeat.test.ts": "answers that the same file, settings and version do not give again",
  "test/cli/train.test.ts": "checkpoints that a killed training cannot go on from",
  "test/dataset/runtimes.test.ts": "samples that differ from one runtime to the next",
  "test/dataset/shards.test.ts": "shards that do not merge to the bytes of one data set",
  "test/invert/cases.test.ts": "wrong strains of scans with the faults of real instruments",
  "test/invert/layers/strong.test.ts": "stacks of strong layers whose order is found wrong",
  "test/invert/siliconCarbide.test.ts": "a wrong profile of a measured kind of scan of another crystal",
  "test/nn/backend/runtimes.test.ts": "backends that are chosen wrongly in Deno, Bun and workerd",
  "test/nn/bank.test.ts": "proposals that do not hold the profile that the sample has",
  "test/nn/browserWorker.test.ts": "networks that do not run in a browser's worker",
  "test/nn/gradients.test.ts": "gradients of the kernels that differ from those of tfjs",
  "test/nn/mixture.test.ts": "mixtures whose answers do not share the samples out",
  "test/nn/webgpu.test.ts": "networks whose numbers on a GPU are others than in WASM",
  "test/nn/train.test.ts": "trainings that do not learn, or do not repeat",
  "test/package/examples.test.ts": "examples that do not run with the packed package",
  "test/package/runtimes.test.ts": "numbers of the packed package that differ from one runtime to the next",
};
