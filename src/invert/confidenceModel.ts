import type { StumpModel } from "./confidence.ts";

export const MODEL: StumpModel = { bias: 0, threshold: 1, stumps: [] };
