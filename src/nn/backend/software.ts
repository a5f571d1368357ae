/** GPUs that the processor imitates: correct, and slower than the WASM backend. */
import { Refusal } from "./platform.ts";

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|microsoft basic render/i;

export function isSoftware(label: string): boolean {
  return SOFTWARE.test(label);
}

/** @throws {Refusal} */
export function refuseSoftware(label: string): never {
  throw new Refusal(
    `its GPU is only imitated by the processor (${label}), slower than WASM; allowSoftware takes it all the same`,
  );
}
