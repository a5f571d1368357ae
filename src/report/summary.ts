/** The numbers of an inversion as a reader wants them; the report's tables and the command line show the same. */

import { strainedDepth } from "../profile/sampled.ts";
import type { Inversion, Profile, Resolution, Solution } from "../types.ts";
import { layerGrounds, layerLead, layerRows, layerUniqueness } from "./layerRows.ts";
import { asKnown, fixed, percentOf, plain, withBand } from "./numbers.ts";
import type { Row } from "./page.ts";
import { deviationOver, maximumDepthOf, nearest } from "./quantities.ts";
import { countFarOut, FAR_OUT, maskedRanges } from "./residuals.ts";

/** An inversion in words. */
export interface Summary {
  /** One sentence: what the scan says. */
  readonly lead: string;
  /** Whether it allows one profile or several. */
  readonly uniqueness: string;
  /** Strain, depth, thickness, Debye–Waller factor, with their bands. */
  readonly profile: readonly Row[];
  /** How well it explains the scan, how sure it is, how it was found. */
  readonly fit: readonly Row[];
  /** Crystal, beam and instrument; of several scans, one after the other. */
  readonly experiment: readonly Row[];
}

/** What the report says of an inversion, for pages and programs of one's own. */
export function summary(inversion: Inversion): Summary {
  return {
    lead: lead(inversion),
    uniqueness: uniqueness(inversion),
    profile: profileRows(inversion),
    fit: fitRows(inversion),
    experiment: scanViews(inversion).flatMap(experimentRows),
  };
}

/** Which profile the scan tells of. */
export function profileRows(inversion: Inversion): Row[] {
  if (inversion.stack !== undefined) return layerRows(inversion.stack);
  const { profile, strainBand, debyeWallerBand } = inversion;
  const peak = nearest(profile.depth, inversion.maxStrainDepth);
  const strain = withBand(inversion.maxStrain, strainBand.lower[peak]!, strainBand.upper[peak]!);
  const lowest = profile.debyeWaller.reduce(
    (best, value, i) => (value < profile.debyeWaller[best]! ? i : best),
    0,
  );
  const disorder = withBand(
    inversion.minDebyeWaller,
    debyeWallerBand.lower[lowest]!,
    debyeWallerBand.upper[lowest]!,
  );
  const depth = lengthRow(inversion, inversion.maxStrainDepth, maximumDepthOf),
    strained = lengthRow(inversion, strainedDepth(profile), strainedDepth);
  return [
    ["Maximum strain", `${strain.value} %`, bandRemark(strain.band, strainBand.level, " %")],
    [
      "Depth of the maximum",
      `${depth.value} nm`,
      inversion.maxStrainDepth === 0 ? "at the surface" : depth.remark,
    ],
    ["Strained depth (to 10 %)", `${strained.value} nm`, strained.remark],
    ["Lowest Debye–Waller factor", disorder.value, bandRemark(disorder.band, debyeWallerBand.level, "")],
  ];
}

/** A length to the digits that the posterior's draws agree on, and their standard deviation. */
function lengthRow(
  { draws }: Inversion,
  value: number,
  of: (profile: Profile) => number,
): { readonly value: string; readonly remark: string } {
  const deviation = deviationOver(draws, value, of);
  if (!(deviation > 0)) return { value: nanometres(value), remark: "" };
  const written = asKnown(value, deviation, value < 100 ? 2 : 1);
  return { value: written.value, remark: `± ${written.deviation} nm over the posterior` };
}

/** How well it explains the scan, and how sure it is. */
export function fitRows(inversion: Inversion): Row[] {
  const points = inversion.used.length;
  const used = inversion.used.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  const masks = maskedRanges(inversion).map(([from, to]) => `${from.toFixed(3)}–${to.toFixed(3)}°`);
  const others = inversion.solutions.length - 1;
  return [
    ["rms of log10 intensity", plain(inversion.rms)],
    [
      "χ² per point",
      plain(inversion.chi2PerPoint),
      `with a relative error of ${percentOf(inversion.relativeError)} beside counting`,
    ],
    farOutRow(inversion),
    ...otherScanRows(inversion),
    ["Verdict", inversion.verdict, inversion.verdictReason],
    [
      "Confidence",
      percentOf(inversion.confidence),
      inversion.stack === undefined
        ? "probability that the strain lies within 10 % of the true one"
        : "probability that every layer is right: thickness to 3 %, strain to 0.03 %",
    ],
    ["It rests on", ...grounds(inversion)],
    [
      "Other solutions",
      others <= 0 ? "none found" : String(others),
      others <= 0 ? "" : `with ${percentOf(1 - inversion.weight)} of the posterior`,
    ],
    [
      "Search",
      inversion.isBudgetSpent ? "budget spent" : "complete",
      `${inversion.reason}${inversion.converged ? "" : "; it ended far from the scan"}`,
    ],
    ["Prior", priorOf(inversion)],
    [
      "Points fitted",
      `${used} of ${points}`,
      masks.length === 0 ? "" : `left out: ${masks.slice(0, 4).join(", ")}${masks.length > 4 ? ", …" : ""}`,
    ],
    [
      "One count",
      inversion.countUnit === 1
        ? "1"
        : `${Number(inversion.countUnit.toPrecision(4))} in the unit of the file`,
    ],
    [
      "Found by",
      inversion.method,
      inversion.stack === undefined
        ? `${inversion.methodReason}; ${inversion.splines} cubic B-splines on ${nanometres(inversion.thickness)} nm`
        : inversion.methodReason,
    ],
  ];
}

/** The inversion as that of each scan, where there are several of one sample; else itself. */
export function scanViews(inversion: Inversion): Inversion[] {
  return inversion.scans?.map((own) => ({ ...inversion, ...own })) ?? [inversion];
}

/** Reflection and wavelength. */
export function nameOf({ reflection }: Inversion): string {
  return `${reflection.name}, λ = ${reflection.wavelength} Å`;
}

/** How well the other scans of the sample are explained. */
function otherScanRows(inversion: Inversion): Row[] {
  return scanViews(inversion)
    .slice(1)
    .map((view) => {
      const { beyond, of } = countFarOut(view);
      return [
        `${view.reflection.name}, too`,
        `χ² per point ${plain(view.chi2PerPoint)}`,
        `rms ${plain(view.rms)}; relative error of ${percentOf(view.relativeError)}; ${beyond} of ${of} points beyond ±${FAR_OUT}σ`,
      ];
    });
}

/** Points that counting and the relative error do not explain. */
function farOutRow(inversion: Inversion): Row {
  const { beyond, of } = countFarOut(inversion);
  return [`Points beyond ±${FAR_OUT}σ`, `${beyond} of ${of}`, "σ of counting and of the relative error"];
}

/** What the confidence rests on most, in words; numbers are those of `features`. */
function grounds({ features, stack }: Inversion): [value: string, remark: string] {
  if (stack !== undefined) return layerGrounds(features);
  const { mass, hits, climbs, gap, lnEfficiency } = features,
    parts: string[] = [];
  if (hits !== undefined && climbs !== undefined)
    parts.push(`${climbs} climbs, ${plain(hits, 2)} ended here (one from beside counts a third)`);
  if (gap !== undefined)
    parts.push(
      gap >= 60
        ? "no other maximum within 60 of it in −2 ln of the posterior"
        : `the next maximum ${plain(gap, 2)} above it in −2 ln of the posterior`,
    );
  if (lnEfficiency !== undefined) parts.push(`efficiency of the draws ${percentOf(Math.exp(lnEfficiency))}`);
  return [`${percentOf(mass ?? NaN)} of the posterior within 10 %`, parts.join("; ")];
}

/** The films that were thought likely before the scan was seen. */
export function priorOf({ prior, stack }: Inversion): string {
  if (stack !== undefined) return prior;
  return prior === "none" ? "none but bounds" : `films of preset ${prior}`;
}

/** Crystal, beam and instrument. */
export function experimentRows({ reflection, instrument, scan }: Inversion): Row[] {
  const rows: Row[] = [
    ["Reflection", reflection.name, `d = ${reflection.d.toFixed(5)} Å`],
    ["Wavelength", `${reflection.wavelength} Å`],
  ];
  if (instrument.lines !== undefined && instrument.lines.length > 1) {
    rows.push([
      "Lines",
      instrument.lines.map(({ wavelength, weight }) => `${wavelength} Å × ${plain(weight)}`).join(", "),
    ]);
  }
  if (reflection.asymmetry !== undefined)
    rows.push(["Planes to surface", `${fixed(reflection.asymmetry, 3)}°`]);
  if (instrument.polarisation !== undefined) {
    const monochromator =
      instrument.monochromator === undefined ? "" : `monochromator at 2θ = ${instrument.monochromator}°`;
    rows.push([
      "Polarisation",
      { sigma: "σ", pi: "π", unpolarised: "unpolarised" }[instrument.polarisation],
      monochromator,
    ]);
  }
  if (instrument.resolution !== undefined) {
    const { resolution } = instrument,
      fraction =
        resolution.shape === "pseudo-voigt"
          ? `, Lorentz fraction ${plain(resolution.lorentzFraction, 2)}`
          : "";
    rows.push(["Width of the resolution (FWHM)", `${widthOf(resolution)}° 2θ`, resolution.shape + fraction]);
  }
  rows.push(["Offset of 2θ", `${fixed(instrument.offset ?? 0, 4)}°`]);
  rows.push(["Scale", plain(instrument.scale ?? 1, 4)]);
  rows.push(...backgroundRows(instrument));
  const [first, last] = [scan.twoTheta[0]!, scan.twoTheta.at(-1)!];
  rows.push([
    "Scan",
    `2θ from ${first.toFixed(3)}° to ${last.toFixed(3)}°`,
    `${scan.twoTheta.length} points`,
  ]);
  return rows;
}

function backgroundRows({
  background = 0,
  backgroundSlope = 0,
  backgroundDecades = 0,
  diffuse,
  deadTime = 0,
}: Inversion["instrument"]): Row[] {
  const slopes = [
    ...(backgroundSlope === 0 ? [] : [`slope ${plain(backgroundSlope)} per degree 2θ`]),
    ...(backgroundDecades === 0
      ? []
      : [`${plain(backgroundDecades, 2)} decades from the first angle to the last`]),
  ];
  const rows: Row[] = [["Background", plain(background), slopes.join(", ")]];
  if (diffuse !== undefined)
    rows.push([
      "Diffuse scattering",
      plain(diffuse.height),
      `at its maximum; half width ${plain(diffuse.halfWidth, 2)} % of strain`,
    ]);
  if (deadTime > 0) rows.push(["Dead time", plain(deadTime), "in units of one over the intensity"]);
  return rows;
}

/** One sentence: what the scan says. */
export function lead(inversion: Inversion): string {
  if (inversion.stack !== undefined) return layerLead(inversion);
  const [strain, depth, strained, disorder] = profileRows(inversion).map(([, value]) => value) as [
    string,
    string,
    string,
    string,
  ];
  if (inversion.maxStrain === 0)
    return `No strain: the scan is that of a perfect crystal, with a Debye–Waller factor of ${disorder} or more.`;
  const where = inversion.maxStrainDepth === 0 ? "at the surface" : `${depth} below the surface`;
  return `The strain is largest ${where}, ${strain}, and reaches to ${strained}; the Debye–Waller factor falls to ${disorder}.`;
}

/** Whether the scan allows one profile or several, said plainly. */
export function uniqueness(inversion: Inversion): string {
  if (inversion.stack !== undefined) return layerUniqueness(inversion);
  const { solutions, confidence } = inversion,
    others = solutions.length - 1,
    sure = `The confidence of ${percentOf(confidence)} says how often an answer with such a search and posterior was right among simulated scans.`;
  if (others <= 0)
    return `No other maximum of the posterior has a share that counts. ${sure} The search tries many starts, not all: a maximum that was not found cannot be excluded.`;
  const range = (of: (solution: Solution) => number, write: (value: number) => string) => {
    const values = solutions.map(of);
    const [least, most] = [write(Math.min(...values)), write(Math.max(...values))];
    return least === most ? least : `${least} to ${most}`;
  };
  const many =
    others === 1
      ? "One other profile explains this scan, and has"
      : `${others} other profiles explain this scan, and have`;
  return (
    `${many} ${percentOf(1 - inversion.weight)} of the posterior (strain different by more than 10 %). ` +
    "The scan does not decide between them: trust what they share, and decide the rest by what else is known of the sample, which can be given as known values. " +
    `Together they span a maximum strain of ${range(
      (s) => s.maxStrain,
      (v) => plain(v),
    )} %, ` +
    `a strained depth of ${range((s) => strainedDepth(s.profile), nanometres)} nm and a lowest Debye–Waller factor of ${range(
      (s) => s.minDebyeWaller,
      (v) => plain(v, 2),
    )}. ` +
    `The band of the answer holds draws from all of them. ${sure}`
  );
}

/** Full width at half maximum, degrees 2θ, as text; a split shape has the mean of its halves. */
export function widthOf(resolution: Resolution): string {
  if (resolution.shape !== "split-pseudo-voigt") return plain(resolution.fwhm);
  return `${plain((resolution.fwhmLow + resolution.fwhmHigh) / 2)} (${plain(resolution.fwhmLow)} and ${plain(resolution.fwhmHigh)})`;
}

/** To a tenth of a nanometre, below 100 nm to a hundredth. */
export function nanometres(value: number): string {
  return fixed(value, Math.abs(value) < 100 ? 2 : 1);
}

function bandRemark(band: string, level: number, unit: string): string {
  return band === "" ? "" : `${band}${unit} (${plain(100 * level, 2)} % band)`;
}
