/** Which of the backends, given what becomes of each when it is tried. Knows neither tfjs nor the runtime. */
import { BackendError } from "../../errors.ts";
import type { BackendName, BackendReport, Purpose } from "./types.ts";

export interface Choice {
  readonly order: readonly BackendName[];
  readonly purpose: Purpose;
  /** This one or none. */
  readonly backend?: BackendName | undefined;
  /** Starts a backend and probes it; never throws. */
  readonly attempt: (name: BackendName) => Promise<BackendReport>;
}

const TOO_SLOW: BackendReport = {
  name: "cpu",
  isUsable: false,
  reason: 'far too slow for training; backend "cpu" forces it',
};

/** @returns reports of those that were tried, in that order; the last is the chosen one
 *  @throws {BackendError} that says why each was refused */
export async function choose({
  order,
  purpose,
  backend,
  attempt,
}: Choice): Promise<readonly BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of backend === undefined ? order : [backend]) {
    const report = await tryOne(name, backend === undefined, purpose, attempt);
    reports.push(report);
    if (report.isUsable) return reports;
  }
  const reasons = reports.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new BackendError(`no backend can be used for ${purpose}: ${reasons}`, reports);
}

/** @returns reports of all, best first */
export async function tryAll({ order, purpose, attempt }: Choice): Promise<BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of order) reports.push(await tryOne(name, true, purpose, attempt));
  return reports;
}

async function tryOne(
  name: BackendName,
  isFree: boolean,
  purpose: Purpose,
  attempt: Choice["attempt"],
): Promise<BackendReport> {
  return isFree && name === "cpu" && purpose === "training" ? TOO_SLOW : attempt(name);
}
