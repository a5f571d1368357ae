/** Single samples one below the other: scan with the curve of the answer, strain and disorder against depth; figures 4, 8
 *  and 9 of Boulle & Debelle 2023. */
import { type Case, facts } from "../../evaluate/cases.ts";
import type { PaperPreset } from "../../dataset/presets.ts";
import type { Axis } from "../axis.ts";
import { fixed, plain } from "../numbers.ts";
import { Panel, type Picture, text } from "../svg.ts";
import { WIDTH } from "./accuracy.ts";

const ROW = 182;
const HEIGHT = 106;
const CURVE = { x: 50, width: 330, height: HEIGHT };
const STRAIN = { x: 434, width: 136, height: HEIGHT };
const DISORDER = { x: 624, width: 124, height: HEIGHT };

export function caseSheet(cases: readonly Case[], preset: PaperPreset): Picture {
  const parts = cases.flatMap((one, k) => row(one, preset, 26 + k * ROW));
  return {
    width: WIDTH,
    height: 26 + cases.length * ROW,
    description: "Scans with the curves of the answers, and true and found profiles",
    parts,
  };
}

function row(
  { scan, calculated, truth, found, error, labels }: Case,
  { reflection: { wavelength, d } }: PaperPreset,
  y: number,
): (string | Panel)[] {
  const relative = Float64Array.from(
    scan.twoTheta,
    (angle) => 100 * (((2 * d) / wavelength) * Math.sin((angle * Math.PI) / 360) - 1),
  );
  const positive = scan.intensity.filter((value) => value > 0),
    low = Math.min(
      positive.reduce((a, b) => Math.min(a, b), Infinity),
      calculated.reduce((a, b) => Math.min(a, b), Infinity),
    ),
    high = scan.intensity.reduce((a, b) => Math.max(a, b), 0);
  const axis: Axis = { from: low / 1.6, to: 2.5 * high, log: true, label: "Counts" };
  const curve = new Panel({
    box: { ...CURVE, y },
    x: { from: relative[0]!, to: relative.at(-1)!, log: false, label: "ΔQ/Q (%)" },
    y: axis,
    spacing: { y: 24 },
    gutter: 46,
  });
  const kept = [...relative.keys()].filter((j) => scan.intensity[j]! > 0);
  curve
    .line(
      kept.map((j) => relative[j]!),
      kept.map((j) => scan.intensity[j]!),
      "truth",
    )
    .line(relative, calculated, "fit");
  const deepest = Math.max(truth.depth.at(-1)!, found.depth.at(-1)!),
    depth: Axis = { from: 0, to: deepest, log: false, label: "Depth (nm)" };
  const top =
    1.08 *
    Math.max(
      truth.strain.reduce((a, b) => Math.max(a, b), 0),
      found.strain.reduce((a, b) => Math.max(a, b), 0),
    );
  const strain = new Panel({
    box: { ...STRAIN, y },
    x: depth,
    y: { from: 0, to: top, log: false, label: "Strain (%)" },
    gutter: 47,
    spacing: { x: 46, y: 30 },
  });
  strain.line(truth.depth, truth.strain, "truth").line(found.depth, found.strain, "fit");
  const disorder = new Panel({
    box: { ...DISORDER, y },
    x: depth,
    y: { from: 0, to: 1.04, log: false, label: "DW" },
    gutter: 47,
    spacing: { x: 46, y: 30 },
  });
  disorder.line(truth.depth, truth.debyeWaller, "truth").line(found.depth, found.debyeWaller, "fit");
  const { thickness, maxStrain, debyeWaller, fwhm, dynamicRange } = facts(labels);
  const words = `t ${thickness.toFixed(0)} nm, e_max ${plain(maxStrain, 2)} %, DW ≥ ${plain(debyeWaller, 2)}, H ${fixed(fwhm, 3)}°, DR ${fixed(dynamicRange, 1)}`;
  return [
    curve,
    strain,
    disorder,
    text(CURVE.x, y - 8, words),
    text(STRAIN.x, y - 8, `strain error ${plain(error, 2)}`, "start", "label"),
  ];
}
