/** One page that shows an inversion: report.html. */

import { strainedDepth } from "../profile/sampled.ts";
import type { Inversion } from "../types.ts";
import { numbersOf } from "./layerRows.ts";
import { curvePicture, profilePicture, solutionPictures } from "./figures.ts";
import { escape, percentOf, plain } from "./numbers.ts";
import { page, paragraph, prose, table, type Row } from "./page.ts";
import type { Provenance, Run } from "./provenance.ts";
import { repeatSection } from "./repeat.ts";
import { countFarOut, FAR_OUT } from "./residuals.ts";
import { SAVE_SCRIPT } from "./save.ts";
import {
  experimentRows,
  fitRows,
  lead,
  nameOf,
  nanometres,
  priorOf,
  profileRows,
  scanViews,
  uniqueness,
} from "./summary.ts";
import { inlineSvg, type Picture } from "./svg.ts";
import { VERSION } from "../version.ts";

/** What a report says besides the inversion. */
export interface ReportOptions {
  /** Heading; the name of the reflection if absent. */
  readonly title?: string;
  /** More rows for the table of the experiment, such as ["Sample", "thick film, 900 nm"]. Plain text. */
  readonly rows?: readonly Row[];
  /** By which the answer can be repeated. */
  readonly provenance?: Provenance | undefined;
  /** When and where it was found. */
  readonly run?: Run | undefined;
}

/** A self-contained HTML page of an inversion: numbers with their bands, scan and fit, residuals, strain and Debye–Waller
 *  factor against depth, and every other profile that the scan allows. No other files; light or dark as the reader's system
 *  is; readable from 360 px. Its buttons save each picture as SVG or PNG at 85 or 170 mm, and print the page.
 *  @returns HTML text
 *  @example await writeFile("report.html", report(await invert(scan, reflection), { title: "YSZ 400" })) */
export function report(inversion: Inversion, options: ReportOptions = {}): string {
  const title = options.title ?? inversion.reflection.name;
  const others = solutionPictures(inversion),
    views = scanViews(inversion);
  return page(`${title} · takagi`, [
    `<h1>${escape(title)}</h1>`,
    paragraph(`Strain against depth from X-ray diffraction: ${views.map(nameOf).join("; ")}`, "soft"),
    paragraph(lead(inversion), "lead"),
    paragraph(
      `${inversion.verdict === "determined" ? "Determined" : "Ambiguous"} (confidence ${percentOf(inversion.confidence)}): ${inversion.verdictReason}. Prior: ${priorOf(inversion)}.`,
    ),
    ...notesOf(inversion),
    "<h2>Strain and disorder</h2>",
    figure("profile", (width) => profilePicture(inversion, width), profileCaption(inversion)),
    `<h2>${views.length === 1 ? "Scan" : "Scans"} and fit</h2>`,
    ...views.map((view, k) =>
      figure(
        k === 0 ? "curve" : `curve-${k + 1}`,
        (width) => curvePicture(view, width),
        `${views.length === 1 ? "" : `${nameOf(view)}. `}${curveCaption(view)}`,
      ),
    ),
    "<h2>Numbers</h2>",
    '<div class="tables">',
    `<div>${table("Profile", profileRows(inversion))}${table("Fit", fitRows(inversion))}</div>`,
    ...views.map((view, k) =>
      table(views.length === 1 ? "Experiment" : `Experiment ${k + 1}`, [
        ...experimentRows(view),
        ...(k === 0 ? (options.rows ?? []) : []),
      ]),
    ),
    "</div>",
    '<h2 id="others">Other solutions</h2>',
    paragraph(uniqueness(inversion)),
    ...(others.length === 0
      ? []
      : [
          '<div class="others">',
          ...others.map((picture, i) => otherSolution(inversion, picture, i + 1)),
          "</div>",
        ]),
    ...repeatSection(inversion.scan, options),
    `<footer>takagi ${VERSION} · ${escape(inversion.method)} <button type="button" data-print="">Print, or save as PDF</button></footer>`,
    `<script>${SAVE_SCRIPT}</script>`,
  ]);
}

/** What must be known before the numbers are read. */
function notesOf({ converged, isBudgetSpent, reason, solutions, weight, stack }: Inversion): string[] {
  const others = solutions.length - 1,
    noun = stack === undefined ? "profile" : "stack";
  return [
    ...(converged
      ? []
      : [
          paragraph(
            `The search ended far from the scan: ${reason}. Take what follows as a description, not as a result.`,
            "note",
          ),
        ]),
    ...(converged && isBudgetSpent
      ? [
          paragraph(
            `The search ended because its budget was spent (${reason}): more effort may find a better ${noun}.`,
            "note",
          ),
        ]
      : []),
    ...(others <= 0
      ? []
      : [
          `<p class="note">${others === 1 ? `One other ${noun} has` : `${others} other ${noun}s have`} ${percentOf(1 - weight)} of the posterior: see <a href="#others">below</a>.</p>`,
        ]),
  ];
}

function curveCaption(inversion: Inversion): string {
  const { beyond, of } = countFarOut(inversion),
    relative = percentOf(inversion.relativeError);
  return (
    "Intensities on a logarithmic axis; zero counts stand as strokes on its lower edge. Above: the strain of a layer whose Bragg peak lies there. " +
    `Below: residuals 2(√(I+⅜) − √(M+⅜))/√(1+ρ²M) of measured I and calculated M in counts, in standard deviations σ of counting and of a relative error ρ = ${relative} beside it. ` +
    `χ² per point with this error is ${plain(inversion.chi2PerPoint)}; ${beyond} of ${of} points lie beyond ±${FAR_OUT}σ${beyond > 0 ? ", drawn large; triangles lie beyond the axis" : ""}.`
  );
}

function profileCaption({ strainBand, draws }: Inversion): string {
  const thin = draws.length === 0 ? "" : ` thin: ${draws.length} profiles drawn from the posterior;`;
  return `Depth 0 is the surface. Shaded: pointwise ${plain(100 * strainBand.level, 2)} % bands of the posterior;${thin} circle: the strain of largest modulus.`;
}

/** Widths of a picture over two columns of a journal and over one, mm, and their class for wide and for narrow screens. */
const WIDTHS = [
  { mm: 170, className: "wide" },
  { mm: 85, className: "narrow" },
] as const;

/** px of a screen in a mm. */
const PX = 96 / 25.4;

/** A picture at both widths, of which style shows the one that fits the screen, and the buttons that save each. */
function figure(name: string, picture: (width: number) => Picture, caption: string): string {
  const pictures = WIDTHS.map(({ mm, className }) => {
    const id = `${name}-${mm}mm`;
    return `<div class="${className}" id="${id}">${inlineSvg(picture(Math.round(mm * PX)))}</div>`;
  });
  const buttons = WIDTHS.flatMap(({ mm }) =>
    ["SVG", "PNG"].map(
      (kind) =>
        `<button type="button" data-save="${name}-${mm}mm" data-kind="${kind.toLowerCase()}">${kind}, ${mm} mm</button>`,
    ),
  );
  return [
    `<figure>${pictures.join("\n")}`,
    `<figcaption>${prose(caption)}</figcaption>`,
    `<p class="save">Save: ${buttons.join(" ")}</p></figure>`,
  ].join("\n");
}

function otherSolution({ solutions }: Inversion, picture: Picture, index: number): string {
  const solution = solutions[index]!,
    { rms, chi2PerPoint, weight, maxStrain, maxStrainDepth, minDebyeWaller } = solution,
    what =
      solution.stack === undefined
        ? `${plain(maxStrain)} % at ${nanometres(maxStrainDepth)} nm, strained depth ${nanometres(strainedDepth(solution.profile))} nm, DW ≥ ${plain(minDebyeWaller, 2)}`
        : numbersOf(solution);
  const words = `${index + 1}: ${what}; rms ${plain(rms)}, χ² per point ${plain(chi2PerPoint)}, ${percentOf(weight)} of the posterior`;
  const key = index === 1 ? ". Dashed: the answer" : "";
  return `<figure>${inlineSvg(picture)}<figcaption>${prose(words + key)}</figcaption></figure>`;
}
