/** What leaves the page: files that the user saves. */
import { csv, curveCsv, curveFigure, profileCsv, profileFigure, report, resultJson, seriesCsv } from "takagi";
import { chosen, type Entry } from "../session.ts";
import { quick } from "./crew.ts";
import { encodeSession } from "./sessionFile.ts";
import { shown } from "./shown.ts";
import { session } from "./store.ts";

const { calculated, measured, profile, twoTheta } = shown.drawn;

export interface Saved {
  readonly name: string;
  readonly content: Blob;
}

/** One kind of file that an entry can become. */
export interface ExportKind {
  readonly words: string;
  readonly make: (entry: Entry) => Promise<Saved>;
}

/** Pixels of a PNG per pixel of the page. */
const PNG_SCALE = 2;

/** What can be saved of an entry as it is now. Figures and report are those of the fit: a profile changed by hand has no bands. */
export function exportsOf(entry: Entry): ExportKind[] {
  const answer = chosen(entry);
  const tables: ExportKind[] = [
    {
      words: "Profile, CSV",
      make: async () =>
        text(
          entry,
          "profile.csv",
          "text/csv",
          answer === undefined || entry.isEdited ? shownProfileCsv() : profileCsv(answer),
        ),
    },
    {
      words: "Scan and curve, CSV",
      make: async () =>
        text(
          entry,
          "curve.csv",
          "text/csv",
          answer === undefined || entry.isEdited ? shownCurveCsv() : curveCsv(answer),
        ),
    },
  ];
  if (entry.scan === undefined)
    return [...tables, { words: "As a scan with counting noise, .xy", make: noisyScan }];
  if (answer === undefined || entry.isEdited) return tables;
  return [
    {
      words: "Report, HTML",
      make: async () =>
        text(entry, "report.html", "text/html", report(answer, { title: entry.name, ...originOf(entry) })),
    },
    ...tables,
    {
      words: "All numbers, JSON",
      make: async () =>
        text(
          entry,
          "result.json",
          "application/json",
          JSON.stringify(resultJson(answer, { name: entry.name, ...originOf(entry) })),
        ),
    },
    {
      words: "Scan and fit, SVG",
      make: async () => text(entry, "curve.svg", "image/svg+xml", curveFigure(answer)),
    },
    {
      words: "Scan and fit, PNG",
      make: async () => ({ name: nameOf(entry, "curve.png"), content: await png(curveFigure(answer)) }),
    },
    {
      words: "Profile, SVG",
      make: async () => text(entry, "profile.svg", "image/svg+xml", profileFigure(answer)),
    },
    {
      words: "Profile, PNG",
      make: async () => ({ name: nameOf(entry, "profile.png"), content: await png(profileFigure(answer)) }),
    },
  ];
}

/** What the answer came from, where it came as a result.json. */
function originOf({ provenance, run }: Entry): Pick<Entry, "provenance" | "run"> {
  return { ...(provenance === undefined ? {} : { provenance }), ...(run === undefined ? {} : { run }) };
}

export function sessionFile(): Saved {
  return {
    name: "session.takagi.json",
    content: new Blob([encodeSession(session.value)], { type: "application/json" }),
  };
}

/** The results of all scans, one row each, in their order. */
export function resultsTable(): Saved {
  const { entries, variable } = session.value,
    scans = entries.flatMap((entry) => {
      const inversion = chosen(entry);
      return inversion === undefined
        ? []
        : [{ name: entry.name, inversion, ...(entry.variable === undefined ? {} : { x: entry.variable }) }];
    });
  return { name: "results.csv", content: new Blob([seriesCsv(scans, variable)], { type: "text/csv" }) };
}

function shownProfileCsv(): string {
  const { value } = profile;
  return value === undefined
    ? ""
    : csv({ depth_nm: value.depth, strain_percent: value.strain, debye_waller: value.debyeWaller });
}

function shownCurveCsv(): string {
  return csv({
    two_theta_deg: twoTheta.value,
    ...(measured.value === undefined ? {} : { measured: measured.value }),
    ...(calculated.value === undefined ? {} : { calculated: calculated.value }),
  });
}

async function noisyScan(entry: Entry): Promise<Saved> {
  if (calculated.value === undefined) throw new Error("there is no curve yet");
  const counts = await quick.call("counts", { intensity: calculated.value, seed: 1 });
  const { crystal, hkl, wavelength } = entry.experiment;
  const lines = Array.from(twoTheta.value, (t, i) => `${t.toFixed(5)} ${counts[i]!}`);
  return text(
    entry,
    "xy",
    "text/plain",
    `# simulated: ${crystal?.name ?? ""} ${hkl.join(" ")}, wavelength ${wavelength} Å; 2θ (°), counts (seed 1)\n${lines.join("\n")}\n`,
  );
}

function text(entry: Entry, suffix: string, type: string, content: string): Saved {
  return { name: nameOf(entry, suffix), content: new Blob([content], { type }) };
}

function nameOf(entry: Entry, suffix: string): string {
  return `${entry.name.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.${suffix}`;
}

/** A picture in pixels, twice as many as on the page. */
export async function png(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = PNG_SCALE * image.naturalWidth;
    canvas.height = PNG_SCALE * image.naturalHeight;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob === null ? reject(new Error("the picture could not be made")) : resolve(blob)),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
