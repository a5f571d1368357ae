/** Small files in every dialect that is read, or refused for a reason, each with what it holds: for tests and for the fuzz. */
import type { ReadScansOptions } from "../../src/io/read.ts";
import type { ScanAxis, ScanFormat } from "../../src/types.ts";
import {
  brukerText,
  columns,
  nexus,
  nja,
  oldBrml,
  panalyticalCsv,
  rigakuAscii,
  spec,
  specMesh,
  uxd,
  x00,
} from "./dialects.ts";
import { ALPHA1, brml, filled, type Measurement, ras, rasx, raw1, raw2, raw3, raw4, xrdml } from "./files.ts";

/** What a scan holds. */
export interface Right {
  readonly axis?: ScanAxis | undefined;
  /** Of the angles that led: the first and the last, degrees. */
  readonly angles: readonly [first: number, last: number];
  readonly points: number;
  readonly highest: number;
  readonly wavelength?: number | undefined;
  readonly countingTime?: number | undefined;
}

export interface CorpusFile {
  readonly name: string;
  /** Reader, as the fuzz names it. */
  readonly target: string;
  readonly format?: ScanFormat;
  readonly bytes: Uint8Array;
  readonly options?: ReadScansOptions;
  /** Of each scan in it; or why it is refused. */
  readonly right: readonly Right[] | RegExp;
}

interface Knows {
  /** The file says what moved (true), or its angles are 2θ by default. */
  readonly axis?: boolean;
  readonly wavelength?: boolean;
  readonly time?: boolean;
}

function right(
  measurement: Measurement = {},
  { axis = true, wavelength = true, time = true }: Knows = {},
): Right {
  const m = filled(measurement);
  const x = m.axis === "omega" ? m.sample : m.detector;
  return {
    ...(axis ? { axis: m.axis } : {}),
    angles: [x[0]!, x.at(-1)!],
    points: m.n,
    highest: Math.max(...m.counts.map((count, i) => count * (m.attenuation[i] ?? 1))),
    wavelength: wavelength ? ALPHA1 : undefined,
    countingTime: time ? m.countingTime : undefined,
  };
}

const BARE: Knows = { axis: false, wavelength: false, time: false };
const omega = { axis: "omega" } as const;
const detector = { axis: "2theta", omega: 1 } as const;
const attenuated = { attenuation: [1, 1, 1, 9, 9, 9, 1, 1, 1, 1] } as const;
const tail = {
  twoTheta: 72.2,
  omega: 36.1,
  step: 0.04,
  counts: [9, 8, 11, 7, 10, 9],
  countingTime: 8,
} as const;
/** Coupled scans of a map: ω steps, 2θ runs. */
const map = [-0.02, 0, 0.02].map((offset) => ({ omega: 36 + offset }));
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (file: Uint8Array, change: (text: string) => string) =>
  bytes(change(new TextDecoder().decode(file)));
const concat = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

type Several = readonly [name: string, scans: readonly Measurement[]];
const SEVERAL: readonly Several[] = [
  ["one scan", [{}]],
  ["the detector alone", [detector]],
  ["a rocking scan", [omega]],
  ["two regions of other steps and times", [{}, tail]],
];

function each(
  target: string,
  write: (scans: readonly Measurement[]) => Uint8Array,
  {
    format,
    several = SEVERAL,
    knows,
  }: { format?: ScanFormat; several?: readonly Several[]; knows?: Knows } = {},
): CorpusFile[] {
  return several.map(([name, scans]) => ({
    name: `${target}: ${name}`,
    target,
    ...(format === undefined ? {} : { format }),
    bytes: write(scans),
    right: scans.map((scan) => right(scan, knows)),
  }));
}

function one(
  target: string,
  name: string,
  file: Uint8Array,
  {
    measurement = {},
    knows,
    ...rest
  }: Partial<CorpusFile> & { measurement?: Measurement; knows?: Knows } = {},
): CorpusFile {
  return { name: `${target}: ${name}`, target, bytes: file, right: [right(measurement, knows)], ...rest };
}

const rasText = text(ras(), (all) => all);

export const CORPUS: readonly CorpusFile[] = [
  ...each("xrdml", (scans) => xrdml(scans)),
  one(
    "xrdml",
    "1.x with attenuation, listed positions",
    xrdml([attenuated], { version: "1.3", positions: "list" }),
    { measurement: attenuated },
  ),
  one("xrdml", "2.x with attenuation", xrdml([attenuated]), { measurement: attenuated }),
  { name: "xrdml: a map", target: "xrdml", bytes: xrdml(map), right: map.map((scan) => right(scan)) },
  ...each("brml", (scans) => brml(scans)),
  one("brml", "attenuated", brml([attenuated]), { measurement: attenuated }),
  one("brml", "of older programs, FieldName", oldBrml()),
  one("brml", "of older programs, a rocking scan", oldBrml(omega), { measurement: omega }),
  one("brml", "of older programs, temperatures beside", oldBrml({}, { field: "Temperature" })),
  one("brml", "without views", oldBrml({}, { views: false })),
  { name: "brml: a map", target: "brml", bytes: brml(map), right: map.map((scan) => right(scan)) },
  ...each("ras", (scans) => ras(scans)),
  one("ras", "attenuated", ras([attenuated]), { measurement: attenuated }),
  one(
    "ras",
    "a comment before the header",
    concat(bytes("* a note of the operator\r\n# another\r\n"), rasText),
  ),
  one(
    "ras",
    "in Japanese Windows text",
    concat(
      bytes("*RAS_DATA_START\r\n"),
      Uint8Array.of(0x2a, 0x46, 0x20, 0x83, 0x65, 13, 10),
      rasText.subarray(17),
    ),
  ),
  ...each("rasx", (scans) => rasx(scans)),
  one("rasx", "attenuated", rasx([attenuated]), { measurement: attenuated }),
  { name: "rasx: a map", target: "rasx", bytes: rasx(map), right: map.map((scan) => right(scan)) },
  ...each("raw", (scans) => raw4(scans), { format: "raw" }),
  ...each("raw", (scans) => raw3(scans), {
    format: "raw",
    several: SEVERAL.map(([name, scans]) => [`version 3, ${name}`, scans] as const),
  }),
  one("raw", "version 1", raw1(), { knows: { axis: false } }),
  one("raw", "version 2", raw2(), { knows: { axis: false } }),
  {
    name: "raw: Rigaku's",
    target: "raw",
    bytes: concat(bytes("FI"), Uint8Array.of(3, 0, 0, 0), new Uint8Array(300)),
    right: /binary RAW of Rigaku.*export it as RAS/,
  },
  {
    name: "raw: Stoe's",
    target: "raw",
    bytes: concat(bytes("RAW_1.06Powdat"), new Uint8Array(600)),
    right: /binary RAW of Stoe.*export it as text/,
  },
  ...each("uxd", (scans) => uxd(scans)),
  ...(["_2THETACPS", "_COUNTS", "_CPS"] as const).map((data) =>
    one("uxd", data, uxd([{}], { data }), {
      right: [{ ...right(), highest: right().highest / (data.endsWith("CPS") ? filled().countingTime : 1) }],
    }),
  ),
  {
    name: "uxd: another kind of data",
    target: "uxd",
    bytes: text(uxd(), (all) => all.replace("_2THETACOUNTS", "_2THETACOUNTSTIME")),
    right: /data of the kind _2THETACOUNTSTIME are not read/,
  },
  ...each("rigakuAscii", (scans) => rigakuAscii(scans), { format: "rigaku-ascii" }),
  one("rigakuAscii", "a remark before", concat(bytes("# a remark\r\n"), rigakuAscii())),
  {
    name: "rigakuAscii: angles in other units",
    target: "rigakuAscii",
    bytes: text(rigakuAscii(), (all) => all.replace("deg.\r", "sec.\r")),
    right: /angles are in "sec\."/,
  },
  one("sections", "Panalytical's CSV", panalyticalCsv(), { format: "panalytical-csv" }),
  one("sections", "two columns", panalyticalCsv({}, { columns: ["Angle", "Intensity"] })),
  one("sections", "columns in another order", panalyticalCsv({}, { columns: ["ESD", "Intensity", "Angle"] })),
  one("sections", "semicolons and decimal commas", panalyticalCsv({}, { separator: ";", decimal: "," })),
  one("sections", "a rocking scan", panalyticalCsv(omega), { measurement: omega }),
  one(
    "sections",
    "points counted for other times",
    panalyticalCsv({}, { times: [2, 2, 2, 1, 1, 1, 2, 2, 2, 2] }),
    { right: [{ ...right(), highest: 2 * right().highest }] },
  ),
  {
    name: "sections: no intensity among the columns",
    target: "sections",
    bytes: panalyticalCsv({}, { columns: ["Angle", "TimePerStep", "ESD"] }),
    right: /header is Angle \| TimePerStep \| ESD, and none holds intensities/,
  },
  ...each("sections", (scans) => brukerText(scans), {
    format: "bruker-text",
    several: SEVERAL.map(([name, scans]) => [`Bruker's text, ${name}`, scans] as const),
  }),
  {
    name: "sections: of a program that is not known",
    target: "sections",
    bytes: bytes("[Spectrum]\n72 5\n73 6\n"),
    right: /section \[spectrum\] is of no format/,
  },
  one("x00", "ω/2θ", x00()),
  one("x00", "2θ/ω", x00({}, { axis: "2Theta/Omega" })),
  one("x00", "a rocking scan", x00(omega, { axis: "Omega" }), { measurement: omega }),
  ...each("nja", (scans) => nja(scans), {
    several: SEVERAL.filter(([, [scan]]) => scan!.axis !== undefined).concat([
      ["two scans", [detector, detector]],
    ]),
  }),
  ...each("spec", (scans) => spec(scans)),
  one("spec", "a monitor that falls", spec([{}], { counters: { Monitor: [4, 4, 4, 4, 2, 2, 2, 2, 2, 2] } }), {
    right: [{ ...right(), highest: (900 * 2.8) / 2 }],
  }),
  {
    name: "spec: a mesh",
    target: "spec",
    bytes: specMesh(map),
    right: map.map((scan) => right(scan, { wavelength: false, time: false })),
  },
  one("nexus", "the default plot", nexus()),
  one("nexus", "radians, attributes of the data", nexus([{}], { units: "rad", style: "data" })),
  one("nexus", "a rocking scan", nexus([omega]), { measurement: omega }),
  one("nexus", "the energy of the beam", nexus([{}], { energy: 12.398419843320026 / ALPHA1 })),
  {
    name: "nexus: several plots, none the default",
    target: "nexus",
    bytes: nexus([{}, detector]),
    right: [right(), right(detector)],
  },
  {
    name: "nexus: the plot that is chosen",
    target: "nexus",
    bytes: nexus([{}, detector]),
    options: { path: "entry/data2" },
    right: [right(detector)],
  },
  ...(
    [
      ["spaces", {}],
      ["tabs and CR LF", { separator: "\t", newline: "\r\n" }],
      ["commas", { separator: "," }],
      ["trailing commas", { separator: ",   ", end: "," }],
      ["semicolons and decimal commas", { separator: ";", decimal: "," }],
      ["a header", { head: "Sample: YSZ, irradiated\n2Theta Intensity\n" }],
      ["a header with units", { head: "2θ (°)\tIntensity (counts)\n", separator: "\t" }],
      ["the intensity first", { head: "Counts,2Theta\n", separator: ",", order: "intensity first" }],
      ["comments of all kinds", { head: "# a\n; b\n% c\n! d\n// e\n* f\n' g\n" }],
      ["a byte order mark", { head: "\ufeff" }],
    ] as const
  ).map(([name, dress]) => one("text", name, columns({}, dress), { format: "text", knows: BARE })),
  one("text", "ω, by its header", columns(omega, { head: "Omega Counts\n" }), {
    measurement: omega,
    knows: { ...BARE, axis: true },
  }),
  one("text", "with the background subtracted", columns({}, { background: 10.5 }), {
    right: [{ ...right({}, BARE), highest: right().highest - 10.5 }],
  }),
  ...(
    [
      ["keywords", "*START = 72\n*DELTA = 0.02\n72 5\n73 6\n", /"\*START" is a keyword of no format/],
      ["many columns without names", "72 1 5 2 7\n73 1 6 2 7\n", /5 columns of numbers and no names/],
      ["intensities line by line", "72 0.02 73\n8 7 6 5\n5 4 6 7\n", /row has 4 numbers/],
      ["reciprocal ångströms", "Q (1/A),Counts\n4.1,5\n4.2,6\n", /none of its columns is one of angles/],
    ] as const
  ).map(([name, words, why]) => ({ name: `text: ${name}`, target: "text", bytes: bytes(words), right: why })),
];
