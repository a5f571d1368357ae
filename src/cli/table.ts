/** `takagi table`: the results of a batch as one file, a table and pictures. */
import { csvField } from "../io/results.ts";
import { type Line, type LineAnswer, type LineLayer, profileOfLine, QUANTITY_NAMES } from "../report/line.ts";
import { QUANTITIES, type Quantity, type QuantityName } from "../report/quantities.ts";
import {
  mapFigure,
  type Placed,
  profilesFigure,
  seriesFigure,
  type SeriesPoint,
  waterfallFigure,
} from "../report/series.ts";
import type { Profile, Scan } from "../types.ts";
import { isOfInput, scanOfLine } from "./batchScans.ts";
import { joinResults } from "./joinResults.ts";
import { writeOutputs } from "./outputs.ts";
import { linesOfFile } from "./resultsFile.ts";
import { EXIT, type Terminal, UsageError } from "./terminal.ts";
import { type VariableFlags, type Variables, variablesBy } from "./variables.ts";

export interface TableFlags extends VariableFlags {
  readonly against?: string;
  readonly map?: readonly [x: string, y: string];
}

/** What is kept of each scan: a hundred thousand of them must fit. */
interface Row {
  readonly variables: Variables;
  readonly quantities: Readonly<Record<QuantityName, Quantity>>;
  /** From below; none of a smooth profile. */
  readonly layers: readonly LineLayer[];
  readonly confidence: number;
  readonly isDetermined: boolean;
}

/** Lines of a picture. */
const MOST_PROFILES = 60;
const MOST_SCANS = 40;
const MAPS = ["maxStrainPercent", "thicknessNm", "minDebyeWaller"] as const;

export async function runTable(folder: string, flags: TableFlags, terminal: Terminal): Promise<number> {
  const variablesOf = await variablesBy(flags),
    path = await joinResults(folder);
  const rows: Row[] = [],
    texts: string[][] = [],
    names = new Set<string>();
  let place = 0,
    failed = 0;
  for await (const text of linesOfFile(path)) {
    const line = JSON.parse(text) as Line,
      variables = variablesOf(line, ++place);
    for (const name of variables.keys()) names.add(name);
    texts.push(fieldsOf(line));
    if (line.answer === undefined) failed += 1;
    rows.push(rowOf(variables, line.answer));
  }
  const files = {
    "table.csv": csvOf(rows, texts, [...names]),
    ...(await draw({ path, rows, names, flags, terminal })),
  };
  await writeOutputs(folder, files, { index: "results.jsonl" });
  terminal.out(
    `${folder}: ${place} scans${failed === 0 ? "" : `, ${failed} failed`}; ${Object.keys(files).join(", ")} and results.jsonl\n`,
  );
  return EXIT.ok;
}

function rowOf(variables: Variables, answer: LineAnswer | undefined): Row {
  const quantities = QUANTITY_NAMES.map((name) => {
    const { value, lower, upper } = answer?.quantities[name] ?? { value: null, lower: null, upper: null };
    return [name, { value: value ?? NaN, lower: lower ?? NaN, upper: upper ?? NaN }];
  });
  return {
    variables,
    quantities: Object.fromEntries(quantities) as Row["quantities"],
    layers: answer?.layers ?? [],
    confidence: answer?.confidence ?? NaN,
    isDetermined: answer?.verdict === "determined",
  };
}

const OF_LAYER = ["thicknessNm", "strainPercent", "debyeWaller"] as const;
const FIELDS = ["file", "scan", "verdict", "confidence", "converged", "rms", "chi2_per_point", "error"];

function fieldsOf({ file, scan, answer, error }: Line): string[] {
  return [
    file,
    scan,
    answer?.verdict,
    answer?.confidence,
    answer?.converged,
    answer?.rms,
    answer?.chi2PerPoint,
    error?.message,
  ].map((field) => csvField(String(field ?? "")));
}

/** One row a scan: which it is, its variables, its quantities with the ends of their intervals, and those of its layers. */
function csvOf(rows: readonly Row[], texts: readonly string[][], names: readonly string[]): string {
  const keys = ["value", "lower", "upper"] as const,
    columns = (name: string): string[] =>
      keys.map((key) => columnName(name) + (key === "value" ? "" : `_${key}`)),
    cells = (quantity: { readonly [K in (typeof keys)[number]]: number | null } | undefined): string[] =>
      keys.map((key) => String(quantity?.[key] ?? NaN).replace("NaN", "")),
    numbers = Array.from({ length: Math.max(0, ...rows.map(({ layers }) => layers.length)) }, (_, k) => k);
  const head = [
    ...FIELDS,
    ...names.map(csvField),
    ...QUANTITY_NAMES.flatMap(columns),
    ...numbers.flatMap((k) => [
      `layer${k + 1}_crystal`,
      ...OF_LAYER.flatMap((name) => columns(`layer${k + 1}_${name}`)),
    ]),
  ];
  const lines = rows.map(({ variables, quantities, layers }, i) => [
    ...texts[i]!,
    ...names.map((name) => csvField(String(variables.get(name) ?? ""))),
    ...QUANTITY_NAMES.flatMap((name) => cells(quantities[name])),
    ...numbers.flatMap((k) => [
      csvField(layers[k]?.crystal ?? ""),
      ...OF_LAYER.flatMap((name) => cells(layers[k]?.[name])),
    ]),
  ]);
  return [head, ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}

/** maxStrainPercent → max_strain_percent */
function columnName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

interface Drawing {
  readonly path: string;
  readonly rows: readonly Row[];
  readonly names: ReadonlySet<string>;
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
  const points: SeriesPoint[] = known.map((row, k) => ({ ...row, x: x[k]! }));
  const chosen = new Map(known.map(({ i }, k) => [i, x[k]!]));
  const { profiles, scans } = await linesAgain(path, chosen, terminal);
  return {
    "series.svg": seriesFigure(points, label),
    "profiles.svg": profilesFigure(profiles, label),
    ...(scans.length > 0 ? { "waterfall.svg": waterfallFigure(scans, label) } : {}),
    ...(map === undefined ? {} : { "map.svg": drawMap(known, map, names) }),
  };
}

function drawMap(known: readonly Row[], map: readonly [string, string], names: ReadonlySet<string>): string {
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
function numbersOf(rows: readonly Row[], option: string, name: string, names: ReadonlySet<string>): number[] {
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
): Promise<{ profiles: Placed<Profile>[]; scans: Placed<Scan>[] }> {
  const order = [...places].sort(([, a], [, b]) => a - b).map(([i]) => i),
    forProfiles = new Set(evenly(order, MOST_PROFILES)),
    forScans = new Set(evenly(order, MOST_SCANS)),
    profiles: Placed<Profile>[] = [],
    scans: Placed<Scan>[] = [];
  let i = -1,
    complaint: string | undefined;
  for await (const text of linesOfFile(path)) {
    i += 1;
    if (!forProfiles.has(i) && !forScans.has(i)) continue;
    const line = JSON.parse(text) as Line,
      x = places.get(i)!;
    if (forProfiles.has(i)) profiles.push({ x, what: profileOfLine(line.answer!.profile) });
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

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, k) => items[Math.round((k * (items.length - 1)) / (most - 1))]!);
}
