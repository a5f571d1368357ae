/** The page's workers: one that answers at once, and as many for inversions as the machine runs at a time. */
import { Crew, WorkerClient } from "takagi/workers";
import type { Network } from "../network.ts";
import { CLIENT, start } from "../worker/client.ts";
import { WorkError } from "../worker/failures.ts";
import type { Work } from "../worker/protocol.ts";

const MOST_INVERTERS = 4;

/** Reads files, and draws what is dragged. */
export const quick = new WorkerClient<Work>(CLIENT);

/** Each does one inversion at a time. */
export const inverters = new Crew<Work>({
  start,
  size: Math.min(Math.max((navigator.hardwareConcurrency || 2) - 1, 1), MOST_INVERTERS),
  tasksAtATime: 1,
  deathsForgiven: 1,
  cannot: () => "the inversion cannot be computed",
  errorOf: (failure) => new WorkError(failure),
});

/** Workers start while the user still looks for a file. */
export function warmUp(): void {
  quick.start();
  inverters.warmUp();
}

/** The first that inverts has the network by then that most scans are asked of. */
export function warmNetwork(network: Network | undefined): void {
  if (network !== undefined) void inverters.run({ kind: "warm", ask: { network } }).catch(() => undefined);
}
