/** A generator that costs next to nothing, with accidents on demand; a module of its own, so that workers can load it.
 *  `preset.accident`: { kind, at, once }: what happens before sample `at` is made; `once` names a file that remembers it. */
import { existsSync, writeFileSync } from "node:fs";

const LENGTH = 37;

/** A hash of (seed, index, place) in [0, 1). */
function draw(seed, index, place) {
  let h =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^
    Math.imul(index + 1, 0xc2b2ae35) ^
    Math.imul(place + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

function befall(accident) {
  if (accident.once !== undefined) {
    if (existsSync(accident.once)) return;
    writeFileSync(accident.once, "");
  }
  switch (accident.kind) {
    case "exit":
      process.exit(3);
      break;
    case "throw outside":
      // Not by a timer, which a worker with messages waiting may reach only when all work is done.
      queueMicrotask(() => {
        throw new Error("outside of its work");
      });
      break;
    case "throw":
      throw new Error("inside of its work");
    case "never end":
      for (;;);
  }
}

export async function createGenerator(preset, options = {}) {
  const { accident, delay = 0 } = preset;
  if (accident?.kind === "no generator") throw Object.assign(new Error("refused"), { code: "KERNEL_LOAD" });
  return {
    preset,
    noise: options.noise ?? "poisson",
    inputLength: LENGTH,
    labelNames: ["thickness", "strain"],
    extraNames: ["known"],
    generate(seed, first, count) {
      for (const end = performance.now() + delay; performance.now() < end;);
      if (accident !== undefined && first <= accident.at && accident.at < first + count) befall(accident);
      const inputs = new Float32Array(count * LENGTH);
      const labels = new Float32Array(count * 2);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < LENGTH; j++) inputs[i * LENGTH + j] = draw(seed, first + i, j);
        labels.set([draw(seed, first + i, 1000), first + i], 2 * i);
      }
      const extras = Float32Array.from({ length: count }, (_, i) => draw(seed, first + i, 2000));
      return { first, count, inputs, labels, extras };
    },
  };
}
