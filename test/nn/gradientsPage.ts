/** gradientsProgram.ts for browsers, with the backends of GPUs beside it. */
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { gradientsOn } from "./gradientsProgram.ts";

Object.assign(globalThis, { gradientsOn });
