/** The file that the workers of <takagi-view> run. Drawing comes with it; what reads and inverts comes when it is asked for. */
import { serve, webPort } from "takagi/workers";
import { drawnCurve } from "../worker/drawing.ts";
import type { ElementWork } from "./protocol.ts";

serve<ElementWork>(
  webPort(),
  {
    read: async ({ bytes }) => (await import("./reading.ts")).readScan(bytes),
    reflect: async (named) => (await import("./inverting.ts")).reflectionOf(named),
    invert: async (ask, { onProgress }) => (await import("./inverting.ts")).inverted(ask, onProgress),
    preview: ({ model, ...drawnWith }) => drawnCurve(model, drawnWith),
  },
  { isConcurrent: true },
);
