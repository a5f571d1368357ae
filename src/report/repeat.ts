/** What the report says of an answer's origin: the part by which it can be repeated and cited. */

import type { Scan } from "../types.ts";
import { CITATION } from "../version.ts";
import { escape } from "./numbers.ts";
import { paragraph, type Row, table } from "./page.ts";
import {
  optionWords,
  type Provenance,
  type Run,
  type Setting,
  type SettingSource,
  shellLine,
  type SourceFile,
} from "./provenance.ts";

const SOURCES: Readonly<Record<SettingSource, string>> = {
  given: "given",
  file: "from the file",
  scan: "found from the scan",
  default: "default",
};

/** The report's section on how to repeat and to cite the answer. */
export function repeatSection(
  scan: Scan,
  { provenance, run }: { readonly provenance?: Provenance | undefined; readonly run?: Run | undefined },
): string[] {
  const cite = ["<h2>How to cite</h2>", paragraph(CITATION)];
  if (provenance === undefined) return cite;
  return [
    "<h2>How to repeat it</h2>",
    `<pre>${escape(shellLine(provenance.command))}</pre>`,
    paragraph(
      `With takagi ${provenance.version}, the same file and the same network this gives every number again; \`takagi repeat result.json\` does so, and compares.`,
    ),
    '<div class="tables">',
    table("Origin", originRows(scan, provenance, run)),
    table("Settings", settingRows(provenance)),
    "</div>",
    ...cite,
  ];
}

/** Files, network, program, time. */
export function originRows(
  { countingTime, notes = [] }: Scan,
  { input, files, network, version, budgetSeconds }: Provenance,
  run: Run | undefined,
): Row[] {
  const rows: Row[] = [];
  if (input !== undefined) {
    rows.push(["Measured file", input.name, contents(input)], ["Scan of the file", String(input.scan)]);
  }
  for (const [setting, file] of Object.entries(files))
    rows.push([inWords(setting), file.name, contents(file)]);
  if (countingTime !== undefined) rows.push(["Counting time", `${countingTime} s a point`, "from the file"]);
  for (const note of notes) rows.push(["On reading", note]);
  rows.push([
    "Network",
    network?.name ?? "none",
    network?.sha256 === undefined
      ? ""
      : `takagi ${network.version ?? "?"}; SHA-256 of its weights ${network.sha256}`,
  ]);
  rows.push(["Budget", `${budgetSeconds} s`, "of one core of a fast machine, counted in work"]);
  rows.push([
    "Program",
    `takagi ${version}`,
    run === undefined ? "" : `${run.date}, ${run.seconds.toFixed(1)} s`,
  ]);
  return rows;
}

/** Every setting, and where its value comes from. */
export function settingRows({ settings }: Provenance): Row[] {
  return Object.entries(settings).map(([name, { value, source }]) => [
    inWords(name),
    valueInWords(name, value),
    SOURCES[source] ?? "",
  ]);
}

function contents({ bytes, sha256 }: SourceFile): string {
  return `${bytes} bytes, SHA-256 ${sha256}`;
}

/** filmThickness → film thickness. */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function valueInWords(name: string, value: Setting["value"]): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  const words = optionWords({ [name]: value }).filter((_, i) => i % 2 === 1);
  return words.length === 0 || words.join("") === "" ? "none" : words.join(", ");
}
