/** The part of the worker that knows crystals and inverts. */
import { invert, material, type Progress, reflection, type Reflection } from "takagi";
import type { ElementWork, NamedReflection } from "./protocol.ts";

export function reflectionOf({ material: name, ...options }: NamedReflection): Promise<Reflection> {
  return reflection(material(name), options);
}

export async function inverted(
  { scan, reflection: of, options }: ElementWork["invert"]["ask"],
  onProgress: (progress: Progress) => void,
): Promise<ElementWork["invert"]["answer"]> {
  const started = performance.now();
  const inversion = await invert(scan, of, { ...options, onProgress });
  return { inversion, seconds: (performance.now() - started) / 1000 };
}
