import { mergeConfig } from "vitest/config";
import quick from "./vitest.config.ts";

/** Tests that take minutes on all cores. */
const config = mergeConfig(quick, {});
config.test = { ...config.test, include: ["test/slow/**/*.test.ts"], exclude: [] };
export default config;
