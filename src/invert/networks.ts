/** Where an inversion finds a network by its name: `takagi/nn` says so when it is imported, so that who needs no network need not
 *  load it. */
import { InvalidParameterError } from "../errors.ts";
import type { ProfilePredictor } from "./predictor.ts";

export type OpenNetwork = (network: string | URL) => Promise<ProfilePredictor>;

let open: OpenNetwork | undefined;

export function setOpenNetwork(by: OpenNetwork): void {
  open = by;
}

/** @throws {InvalidParameterError} before takagi/nn is imported @throws {ModelError} @throws {BackendError} */
export async function openNetwork(network: string | URL): Promise<ProfilePredictor> {
  if (open === undefined)
    throw new InvalidParameterError("network", 'given after import "takagi/nn"', String(network));
  return open(network);
}
