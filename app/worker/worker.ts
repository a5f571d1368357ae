/** The file that the page's workers run: answers what protocol.ts names, by the SDK. */
import { createSimulator } from "takagi";
import { serve, webPort } from "takagi/workers";
import { model, warm } from "./network.ts";
import { counts, invertEntry, preview, setup } from "./physics.ts";
import type { Work } from "./protocol.ts";
import { read } from "./read.ts";
import { suggest } from "./suggest.ts";
import { trainOwn } from "./train.ts";

serve<Work>(
  webPort(),
  {
    read,
    setup,
    suggest,
    invert: (ask, { onProgress }) => invertEntry(ask, onProgress),
    model,
    preview,
    counts,
    train: (ask, { onProgress, signal }) => trainOwn(ask, onProgress, signal),
    warm,
  },
  { isConcurrent: true },
);

// Kernels are compiled while the user still looks for a file; what fails here fails again, and is told, where it is needed.
createSimulator().catch(() => undefined);
