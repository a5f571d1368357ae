/** TensorFlow as a native addon: @tensorflow/tfjs-node and -gpu, found at run time. */
import { createRequire } from "node:module";
import { activate, firstLine, Refusal, type Opened } from "./platform.ts";
import type { Tf } from "./types.ts";

const require = createRequire(import.meta.url);
const GPU = "@tensorflow/tfjs-node-gpu";
const CPU = "@tensorflow/tfjs-node";
const BACKEND = "tensorflow";

/** Name and version of the addon in this process. Two TensorFlow libraries in one process do not go together. */
let loaded: { readonly name: string; readonly version: string } | undefined;

export async function openNodeGpu(tf: Tf): Promise<Opened> {
  const { version } = load(tf, GPU);
  await activate(tf, BACKEND);
  if (!usesGpu(tf))
    throw new Refusal(`${GPU} sees no GPU: it needs one of NVIDIA's, with the CUDA it was built for`);
  return { adapter: "CUDA", version };
}

export async function openNode(tf: Tf): Promise<Opened> {
  const { name, version } = load(tf, loaded?.name ?? CPU);
  await activate(tf, BACKEND);
  if (usesGpu(tf)) return { adapter: "CUDA", version };
  return name === GPU ? { adapter: `${GPU} without a GPU`, version } : { version };
}

function usesGpu(tf: Tf): boolean {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

function load(tf: Tf, name: string): { readonly name: string; readonly version: string } {
  if (loaded?.name === name) return loaded;
  if (loaded !== undefined) throw new Refusal(`${loaded.name} is already in this process`);
  let version: string;
  try {
    ({ version } = require(`${name}/package.json`) as { version: string });
  } catch (cause) {
    throw new Refusal(`${name} is not installed`, { cause });
  }
  if (version !== tf.version_core) {
    throw new Refusal(
      `${name} is version ${version}; that of @tensorflow/tfjs-core, ${tf.version_core}, is needed`,
    );
  }
  // Node 23 took away what the addon calls.
  const util = require("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    require(name);
  } catch (cause) {
    // An install without its scripts leaves a package without its library.
    throw new Refusal(`${name} is installed but cannot be loaded: ${firstLine(cause)}`, { cause });
  }
  loaded = { name, version };
  return loaded;
}
