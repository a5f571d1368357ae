/** Networks that a scan can be asked of: those beside the page, and the user's own, which the browser keeps. */
import { computed, signal } from "@preact/signals";
import { type Network, SHIPPED } from "../network.ts";
import type { Entry } from "../session.ts";
import { WorkError } from "../worker/failures.ts";

export const ownNetworks = signal<readonly Network[]>([]);
/** The user's own before the others: they were made for a crystal. */
export const networks = computed<readonly Network[]>(() => [...ownNetworks.value, ...SHIPPED]);

/** What the worker may take for an entry, in order.
 *  @throws {WorkError} where the chosen one is not there */
export function networksFor({ network: choice }: Entry): readonly Network[] {
  if (choice === "automatic") return networks.value;
  if (choice === "none") return [];
  const found = networks.value.find(({ id }) => id === choice);
  if (found === undefined)
    throw new WorkError({
      code: "MODEL",
      message: "the network that was chosen for this scan is not in this browser",
      parameter: "network",
    });
  return [found];
}
