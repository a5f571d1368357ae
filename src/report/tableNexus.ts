/** The results of a batch as a NeXus file (HDF5): quantities and profiles against the variable of the series. */
import { VERSION } from "../version.ts";
import { type LineProfile, QUANTITY_NAMES } from "./line.ts";
import {
  array,
  group,
  type Hdf5OutputGroup,
  type Hdf5Writer,
  matrix,
  nexusFile,
  note,
  number,
  text,
  texts,
} from "./nexusNodes.ts";
import type { Quantity } from "./quantities.ts";
import { mostLayers, nameAndUnit, OF_LAYER, quantityOf, type ResultRow } from "./resultTable.ts";

/** Rows of results, and what else is known of them. */
export interface NexusTable {
  readonly rows: readonly ResultRow[];
  /** Variables by their names, in their order. */
  readonly names: readonly string[];
  /** The variable of the series. */
  readonly against: string;
  /** Of every row in their order; undefined where a scan has no answer. */
  readonly profiles: AsyncIterable<LineProfile | undefined>;
  /** Each that is different. */
  readonly settings: readonly object[];
  /** Version that inverted. */
  readonly version: string;
  /** Probability of bands and intervals; undefined where no scan has an answer. */
  readonly level: number | undefined;
}

const PROFILE = {
  depth: { key: "depthNm", units: "nm" },
  strain: { key: "strainPercent", units: "%" },
  strain_lower: { key: "strainLower", units: "%" },
  strain_upper: { key: "strainUpper", units: "%" },
  debye_waller: { key: "debyeWaller", units: "" },
  debye_waller_lower: { key: "debyeWallerLower", units: "" },
  debye_waller_upper: { key: "debyeWallerUpper", units: "" },
} as const;

/** Names that every variable must leave free in the groups in which it is an axis. */
const TAKEN = [
  ...Object.keys(PROFILE),
  ...QUANTITY_NAMES.flatMap((name) => endsOf(nameAndUnit(name).name)),
  ...["file", "scan", "verdict", "confidence", "converged", "rms", "chi2_per_point", "error"],
  ...["crystal", "repeats", "band_level"],
  ...OF_LAYER.flatMap((name) => endsOf(nameAndUnit(name).name)),
];

/** NXdata of the quantities against the variable (`entry/quantities`, the default plot), of the profiles (`entry/profiles`, a row a
 *  scan) and of layers where there are any; the scans with their variables and errors (`entry/scans`); NXprocess with program,
 *  version and settings. What is not known is NaN, or an empty text.
 *  @param library h5wasm; looked for by its name where it is not given
 *  @returns the file's bytes
 *  @throws {InvalidParameterError} where h5wasm is not installed */
export async function tableNexus(table: NexusTable, library?: Hdf5Writer): Promise<Uint8Array> {
  const profiles = await matricesOf(table.profiles, table.rows.length);
  return nexusFile(library, (root) => fill(root, table, profiles));
}

function fill(root: Hdf5OutputGroup, table: NexusTable, profiles: Matrices): void {
  const { rows, settings, version, level } = table,
    variables = variablesOf(table),
    series = variables.find(({ name }) => name === table.against),
    axis: Axis = { name: series?.path ?? "place", values: series?.numbers ?? rows.map((_, i) => i + 1) };
  root.create_attribute("default", "entry");
  root.create_attribute("creator", `takagi ${VERSION}`);
  const entry = group(root, "entry", "NXentry");
  entry.create_attribute("default", "quantities");
  text(entry, "title", `${rows.length} scans against ${table.against}`);
  if (level !== undefined) number(entry, "band_level", level, "");
  fillQuantities(entry, rows, axis);
  if (profiles.depths > 0) fillProfiles(entry, profiles, axis);
  if (mostLayers(rows) > 0) fillLayers(entry, rows, axis);
  fillScans(entry, rows, variables);
  const process = group(entry, "process", "NXprocess");
  text(process, "program", "takagi");
  text(process, "version", version);
  note(process, "settings", settings);
}

/** The variable of the series in a group of data. */
interface Axis {
  readonly name: string;
  readonly values: readonly number[];
}

function fillQuantities(entry: Hdf5OutputGroup, rows: readonly ResultRow[], axis: Axis): void {
  const data = group(entry, "quantities", "NXdata"),
    [signal, ...others] = QUANTITY_NAMES.map((name) => nameAndUnit(name).name);
  data.create_attribute("signal", signal!);
  data.create_attribute("axes", [axis.name]);
  data.create_attribute("auxiliary_signals", others);
  array(data, axis.name, Float64Array.from(axis.values), "");
  for (const own of QUANTITY_NAMES) {
    const { name, unit } = nameAndUnit(own);
    for (const [k, key] of KEYS.entries())
      array(
        data,
        endsOf(name)[k]!,
        Float64Array.from(rows, ({ quantities }) => quantities[own][key]),
        unit,
      );
  }
}

function fillProfiles(entry: Hdf5OutputGroup, { rows, values }: Matrices, axis: Axis): void {
  const data = group(entry, "profiles", "NXdata"),
    names = Object.keys(PROFILE) as ProfileName[];
  data.create_attribute("signal", "strain");
  data.create_attribute("axes", [axis.name, "depth"]);
  data.create_attribute(`${axis.name}_indices`, [0]);
  data.create_attribute("depth_indices", [0, 1]);
  data.create_attribute(
    "auxiliary_signals",
    names.filter((name) => name !== "depth" && name !== "strain"),
  );
  array(data, axis.name, Float64Array.from(axis.values), "");
  for (const name of names) matrix(data, name, { data: values[name], rows, units: PROFILE[name].units });
}

/** A row a scan, its layers from below. */
function fillLayers(entry: Hdf5OutputGroup, rows: readonly ResultRow[], axis: Axis): void {
  const data = group(entry, "layers", "NXdata"),
    most = mostLayers(rows),
    places = rows.flatMap(({ layers }) => Array.from({ length: most }, (_, k) => layers[k]));
  data.create_attribute("signal", "thickness");
  data.create_attribute("axes", [axis.name, "."]);
  data.create_attribute("auxiliary_signals", ["strain", "debye_waller"]);
  array(data, axis.name, Float64Array.from(axis.values), "");
  for (const own of OF_LAYER) {
    const { name, unit } = nameAndUnit(own);
    for (const [k, key] of KEYS.entries()) {
      const values = Float64Array.from(places, (layer) => quantityOf(layer?.[own])[key]);
      matrix(data, endsOf(name)[k]!, { data: values, rows: rows.length, units: unit });
    }
  }
  const repeats = Float64Array.from(places, (layer) => layer?.repeats ?? NaN);
  matrix(data, "repeats", { data: repeats, rows: rows.length, units: "" });
  for (let k = 0; k < most; k++)
    texts(
      data,
      `crystal_${k + 1}`,
      rows.map(({ layers }) => layers[k]?.crystal ?? ""),
    );
}

function fillScans(entry: Hdf5OutputGroup, rows: readonly ResultRow[], variables: readonly Variable[]): void {
  const scans = group(entry, "scans", "NXcollection"),
    column = (name: string, of: (row: ResultRow) => number): void =>
      array(scans, name, Float64Array.from(rows, of), "");
  texts(
    scans,
    "file",
    rows.map(({ file }) => file),
  );
  column("scan", ({ scan }) => scan);
  texts(
    scans,
    "verdict",
    rows.map(({ verdict }) => verdict ?? ""),
  );
  column("confidence", ({ confidence }) => confidence);
  column("converged", ({ converged }) => (converged === undefined ? NaN : Number(converged)));
  column("rms", ({ rms }) => rms);
  column("chi2_per_point", ({ chi2PerPoint }) => chi2PerPoint);
  texts(
    scans,
    "error",
    rows.map(({ error }) => error ?? ""),
  );
  for (const { path, numbers, words } of variables)
    if (words === undefined) array(scans, path, Float64Array.from(numbers), "");
    else texts(scans, path, words);
}

/** A variable of the scans under a name that NeXus allows. */
interface Variable {
  readonly name: string;
  readonly path: string;
  /** NaN where it is none. */
  readonly numbers: readonly number[];
  /** Where it is a text of some scans. */
  readonly words: readonly string[] | undefined;
}

function variablesOf({ rows, names }: NexusTable): Variable[] {
  const taken = new Set<string>(TAKEN);
  return names.map((name) => {
    const plain = name.replace(/[^A-Za-z0-9_]/g, "_");
    let path = plain === "" || taken.has(plain) ? `variable_${plain}` : plain;
    for (let k = 2; taken.has(path); k++) path = `${plain}_${k}`;
    taken.add(path);
    const values = rows.map(({ variables }) => variables.get(name)),
      isText = values.some((value) => typeof value === "string");
    return {
      name,
      path,
      numbers: values.map((value) => (typeof value === "number" ? value : NaN)),
      words: isText ? values.map((value) => String(value ?? "")) : undefined,
    };
  });
}

const KEYS = ["value", "lower", "upper"] as const satisfies readonly (keyof Quantity)[];

function endsOf(name: string): readonly [value: string, lower: string, upper: string] {
  return [name, `${name}_lower`, `${name}_upper`];
}

type ProfileName = keyof typeof PROFILE;

interface Matrices {
  readonly rows: number;
  /** Columns: those of the longest profile. */
  readonly depths: number;
  readonly values: Readonly<Record<ProfileName, Float64Array>>;
}

/** All profiles below each other, NaN where one has ended. */
async function matricesOf(profiles: AsyncIterable<LineProfile | undefined>, rows: number): Promise<Matrices> {
  const names = Object.keys(PROFILE) as ProfileName[];
  let depths = 0,
    values = empty(0),
    row = 0;
  function empty(width: number): Record<ProfileName, Float64Array> {
    return Object.fromEntries(
      names.map((name) => [name, new Float64Array(rows * width).fill(NaN)]),
    ) as Record<ProfileName, Float64Array>;
  }
  for await (const profile of profiles) {
    const length = profile?.depthNm.length ?? 0;
    if (length > depths) {
      const wider = empty(length);
      for (const name of names)
        for (let i = 0; i < row; i++)
          wider[name].set(values[name].subarray(i * depths, (i + 1) * depths), i * length);
      [values, depths] = [wider, length];
    }
    if (profile !== undefined)
      for (const name of names)
        values[name].set(
          profile[PROFILE[name].key].map((value) => value ?? NaN),
          row * depths,
        );
    row += 1;
  }
  return { rows, depths, values };
}
