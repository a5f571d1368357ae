/** Where an inversion finds a network by its name: `takagi/nn` says so when it is imported, so that who needs no network need not
 *  load it. */
import { InvalidParameterError } from "../errors.ts";
import type { ProfilePredictor } from "./predictor.ts";

export type NetworkFinder = (network: string | URL) => Promise<ProfilePredictor>;

let find: NetworkFinder | undefined;

export function setNetworkFinder(by: NetworkFinder): void {
  find = by;
}

/** @throws {InvalidParameterError} before takagi/nn is imported @throws {ModelError} @throws {BackendError} */
export async function findNetwork(network: string | URL): Promise<ProfilePredictor> {
  if (find === undefined)
    throw new InvalidParameterError("network", 'given after import "takagi/nn"', String(network));
  return find(network);
}
