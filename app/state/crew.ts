/** The page's workers: one that answers at once, and as many for inversions as the machine runs at a time. */
import type { Network } from "../network.ts";
import { WorkerClient } from "../worker/client.ts";

const MOST_INVERTERS = 4;

/** Reads files, and draws what is dragged. */
export const quick = new WorkerClient();

const inverters = Array.from(
  { length: Math.min(Math.max((navigator.hardwareConcurrency || 2) - 1, 1), MOST_INVERTERS) },
  () => new WorkerClient(),
);
const queue: ((client: WorkerClient) => void)[] = [];
const taken = new Set<WorkerClient>();

/** A worker for one inversion; give it back with `release`. */
export function take(): Promise<WorkerClient> {
  return new Promise((resolve) => {
    queue.push(resolve);
    hand();
  });
}

export function release(client: WorkerClient): void {
  taken.delete(client);
  hand();
}

/** Workers start while the user still looks for a file. */
export function warmUp(): void {
  quick.start();
  inverters[0]!.start();
}

/** The first that inverts has the network by then that most scans are asked of. */
export function warmNetwork(network: Network | undefined): void {
  if (network !== undefined) void inverters[0]!.call("warm", { network }).catch(() => undefined);
}

function hand(): void {
  for (const client of inverters) {
    if (queue.length === 0) return;
    if (taken.has(client)) continue;
    taken.add(client);
    queue.shift()!(client);
  }
}
