/** The pictures of an inversion: scan and fit, strain and disorder against depth, the other solutions. */

import { onSubstrate } from "../profile/stack.ts";
import type { Inversion, Profile, Solution } from "../types.ts";
import { around, strainTicks, type Axis } from "./axis.ts";
import { countFarOut, FAR_OUT, maskedRanges, residualLimit, weightedResiduals } from "./residuals.ts";
import { Panel, standaloneSvg, text, type Picture } from "./svg.ts";

/** Share of layers' thickness over which the substrate under them is seen. */
export const BENEATH = 0.12;

/** How a picture is drawn. */
export interface FigureOptions {
  /** px; 760 if absent. Under 560 panels stand below each other. */
  readonly width?: number;
}

/** Scan, fit and weighted residuals as a standalone SVG file: logarithmic intensities with zeros on the lower edge, masked
 *  ranges shaded, Δd/d along the top.
 *  @returns SVG text; needs no fonts, scripts or other files, and follows a dark colour scheme */
export function curveFigure(inversion: Inversion, options: FigureOptions = {}): string {
  return standaloneSvg(curvePicture(inversion, options.width ?? 760));
}

/** Strain and Debye–Waller factor against depth, with their bands and profiles drawn from the posterior, as a standalone SVG file.
 *  @returns SVG text; needs no fonts, scripts or other files, and follows a dark colour scheme */
export function profileFigure(inversion: Inversion, options: FigureOptions = {}): string {
  return standaloneSvg(profilePicture(inversion, options.width ?? 760));
}

export function curvePicture(inversion: Inversion, width: number): Picture {
  const { scan, calculated, reflection, countUnit } = inversion;
  const { twoTheta, intensity } = scan;
  const narrow = width < 560;
  const left = narrow ? 50 : 58;
  const inner = width - left - 16;
  const heights = narrow ? [230, 90] : [310, 100];
  const x: Axis = { from: twoTheta[0]!, to: twoTheta.at(-1)!, log: false, label: "2θ (°)" };
  const unit = countUnit === 1 ? "counts" : "units of the file";
  const y = logAxis(`Intensity (${unit})`, [intensity, calculated]);
  const measured = split(twoTheta, intensity, (value) => value > 0);
  const masks = maskedRanges(inversion);

  const entries: Entry[] = [
    { mark: "dots", words: "measured" },
    { mark: "fit", words: "calculated" },
  ];
  if (measured.outside.x.length > 0) entries.push({ mark: "zeros", words: "zero counts" });
  if (masks.length > 0) entries.push({ mark: "mask", words: "not fitted" });
  const { beyond, of } = countFarOut(inversion);
  if (beyond > 0) entries.push({ mark: "far", words: `${beyond} of ${of} beyond ±${FAR_OUT}σ` });
  const legend = legendRows(entries, left, inner);

  const topY = 48 + 18 * legend.rows;
  const top = {
    label: "Δd/d (%)",
    ticks: strainTicks({ ...reflection, offset: inversion.instrument.offset ?? 0 }, x, inner / 80),
  };
  const curve = new Panel({
    box: { x: left, y: topY, width: inner, height: heights[0]! },
    x,
    y,
    xLabels: false,
    top,
  });
  const fine = twoTheta.length > 1.2 * inner ? "dots fine" : "dots";
  for (const range of masks) curve.shade(...range);
  curve
    .dots(measured.inside.x, measured.inside.y, fine)
    .rug(measured.outside.x)
    .line(twoTheta, calculated, "fit");

  const residuals = weightedResiduals(inversion);
  const limit = residualLimit(residuals, inversion.used);
  const yResidual: Axis = { from: -limit, to: limit, log: false, label: "Residual (σ)" };
  const box = { x: left, y: topY + heights[0]! + 14, width: inner, height: heights[1]! };
  const beneath = new Panel({ box, x, y: yResidual, spacing: { y: 22 } });
  for (const range of masks) beneath.shade(...range);
  const usual = split(twoTheta, residuals, (value) => Math.abs(value) <= Math.min(limit, FAR_OUT)),
    far = split(twoTheta, residuals, (value) => Math.abs(value) > FAR_OUT && Math.abs(value) <= limit);
  beneath.horizontal(0).dots(usual.inside.x, usual.inside.y, "dots fine");
  if (far.inside.x.length > 0) beneath.dots(far.inside.x, far.inside.y, "far");
  beneath.beyond(split(twoTheta, residuals, (value) => value > limit).inside.x, "upper");
  beneath.beyond(split(twoTheta, residuals, (value) => value < -limit).inside.x, "lower");

  return {
    width,
    height: box.y + box.height + 44,
    description: `Measured and calculated intensity of ${reflection.name} against 2θ, and the weighted residuals`,
    parts: [...legend.pieces, curve, beneath],
  };
}

export function profilePicture(inversion: Inversion, width: number): Picture {
  const { profile, strainBand, debyeWallerBand, draws, maxStrain, maxStrainDepth, reflection, stack } =
    inversion;
  const narrow = width < 560;
  const left = narrow ? 50 : 58;
  const gap = narrow ? 58 : 66;
  const inner = narrow ? width - left - 16 : (width - left - gap - 16) / 2;
  const height = narrow ? 190 : 250;
  const x = depthAxis([profile], stack !== undefined);
  const seen = stack === undefined ? profile : onSubstrate(profile);
  const first = { x: left, y: 12, width: inner, height };
  const second = narrow ? { ...first, y: 12 + height + 14 } : { ...first, x: left + inner + gap };
  const strain = new Panel({ box: first, x, y: strainAxis([inversion]), xLabels: !narrow });
  strain.band(profile.depth, strainBand.lower, strainBand.upper).horizontal(0);
  for (const draw of draws) strain.line(draw.profile.depth, draw.profile.strain, "thread");
  strain.line(seen.depth, seen.strain, "fit");
  if (maxStrain !== 0) strain.mark(maxStrainDepth, maxStrain);
  const disorder = new Panel({ box: second, x, y: DEBYE_WALLER, gutter: left });
  disorder.band(profile.depth, debyeWallerBand.lower, debyeWallerBand.upper);
  for (const draw of draws) disorder.line(draw.profile.depth, draw.profile.debyeWaller, "thread");
  disorder.line(seen.depth, seen.debyeWaller, "fit");
  return {
    width,
    height: second.y + height + 44,
    description: `Strain and Debye–Waller factor of ${reflection.name} against depth, with their bands`,
    parts: [strain, disorder],
  };
}

/** One small picture a solution, all with the same axes, the answer dashed behind. Not for solutions[0], the answer itself. */
export function solutionPictures(inversion: Inversion): Picture[] {
  const isOfLayers = inversion.stack !== undefined,
    shown = (own: Profile): Profile => (isOfLayers ? onSubstrate(own) : own),
    ghost = shown(inversion.profile);
  const x = depthAxis(
    inversion.solutions.map(({ profile }) => profile),
    isOfLayers,
  );
  const y = strainAxis(inversion.solutions);
  return inversion.solutions.slice(1).map((solution, i) => {
    const box = { x: 44, y: 8, width: 208, height: 116 };
    const below = { ...box, y: box.y + box.height + 10, height: 70 };
    const spacing = { x: 52, y: 28 };
    const strain = new Panel({ box, x, y, xLabels: false, spacing });
    const own = shown(solution.profile);
    strain.horizontal(0).line(ghost.depth, ghost.strain, "ghost");
    strain.line(own.depth, own.strain, "fit");
    const disorder = new Panel({
      box: below,
      x: { ...x, label: "Depth (nm)" },
      y: { ...DEBYE_WALLER, label: "DW" },
      spacing,
    });
    disorder.line(ghost.depth, ghost.debyeWaller, "ghost");
    disorder.line(own.depth, own.debyeWaller, "fit");
    const description = `Strain and Debye–Waller factor of solution ${i + 2} against depth`;
    return { width: 264, height: below.y + below.height + 44, description, parts: [strain, disorder] };
  });
}

const DEBYE_WALLER: Axis = { from: 0, to: 1.04, log: false, label: "Debye–Waller factor" };

/** @param isOfLayers the substrate is seen under them */
function depthAxis(profiles: readonly Profile[], isOfLayers: boolean): Axis {
  const deepest =
    Math.max(...profiles.map(({ depth }) => depth.at(-1) ?? 0)) * (isOfLayers ? 1 + BENEATH : 1);
  return { from: 0, to: deepest > 0 ? deepest : 1, log: false, label: "Depth below the surface (nm)" };
}

/** Around the profiles and 0; a band may add as much again, and is cut where it is wider. */
function strainAxis(solutions: readonly Pick<Solution, "profile" | "strainBand">[]): Axis {
  const label = "Strain Δd/d (%)";
  const tight = around(label, [0, ...solutions.flatMap(({ profile }) => [...profile.strain])], 0);
  const free = 0.6 * (tight.to - tight.from);
  const bands = solutions.flatMap(({ strainBand }) => [...strainBand.lower, ...strainBand.upper]);
  return around(label, [
    tight.from,
    tight.to,
    ...bands.map((value) => Math.min(tight.to + free, Math.max(tight.from - free, value))),
  ]);
}

function logAxis(label: string, curves: readonly ArrayLike<number>[]): Axis {
  let from = Infinity;
  let to = 0;
  for (const curve of curves) {
    for (let i = 0; i < curve.length; i++) {
      if (!(curve[i]! > 0 && curve[i]! < Infinity)) continue;
      from = Math.min(from, curve[i]!);
      to = Math.max(to, curve[i]!);
    }
  }
  if (!(from <= to)) [from, to] = [0.1, 10];
  // A twentieth of the decades is left free, and never less than a fifth of one.
  const free = 10 ** Math.max(0.2, 0.05 * Math.log10(to / from));
  return { from: from / free, to: to * free, log: true, label };
}

interface XY {
  readonly x: number[];
  readonly y: number[];
}

function split(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  test: (y: number) => boolean,
): { inside: XY; outside: XY } {
  const parts = {
    inside: { x: [] as number[], y: [] as number[] },
    outside: { x: [] as number[], y: [] as number[] },
  };
  for (let i = 0; i < x.length; i++) {
    const part = test(y[i]!) ? parts.inside : parts.outside;
    part.x.push(x[i]!);
    part.y.push(y[i]!);
  }
  return parts;
}

interface Entry {
  readonly mark: "dots" | "fit" | "zeros" | "mask" | "far";
  readonly words: string;
}

/** Entries side by side from the top of the picture, in as many rows of 18 px as the width asks for. */
function legendRows(entries: readonly Entry[], x: number, width: number): { pieces: string[]; rows: number } {
  let at = x;
  let y = 14;
  let rows = 1;
  const pieces = entries.map(({ mark, words }) => {
    const length = 38 + 6.7 * words.length;
    if (at > x && at + length - 10 > x + width) {
      at = x;
      y += 18;
      rows++;
    }
    const shape = {
      dots: `<path class="dots" d="M${at + 3} ${y - 4}h0M${at + 9} ${y - 6}h0M${at + 15} ${y - 3}h0"/>`,
      fit: `<path class="fit" d="M${at} ${y - 4}h18"/>`,
      zeros: `<path class="zeros" d="M${at + 5} ${y}v-6M${at + 10} ${y}v-6M${at + 15} ${y}v-6"/>`,
      far: `<path class="far" d="M${at + 5} ${y - 4}h0M${at + 12} ${y - 5}h0"/>`,
      mask: `<rect class="mask" x="${at}" y="${y - 10}" width="18" height="12"/>`,
    }[mark];
    const piece = `${shape}${text(at + 23, y, words)}`;
    at = Math.round(at + length);
    return piece;
  });
  return { pieces, rows };
}
