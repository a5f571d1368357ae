/** Three strong layers: every wrong order of them leaves so much of the scan that no small change leads out. */
import { expect, test } from "vitest";
import { invert } from "../../../src/invert/invert.ts";
import { film, layer, scanOf, substrate } from "../../support/stacks.ts";

test.each([
  [
    [120, 1.6],
    [75, -0.9],
    [140, -2.1],
  ],
  [
    [150, 0.9],
    [60, -1.5],
    [90, 2.1],
  ],
] as const)("%j, %j, %j (nm, percent) from below: each in its place, determined", async (...layers) => {
  const stack = { substrate, layers: layers.map(([t, strain]) => layer(film, t, strain)) },
    found = await invert(scanOf(stack, { counts: 1e6, half: 2.7 }), substrate, { layers: "auto", film });
  expect(found.stack!.layers).toHaveLength(3);
  layers.forEach(([thickness, strain], i) => {
    const own = found.stack!.layers[i]!;
    expect(Math.abs(own.thickness.value / thickness - 1)).toBeLessThan(0.01);
    expect(Math.abs(own.strainAgainst.value - strain)).toBeLessThan(0.01);
  });
  expect(found.verdict).toBe("determined");
});
