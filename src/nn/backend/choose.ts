/** The tfjs backend for what is to be done here. */
import { requireOneOf } from "../../errors.ts";
import { choose, tryAll, type Choice } from "./choice.ts";
import { firstLine, type Opening, type Platform } from "./platform.ts";
import { defaultProbe } from "./probe.ts";
import {
  BACKEND_NAMES,
  type Backend,
  type BackendName,
  type BackendOptions,
  type BackendReport,
  type OpenBackend,
  type Tf,
} from "./types.ts";

/** tfjs has one current backend for the whole process: one choice after the other. */
let queue: Promise<unknown> = Promise.resolve();

/** Starts the best backend of this machine that computes rightly, and makes it tfjs's current one. Training never comes
 *  to the CPU backend unless `backend` says so; nothing is fetched but tfjs's own .wasm file, in browsers.
 *  @throws {BackendError} whose `reports` say why each was refused @throws {InvalidParameterError}
 *  @example
 *  const { name, tf } = await chooseBackend({ purpose: "training" }); */
export function chooseBackend(options: BackendOptions = {}): Promise<Backend> {
  return openBackend(options);
}

/** The same, with all of tfjs's types. */
export function openBackend(options: BackendOptions = {}): Promise<OpenBackend> {
  return next(async () => {
    const { tf, choice } = await prepare(options);
    const before = tf.engine().backendName;
    try {
      const reports = await choose(choice);
      const { name, adapter } = reports.at(-1)!;
      return { name, tf, ...(adapter === undefined ? {} : { adapter }), reports };
    } catch (error) {
      if (before) await tf.setBackend(before);
      throw error;
    }
  });
}

/** Tries every backend of this runtime, best first. Those that start stay in the process; tfjs's current one stays too.
 *  @throws {InvalidParameterError} */
export function listBackends(options: Omit<BackendOptions, "backend"> = {}): Promise<BackendReport[]> {
  return next(async () => {
    const { tf, choice } = await prepare(options);
    const before = tf.engine().backendName;
    try {
      return await tryAll(choice);
    } finally {
      if (before) await tf.setBackend(before);
    }
  });
}

function next<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work, work);
  queue = result.catch(() => undefined);
  return result;
}

async function prepare(options: BackendOptions): Promise<{ readonly tf: Tf; readonly choice: Choice }> {
  const { purpose = "inference", backend, batchSize = 1, allowSoftware = false, wasm } = options;
  requireOneOf("purpose", purpose, ["inference", "training"]);
  if (backend !== undefined) requireOneOf("backend", backend, BACKEND_NAMES);
  const [{ platform }, tf] = await Promise.all([
    import("#nn-platform") as Promise<{ platform: Platform }>,
    import("@tensorflow/tfjs-core"),
  ]);
  if (purpose === "training") await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
  const probe = options.probe ?? ((tf: Tf) => defaultProbe(tf, purpose));
  const opening: Opening = {
    allowSoftware,
    isTraining: purpose === "training",
    ...(wasm === undefined ? {} : { wasm }),
  };
  const attempt = (name: BackendName): Promise<BackendReport> =>
    tryBackend(tf, platform, name, opening, probe);
  return { tf, choice: { order: platform.order(purpose, batchSize), purpose, backend, attempt } };
}

async function tryBackend(
  tf: Tf,
  platform: Platform,
  name: BackendName,
  opening: Opening,
  probe: (tf: Tf) => Promise<void>,
): Promise<BackendReport> {
  const open = platform.openers[name];
  if (open === undefined) return { name, isUsable: false, reason: "not for this runtime" };
  // tfjs prints advice and its own failures unless it believes itself in production.
  const wasQuiet = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  try {
    const opened = await open(tf, opening);
    await probe(tf);
    return { name, isUsable: true, ...opened };
  } catch (error) {
    return { name, isUsable: false, reason: firstLine(error) };
  } finally {
    tf.env().set("PROD", wasQuiet);
  }
}
