/** `takagi/nn`: machine learning on the tfjs backend that the machine has. */
import { setNetworkFinder } from "../invert/networks.ts";
import { networkNamed } from "./named.ts";

export { chooseBackend, listBackends } from "./backend/choose.ts";
export type {
  Backend,
  BackendName,
  BackendOptions,
  BackendReport,
  Purpose,
  Tfjs,
  WasmOrigin,
} from "./backend/types.ts";
export { BackendError } from "../errors.ts";
export type { Bank, BankCard } from "./bank.ts";
export { type BankOptions, drawBank } from "./drawBank.ts";
export type { Mixture, MixtureCard } from "./mixture.ts";
export { canHaveMixture, type MixtureOptions, trainMixture } from "./trainMixture.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
export type { Task } from "./gradients.ts";
export { type Accuracy, accuracy, type Measure } from "./metrics.ts";
export { type Model, type ModelCard, trainedOn, type Validation } from "./card.ts";
export { modelFiles } from "./finished.ts";
export {
  encodeModel,
  type ModelFiles,
  parseModel,
  type ProposalFiles,
  proposalFilesOf,
  toLayersModel,
  weightsFileOf,
} from "./model.ts";
export { type Layer, network, type NetworkName, networkNames, type NetworkSpec } from "./network.ts";
export { type OptimizerName, optimizerNames } from "./optimizer.ts";
export { type LossName, lossNames, type Output } from "./outputs.ts";
export {
  type ScheduleName,
  scheduleNames,
  train,
  type TrainingProgress,
  type TrainingRecipe,
  type TrainingState,
  type TrainOptions,
} from "./train.ts";
export { createPredictor, loadModel, type Prediction, type Predictor, type Proposal } from "./predict.ts";
export { pretrained, type PretrainedName, pretrainedNames } from "./pretrained.ts";
export type { ProposedLabels } from "./proposals.ts";
export type { UnknownSpace } from "./unknowns.ts";

// `network: "universal"` of an inversion.
setNetworkFinder(networkNamed);
