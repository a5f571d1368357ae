/** WebGL of browsers. */
import { activate, Refusal, registered, type Opened, type Opening } from "./platform.ts";
import { isSoftware, refuseSoftware } from "./software.ts";
import type { Tf } from "./types.ts";

export async function openWebGl(tf: Tf, { allowSoftware }: Opening): Promise<Opened> {
  const label = renderer();
  if (isSoftware(label) && !allowSoftware) refuseSoftware(label);
  await registered(tf, "webgl", "@tensorflow/tfjs-backend-webgl");
  await activate(tf, "webgl");
  return { adapter: label, version: tf.version_core };
}

function renderer(): string {
  const canvas =
    typeof OffscreenCanvas === "undefined"
      ? globalThis.document?.createElement("canvas")
      : new OffscreenCanvas(1, 1);
  const gl = canvas?.getContext("webgl2") as WebGL2RenderingContext | null | undefined;
  if (!gl) throw new Refusal("this runtime has no WebGL 2");
  const details = gl.getExtension("WEBGL_debug_renderer_info");
  const label = String(gl.getParameter(details === null ? gl.RENDERER : details.UNMASKED_RENDERER_WEBGL));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return label;
}
