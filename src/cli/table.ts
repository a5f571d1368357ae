/** `takagi table`: the results of a batch as one file, a table and pictures. */
import {
  type Line,
  type LineAnswer,
  type LineLayer,
  type LineProfile,
  profileOfLine,
} from "../report/line.ts";
import { QUANTITIES } from "../report/quantities.ts";
import {
  type Column,
  columnsOf,
  quantityOf,
  type ResultRow,
  resultRow,
  tableCsv,
} from "../report/resultTable.ts";
import { mapFigure } from "../report/maps.ts";
import { type Placed, type PlacedProfile, profilesFigure, waterfallFigure } from "../report/overlays.ts";
import { layersFigure, seriesFigure, type SeriesLayer, type SeriesPoint } from "../report/series.ts";
import type { Scan } from "../types.ts";
import { VERSION } from "../version.ts";
import { isOfInput, scanOfLine } from "./batchScans.ts";
import { joinResults } from "./joinResults.ts";
import { writeOutputs } from "./outputs.ts";
import { linesOfFile } from "./resultsFile.ts";
import { EXIT, type Terminal, UsageError } from "./terminal.ts";
import { type VariableFlags, variablesBy } from "./variables.ts";

export type TableFormat = "parquet" | "nexus";

export interface TableFlags extends VariableFlags {
  readonly against?: string;
  readonly map?: readonly [x: string, y: string];
  /** Beside the CSV. */
  readonly format?: readonly TableFormat[];
}

/** Lines of a picture. */
const MOST_PROFILES = 60;
const MOST_SCANS = 40;
const MAPS = ["maxStrainPercent", "strainedDepthNm", "minDebyeWaller"] as const;

/** All that is made of the results, less the pictures. */
interface Results {
  readonly path: string;
  readonly rows: readonly ResultRow[];
  /** Of variables, in the order in which they come. */
  readonly names: ReadonlySet<string>;
  /** Each that is different. */
  readonly settings: readonly object[];
  readonly version: string;
  readonly level: number | undefined;
}

export async function runTable(folder: string, flags: TableFlags, terminal: Terminal): Promise<number> {
  const { format = [] } = flags;
  await checkFormats(format);
  const results = await resultsIn(await joinResults(folder), flags),
    { rows } = results,
    failed = rows.filter(({ verdict }) => verdict === undefined).length;
  const columns = columnsOf(rows, [...results.names]);
  const files = {
    "table.csv": tableCsv(columns),
    ...(await draw({ ...results, flags, terminal })),
    ...(await formatted(results, columns, flags)),
  };
  await writeOutputs(folder, files, { index: "results.jsonl" });
  terminal.out(
    `${folder}: ${rows.length} scans${failed === 0 ? "" : `, ${failed} failed`}; ${Object.keys(files).join(", ")} and results.jsonl\n`,
  );
  return EXIT.ok;
}

async function resultsIn(path: string, flags: VariableFlags): Promise<Results> {
  const variablesOf = await variablesBy(flags),
    rows: ResultRow[] = [],
    names = new Set<string>(),
    settings = new Set<string>();
  let version = VERSION,
    level: number | undefined;
  for await (const text of linesOfFile(path)) {
    const line = JSON.parse(text) as Line,
      variables = variablesOf(line, rows.length + 1);
    for (const name of variables.keys()) names.add(name);
    if (line.settings !== undefined) settings.add(JSON.stringify(line.settings));
    version = line.takagi;
    level ??= line.answer?.level;
    rows.push(resultRow(line, variables));
  }
  return {
    path,
    rows,
    names,
    settings: [...settings].map((each) => JSON.parse(each) as object),
    version,
    level,
  };
}

/** The packages that write the formats are asked for before the work.
 *  @throws {InvalidParameterError} one that is not installed */
export async function checkFormats(formats: readonly TableFormat[]): Promise<void> {
  if (formats.includes("parquet")) await (await import("../report/parquet.ts")).loadParquet();
  if (formats.includes("nexus")) await (await import("../report/nexusNodes.ts")).foundWriter();
}

/** The table in other formats, by their files' names. */
async function formatted(
  results: Results,
  columns: readonly Column[],
  { format = [], against = "place" }: TableFlags,
): Promise<Record<string, Uint8Array | AsyncIterable<Uint8Array>>> {
  const files: Record<string, Uint8Array | AsyncIterable<Uint8Array>> = {};
  if (format.includes("parquet")) {
    const { loadParquet, tableParquet } = await import("../report/parquet.ts"),
      profiles = profilesIn(results.path);
    files["table.parquet"] = tableParquet({ ...results, columns, profiles }, await loadParquet());
  }
  if (format.includes("nexus")) {
    const { tableNexus } = await import("../report/tableNexus.ts"),
      profiles = profilesIn(results.path);
    files["table.nxs"] = await tableNexus({ ...results, names: [...results.names], against, profiles });
  }
  return files;
}

async function* profilesIn(path: string): AsyncGenerator<LineProfile | undefined, void, undefined> {
  for await (const text of linesOfFile(path)) yield (JSON.parse(text) as Line).answer?.profile;
}

interface Drawing extends Pick<Results, "path" | "rows" | "names"> {
  readonly flags: TableFlags;
  readonly terminal: Terminal;
}

/** @returns pictures by their files' names */
async function draw({ path, rows, names, flags, terminal }: Drawing): Promise<Record<string, string>> {
  const { against = "place", map } = flags,
    known = rows.flatMap((row, i) => (Number.isNaN(row.confidence) ? [] : [{ ...row, i }]));
  if (known.length === 0) return {};
  const x = numbersOf(known, "--against", against, names),
    label = against === "place" ? "Scan" : against;
  const points: SeriesPoint[] = known.map(({ quantities, layers, verdict }, k) => ({
    x: x[k]!,
    quantities,
    layers: layers.map(layerOf),
    isDetermined: verdict === "determined",
  }));
  const chosen = new Map(known.map(({ i }, k) => [i, x[k]!]));
  const { profiles, scans } = await linesAgain(path, chosen, terminal);
  return {
    "series.svg": seriesFigure(points, label),
    ...(known.some(({ layers }) => layers.length > 0) ? { "layers.svg": layersFigure(points, label) } : {}),
    "profiles.svg": profilesFigure(profiles, label),
    ...(scans.length > 0 ? { "waterfall.svg": waterfallFigure(scans, label) } : {}),
    ...(map === undefined ? {} : { "map.svg": drawMap(known, map, names) }),
  };
}

function layerOf({ crystal, thicknessNm, strainPercent, debyeWaller }: LineLayer): SeriesLayer {
  return {
    crystal,
    thickness: quantityOf(thicknessNm),
    strain: quantityOf(strainPercent),
    debyeWaller: quantityOf(debyeWaller),
  };
}

function drawMap(
  known: readonly ResultRow[],
  map: readonly [string, string],
  names: ReadonlySet<string>,
): string {
  const [across, up] = map.map((name) => numbersOf(known, "--map", name, names)) as [number[], number[]],
    place = (k: number) => ({ x: across[k]!, y: up[k]! });
  const maps = [
    ...MAPS.map((name) => ({
      label: QUANTITIES[name] as string,
      points: known.map(({ quantities }, k) => ({ ...place(k), value: quantities[name].value })),
    })),
    { label: "Confidence", points: known.map(({ confidence }, k) => ({ ...place(k), value: confidence })) },
  ];
  return mapFigure(maps, map);
}

/** A variable of all scans.
 *  @throws {UsageError} one that is not there, or no number */
function numbersOf(
  rows: readonly ResultRow[],
  option: string,
  name: string,
  names: ReadonlySet<string>,
): number[] {
  return rows.map(({ variables }) => {
    const value = variables.get(name);
    if (typeof value === "number") return value;
    throw new UsageError(
      value === undefined
        ? `${option}: ${names.has(name) ? "some scans have" : "no scan has"} no ${name}; there are ${[...names].join(", ")}`
        : `${option}: ${name} is ${JSON.stringify(value)} of a scan, and must be a number`,
    );
  });
}

/** Profiles and scans of some of the lines, evenly chosen, in the order of the series. */
async function linesAgain(
  path: string,
  places: ReadonlyMap<number, number>,
  terminal: Terminal,
): Promise<{ profiles: PlacedProfile[]; scans: Placed<Scan>[] }> {
  const order = [...places].sort(([, a], [, b]) => a - b).map(([i]) => i),
    forProfiles = new Set(evenly(order, MOST_PROFILES)),
    forScans = new Set(evenly(order, MOST_SCANS)),
    profiles: PlacedProfile[] = [],
    scans: Placed<Scan>[] = [];
  let i = -1,
    complaint: string | undefined;
  for await (const text of linesOfFile(path)) {
    i += 1;
    if (!forProfiles.has(i) && !forScans.has(i)) continue;
    const line = JSON.parse(text) as Line,
      x = places.get(i)!;
    if (forProfiles.has(i)) profiles.push(placedProfile(line.answer!, x));
    if (!forScans.has(i) || complaint !== undefined) continue;
    try {
      scans.push({ x, what: await scanOfLine(line) });
    } catch (error) {
      if (!isOfInput(error)) throw error;
      complaint = error.message;
    }
  }
  if (complaint !== undefined) terminal.err(`takagi: note: no waterfall is drawn: ${complaint}\n`);
  const byPlace = (a: Placed<unknown>, b: Placed<unknown>): number => a.x - b.x;
  return { profiles: profiles.sort(byPlace), scans: complaint === undefined ? scans.sort(byPlace) : [] };
}

function placedProfile({ profile, layers }: LineAnswer, x: number): PlacedProfile {
  return { x, what: profileOfLine(profile), isOfLayers: layers !== undefined };
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, k) => items[Math.round((k * (items.length - 1)) / (most - 1))]!);
}
