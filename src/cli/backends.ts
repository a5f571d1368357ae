/** `takagi backends`: what can compute networks here, what was chosen, and why not the others. */

import type { BackendReport } from "../nn/index.ts";
import { EXIT, type Terminal } from "./terminal.ts";

/** @param flags allowSoftware: GPUs that the processor imitates count too */
export async function runBackends(
  flags: { readonly json?: boolean; readonly allowSoftware?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { listBackends } = await import("../nn/index.ts");
  const allowSoftware = flags.allowSoftware === true;
  const inference = await listBackends({ purpose: "inference", allowSoftware });
  const training = await listBackends({ purpose: "training", allowSoftware });
  const chosen = { inference: firstUsable(inference), training: firstUsable(training) };
  if (flags.json === true) {
    terminal.out(`${JSON.stringify({ chosen, inference, training })}\n`);
    return EXIT.ok;
  }
  terminal.out(`inference: ${chosen.inference ?? "none"}\ntraining:  ${chosen.training ?? "none"}\n`);
  terminal.out(`\nBest first, for inference:\n${lines(inference)}`);
  terminal.out(`\nBest first, for training:\n${lines(training)}`);
  return EXIT.ok;
}

function firstUsable(reports: readonly BackendReport[]): string | null {
  return reports.find(({ isUsable }) => isUsable)?.name ?? null;
}

function lines(reports: readonly BackendReport[]): string {
  return reports
    .map(({ name, isUsable, reason, adapter, version }) => {
      const words = isUsable ? ["yes", version, adapter].filter(Boolean).join(", ") : `no: ${reason}`;
      return `  ${name.padEnd(8)}  ${words}\n`;
    })
    .join("");
}
