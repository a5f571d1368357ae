import { mergeConfig } from "vitest/config";
import { SLOW } from "./test/slow/list.ts";
import quick from "./vitest.config.ts";

/** Tests that take long: those of test/slow, and those that test/slow/list.ts names. */
const config = mergeConfig(quick, {});
config.test = {
  ...config.test,
  include: ["test/slow/**/*.test.ts", ...Object.keys(SLOW)],
  exclude: [],
  testTimeout: 120_000,
};
export default config;
