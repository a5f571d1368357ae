import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    // In the package, the conditions of package.json "imports" choose; tests run on the sources, in Node.
    alias: {
      "#wasm-source": fileURLToPath(new URL("src/wasm/source.node.ts", import.meta.url)),
      "#worker-host": fileURLToPath(new URL("src/dataset/workerHost.node.ts", import.meta.url)),
    },
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
