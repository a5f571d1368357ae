/** A sheet of random training samples: curves left, the profiles they were made from right. */
import type { SampleGenerator } from "../dataset/generator.ts";
import { tiedDebyeWaller } from "../profile/disorder.ts";
import { splineProfile } from "../profile/spline.ts";
import type { Axis } from "./axis.ts";
import { Panel, standaloneSvg, text } from "./svg.ts";

const ROWS = 6;
const ROW_HEIGHT = 132;
const CURVE = { x: 60, width: 420, height: 104 };
const PROFILE = { x: 560, width: 250, height: 104 };

/** SVG of the first samples under a seed; strain in blue, Debye–Waller factor dashed on the right's own scale from 0 to 1.
 *  @param seed as for `generate`
 *  @throws as `generate` does */
export async function preview(generator: SampleGenerator, seed: number): Promise<string> {
  const { inputs, labels } = generator.generate(seed, 0, ROWS);
  const { axis, name } = generator.preset;
  const n = generator.inputLength, m = generator.labelNames.length;
  const places = Float64Array.from({ length: n }, (_, j) => axis.first + ((axis.last - axis.first) * j) / (n - 1)).reverse();
  const parts: (string | Panel)[] = [text(CURVE.x, 16, `${name}, seed ${seed}, noise: ${generator.noise}`, "start", "label")];
  for (let i = 0; i < ROWS; i++) {
    const label = labels.subarray(i * m, (i + 1) * m), last = i === ROWS - 1;
    const curve = Float64Array.from(inputs.subarray(i * n, (i + 1) * n)).reverse();
    const [disorder, thickness, fwhm, dynamicRange] = label.subarray(m - 4);
    const profile = await splineProfile({ thickness, strainWeights: label.subarray(0, m - 4), disorder, points: 201 });
    const top = 28 + i * ROW_HEIGHT;
    const strainAxis: Axis = { from: 0, to: Math.max(...profile.strain) * 1.08, log: false, label: "Strain (%)" };
    const x: Axis = { from: axis.last, to: axis.first, log: false, label: "100 (Δd/d)/d (1/Å)" };
    const y: Axis = { from: Math.min(...curve) - 0.3, to: 0.3, log: false, label: "log I/max" };
    const left = new Panel({ box: { ...CURVE, y: top }, x, y, xLabels: last, spacing: { y: 30 } });
    left.line(places, curve, "fit");
    const depth: Axis = { from: 0, to: 1, log: false, label: "Depth / thickness" };
    const right = new Panel({ box: { ...PROFILE, y: top }, x: depth, y: strainAxis, xLabels: last, gutter: 46, spacing: { x: 62, y: 30 } });
    const scaled = tiedDebyeWaller(profile.strain, disorder).map((d) => d * strainAxis.to * 0.98);
    const share = profile.depth.map((z) => z / thickness);
    right.line(share, scaled, "ghost").line(share, profile.strain, "fit");
    const words = `t ${thickness.toFixed(0)} nm, DW ≥ ${Math.exp(-disorder).toFixed(3)}, H ${fwhm.toFixed(3)}°, ${dynamicRange.toFixed(1)} decades`;
    parts.push(left, right, text(CURVE.x + CURVE.width - 6, top + 14, words, "end"));
  }
  return standaloneSvg({
    width: 830,
    height: 28 + ROWS * ROW_HEIGHT + 30,
    description: `${ROWS} samples of preset ${name}: curves on the network's axis, and strain and Debye–Waller factor against depth`,
    parts,
  });
}
