/** Texts of sections, `[Name]`, with a table at the end whose header names its columns: the CSV of Panalytical's programs and
 *  the text that Bruker's write from RAW 4. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanFile } from "../../types.ts";
import { eachLine } from "../text.ts";
import { readTable, type Table } from "../table.ts";
import { anglesOfAxis, movedBy } from "./axes.ts";
import { fileScan, numberIn, requireReasonable, type Found } from "./fileScan.ts";

interface Section {
  readonly name: string;
  readonly line: number;
  readonly lines: string[];
}

const NAME = /^"?\[([A-Za-z][^\][]*)\]"?[\s,;]*$/;

/** The sections that hold a table, by the program that writes them. */
const DATA: Readonly<Record<string, "panalytical-csv" | "bruker-text">> = {
  "scan points": "panalytical-csv",
  data: "bruker-text",
};

/** Every table of the file, each a scan.
 *  @throws {ScanFormatError} naming the line: a section of numbers that is not known, a table whose header does not say which
 *  of its columns are angle and intensity, another number of points than the file says */
export function readSections(text: string): ScanFile {
  const sections = sectionsOf(text);
  const tables = sections.filter(({ name }) => DATA[name] !== undefined);
  const unknown = sections.find(
    (section) => DATA[section.name] === undefined && (tables.length === 0 || hasNumbers(section)),
  );
  if (unknown !== undefined)
    throw new ScanFormatError(
      `the section [${unknown.name.slice(0, 40)}] is of no format that is read`,
      unknown.line,
    );
  const format = DATA[tables[0]?.name ?? ""];
  if (format === undefined) throw new ScanFormatError("the file has sections, and none holds a table");
  const keys = new Map<string, string>();
  const scans: FileScan[] = [];
  for (const section of sections) {
    if (DATA[section.name] === undefined) addKeys(keys, section);
    else {
      requireReasonable("scans", scans.length + 1);
      scans.push(scanOf(section, keys));
    }
  }
  return { format, scans };
}

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  eachLine(text, (raw, number) => {
    const line = raw.replace("\u001a", "").trim();
    const name = NAME.exec(line)?.[1]?.trim().toLowerCase();
    if (name !== undefined) sections.push({ name, line: number, lines: [] });
    else if (line !== "" && !line.startsWith(";")) sections.at(-1)?.lines.push(line);
  });
  return sections;
}

/** Rows of numbers, which no list of names and values has. */
function hasNumbers({ lines }: Section): boolean {
  return lines.filter((line) => /^[-+.\d][-+.\deE\s,;]*[,;\s][-+.\deE\s,;]*\d/.test(line)).length > 1;
}

/** `Name,value` or `Name=value`; names in lower case. */
function addKeys(keys: Map<string, string>, { lines }: Section): void {
  for (const line of lines) {
    const match = /^"?([^=,;\t"]+)"?\s*[=,;\t]\s*(.*)$/.exec(line);
    if (match !== null)
      keys.set(
        match[1]!.trim().toLowerCase(),
        match[2]!
          .replace(/[\s,;]+$/, "")
          .replace(/^"(.*)"$/, "$1")
          .trim(),
      );
  }
}

function scanOf(section: Section, keys: ReadonlyMap<string, string>): FileScan {
  // Empty lines before it keep the numbers of the lines right.
  const table = readTable("\n".repeat(Math.min(section.line, 10_000)) + section.lines.join("\n"));
  if (table.axisName === undefined)
    throw new ScanFormatError("the table has no header that names its columns", section.line);
  const first = (...names: readonly string[]) =>
    names.map((name) => keys.get(name)).find((value) => value !== undefined && value !== "");
  const number = (...names: readonly string[]) => numberIn(first(...names)?.replace(",", "."));
  const expected = number("no. of points", "steps", "stepcount");
  if (expected !== undefined && expected !== table.angles.length)
    throw new ScanFormatError(
      `the table has ${table.angles.length} points, and the file says ${expected}`,
      section.line,
    );
  const axis = first("scan axis", "scantype", "scan type") ?? "";
  return fileScan({
    axisName: axis,
    ...anglesOf(table, { axis, twoTheta: number("2theta", "twotheta"), omega: number("omega", "theta") }),
    counts: table.intensity,
    intensityUnit: table.unit,
    countingTimes: table.times,
    countingTime: number("time per step", "time", "steptime", "timeperstep"),
    tube: tubeOf(number, first("used wavelength", "intended wavelength type") ?? ""),
    sample: first("sample identification", "sample", "sampleid"),
    comment: first("comment"),
  });
}

function anglesOf(
  table: Table,
  stood: { readonly axis: string; readonly twoTheta: number | undefined; readonly omega: number | undefined },
): Pick<Found, "axis" | "twoTheta" | "omega" | "position" | "refusal"> {
  const moved = movedBy(stood.axis);
  // The header may be plainer than the axis.
  const named = table.axis === "omega" ? "omega" : movedBy(table.axisName ?? "");
  if (moved === "coupled in ω" && named === "2theta")
    return anglesOfAxis(table.angles, { ...stood, axis: "2Theta/Omega" });
  if (moved === "coupled in ω")
    return {
      ...anglesOfAxis(table.angles, { axis: "2Theta/Omega" }),
      refusal: `its axis is ${JSON.stringify(stood.axis)}, and its angles, ${JSON.stringify(table.axisName)}, may be ω or 2θ; write "2Theta" above them where they are 2θ`,
    };
  if (moved === undefined && stood.axis !== "" && !/scan|step|continuous/i.test(stood.axis))
    return anglesOfAxis(table.angles, stood);
  return anglesOfAxis(table.angles, { ...stood, axis: moved === undefined ? (named ?? "") : stood.axis });
}

function tubeOf(number: (...names: readonly string[]) => number | undefined, used: string) {
  const alpha1 = number("k-alpha1 wavelength", "k-alpha1", "alpha1", "wl1");
  const alpha2 = number("k-alpha2 wavelength", "k-alpha2", "alpha2", "wl2");
  if (/beta/i.test(used)) return { alpha1: number("k-beta wavelength", "k-beta", "beta") };
  if (/alpha[- ]?2/i.test(used)) return { alpha1: alpha2 };
  return {
    alpha1,
    alpha2,
    ratio: number("ratio k-a2/k-a1", "ratio k-alpha2/k-alpha1", "alpharatio", "wlratio"),
  };
}
