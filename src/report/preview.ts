/** A sheet of random training samples: curves left, the profiles they were made from right. */
import type { SampleGenerator } from "../dataset/generator.ts";
import { protocolOf } from "../dataset/protocols.ts";
import { filmOf } from "../profile/film.ts";
import { splineProfile } from "../profile/spline.ts";
import type { Profile } from "../types.ts";
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
  const n = generator.inputLength,
    m = generator.labelNames.length;
  const places = Float64Array.from(
    { length: n },
    (_, j) => axis.first + ((axis.last - axis.first) * j) / (n - 1),
  ).reverse();
  const parts: (string | Panel)[] = [
    text(CURVE.x, 16, `${name}, seed ${seed}, noise: ${generator.noise}`, "start", "label"),
  ];
  for (let i = 0; i < ROWS; i++) {
    const last = i === ROWS - 1;
    const curve = Float64Array.from(inputs.subarray(i * n, (i + 1) * n)).reverse();
    const { profile, words } = await sampleOf(generator, labels.subarray(i * m, (i + 1) * m));
    const top = 28 + i * ROW_HEIGHT,
      [low, high] = [Math.min(0, ...profile.strain), Math.max(0, ...profile.strain)];
    const strainAxis: Axis = {
      from: low * 1.08,
      to: high + 0.08 * (high - low),
      log: false,
      label: "Strain (%)",
    };
    const x: Axis = {
      from: axis.last,
      to: axis.first,
      log: false,
      label: protocolOf(generator.preset).axisLabel,
    };
    const y: Axis = { from: Math.min(...curve) - 0.3, to: 0.3, log: false, label: "log I/max" };
    const left = new Panel({ box: { ...CURVE, y: top }, x, y, xLabels: last, spacing: { y: 30 } });
    left.line(places, curve, "fit");
    const depth: Axis = { from: 0, to: 1, log: false, label: "Depth / thickness" };
    const right = new Panel({
      box: { ...PROFILE, y: top },
      x: depth,
      y: strainAxis,
      xLabels: last,
      gutter: 46,
      spacing: { x: 62, y: 30 },
    });
    const scaled = profile.debyeWaller.map(
      (d) => strainAxis.from + d * (strainAxis.to - strainAxis.from) * 0.98,
    );
    const thickness = profile.depth[profile.depth.length - 1]!;
    right
      .line(
        profile.depth.map((z) => z / thickness),
        scaled,
        "ghost",
      )
      .line(
        profile.depth.map((z) => z / thickness),
        profile.strain,
        "fit",
      );
    parts.push(left, right, text(CURVE.x + CURVE.width - 6, top + 14, words, "end"));
  }
  return standaloneSvg({
    width: 830,
    height: 28 + ROWS * ROW_HEIGHT + 30,
    description: `${ROWS} samples of preset ${name}: curves on the network's axis, and strain and Debye–Waller factor against depth`,
    parts,
  });
}

/** What a row of labels says, as a profile and in words. */
async function sampleOf(
  { preset, labelNames }: SampleGenerator,
  row: Float32Array,
): Promise<{ profile: Profile; words: string }> {
  const value = (name: string): number => row[labelNames.indexOf(name)]!;
  const film = filmOf(labelNames, row),
    [length, width] = preset.reflection === undefined ? ["planes", "%"] : ["nm", "°"];
  const words = [
    `t ${film.thickness.toFixed(0)} ${length}`,
    ...(film.disorder === undefined ? [] : [`DW ≥ ${Math.exp(-film.disorder).toFixed(3)}`]),
    `H ${value("fwhm").toFixed(3)}${width}`,
    `${value("dynamicRange").toFixed(1)} decades`,
  ];
  return { profile: await splineProfile({ ...film, points: 201 }), words: words.join(", ") };
}
