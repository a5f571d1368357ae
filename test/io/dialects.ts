/** Small files in the dialects of text, and in NeXus: one measurement in each. What they hold is asked for; nothing is typed in. */
import * as h5wasm from "h5wasm";
import { zipSync } from "fflate";
import { ALPHA1, ALPHA2, type Filled, filled, type Measurement } from "./files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const fixed = (value: number) => String(Number(value.toFixed(6)));
const leading = (m: Filled) => (m.axis === "omega" ? m.sample : m.detector);
const raised = (m: Filled) => m.counts.map((count, i) => count * (m.attenuation[i] ?? 1));

export interface UxdOptions {
  readonly data?: "_2THETACOUNTS" | "_2THETACPS" | "_COUNTS" | "_CPS";
}

export function uxd(
  scans: readonly Measurement[] = [{}],
  { data = "_2THETACOUNTS" }: UxdOptions = {},
): Uint8Array {
  const drives = { "2theta-omega": "COUPLED", "2theta": "2THETA", omega: "THETA" } as const;
  const range = (m: Filled, k: number) => {
    const x = leading(m);
    const y = m.counts.map((count) => (data.endsWith("CPS") ? fixed(count / m.countingTime) : String(count)));
    const rows = data.startsWith("_2THETA")
      ? m.counts.map((_, i) => `${x[i]!.toFixed(6)}\t${y[i]!}`)
      : Array.from({ length: Math.ceil(y.length / 4) }, (_, i) => y.slice(4 * i, 4 * i + 4).join(" "));
    return `; Data for range ${k + 1}
_DRIVE = '${drives[m.axis]}'
_STEPTIME = ${m.countingTime}
_STEPSIZE = ${fixed(m.step)}
_STEPCOUNT = ${m.n}
_START = ${fixed(x[0]!)}
_THETA = ${m.omega}
_2THETA = ${m.twoTheta}
_V4_TEMPERATURE = 350
${data}
; 2THETA\tCnt2_D1
${rows.join("\n")}`;
  };
  const ranges = scans.map((each, k) => range(filled(each), k)).join("\n\n");
  return bytes(`; (Bruker) UXD\n_FILEVERSION = 3\n_SAMPLE = 'YSZ & more'\n_COMMENT = 4 < 5\n_WL_UNIT = A
_WL1 = ${ALPHA1}\n_WL2 = ${ALPHA2}\n_WLRATIO = 0.5\n\n${ranges}\n`);
}

export function rigakuAscii(scans: readonly Measurement[] = [{}]): Uint8Array {
  const names = { "2theta-omega": "2Theta/Omega", "2theta": "2Theta", omega: "Omega" } as const;
  // All groups of a file have one axis.
  const head = filled(scans[0]);
  const group = (m: Filled, k: number) => {
    const x = leading(m);
    const rows = Array.from({ length: Math.ceil(m.n / 4) }, (_, i) =>
      m.counts.slice(4 * i, 4 * i + 4).join(", "),
    );
    return `*BEGIN\n*GROUP\t\t=  ${k}\n*START\t\t=  ${fixed(x[0]!)}\n*STOP\t\t=  ${fixed(x.at(-1)!)}\n*STEP\t\t=  ${fixed(m.step)}
*OFFSET\t\t=  0\n*SPEED\t\t=  ${fixed((60 * m.step) / m.countingTime)}\n*SPEED_DIM\t=  deg./min.\n*COUNT\t\t=  ${m.n}\n${rows.join("\n")}\n*END`;
  };
  const text = `*TYPE\t\t=  Raw\n*CLASS\t\t=  ASCII CLASS\n*SAMPLE\t\t=  YSZ & more\n*COMMENT\t=  4 < 5\n*SCAN_AXIS\t=  ${names[head.axis]}
*MEAS_MODE\t=  Continuous Scanning\n*XRAY_CHAR\t=  K-ALPHA\n*WAVE_LENGTH1\t=  ${ALPHA1}\n*WAVE_LENGTH2\t=  ${ALPHA2}\n*XUNIT\t\t=  deg.
*YUNIT\t\t=  counts\n*GROUP_COUNT\t=  ${scans.length}\n${scans.map((each, k) => group(filled(each), k)).join("\n")}\n*EOF\n`;
  return bytes(text.replace(/\n/g, "\r\n"));
}

/** How the program's language separates columns and writes decimals. */
export interface CsvOptions {
  readonly separator?: "," | ";";
  readonly decimal?: "." | ",";
  readonly columns?: readonly ("Angle" | "TimePerStep" | "Intensity" | "ESD")[];
  /** Counting time of each point. */
  readonly times?: readonly number[];
}

export function panalyticalCsv(
  measurement: Measurement = {},
  {
    separator = ",",
    decimal = ".",
    columns = ["Angle", "TimePerStep", "Intensity", "ESD"],
    times,
  }: CsvOptions = {},
): Uint8Array {
  const m = filled(measurement);
  const number = (value: number | string) => String(value).replace(".", decimal);
  const axis = { "2theta-omega": "2Theta/Omega", "2theta": "2Theta", omega: "Omega" }[m.axis];
  const rows = m.counts.map((count, i) => {
    const fields = {
      Angle: leading(m)[i]!.toFixed(4),
      TimePerStep: times?.[i] ?? m.countingTime,
      Intensity: count,
      ESD: Math.sqrt(count).toFixed(3),
    };
    return columns.map((name) => number(fields[name])).join(separator);
  });
  const key = (name: string, value: string | number) => `${name}${separator}${number(value)}`;
  return bytes(`[Measurement conditions]
${key("Sample identification", "YSZ & more")}
${key("Comment", "4 < 5")}
${key("Anode material", "Cu")}
${key("Used wavelength", "K-Alpha 1")}
${key("K-Alpha1 wavelength", ALPHA1)}
${key("K-Alpha2 wavelength", ALPHA2)}
${key("Ratio K-A2/K-A1", 0.5)}
${key("Scan axis", axis)}
${key("Scan step size", fixed(m.step))}
${key("No. of points", m.n)}
${key("Time per step", m.countingTime)}

[Scan points]
${columns.join(separator)}
${rows.join("\r\n")}
`);
}

export function brukerText(scans: readonly Measurement[] = [{}]): Uint8Array {
  const types = {
    "2theta-omega": "Unlocked Coupled",
    "2theta": "Detector Scan",
    omega: "Rocking Curve",
  } as const;
  const range = (m: Filled) => `[RangeHeader]
ScanType=${types[m.axis]}
Start=${fixed(leading(m)[0]!)}
StepSize=${fixed(m.step)}
Steps=${m.n}
Time=${m.countingTime}
2Theta=${m.twoTheta}
Theta=${m.omega}
[Data]
     Angle,       PSD,
${m.counts.map((count, i) => `${fixed(leading(m)[i]!).padStart(10)},${String(count).padStart(10)},`).join("\n")}`;
  return bytes(`;RAW4.00\n[RawHeader]\nSAMPLE=YSZ & more\nCOMMENT=4 < 5\nAlpha1=${ALPHA1}\nAlpha2=${ALPHA2}\nAlphaRatio=0.5
${scans.map((each) => range(filled(each))).join("\n")}\n`);
}

export function x00(measurement: Measurement = {}, { axis = "Omega/2Theta" } = {}): Uint8Array {
  const m = filled(measurement);
  const isOmega = axis.startsWith("Omega");
  const step = isOmega && m.axis !== "omega" ? m.step / 2 : m.step;
  const middle = Math.floor(m.n / 2);
  return bytes(`HR-XRDScan
FileName, a.x00
Sample, YSZ & more
Reflection,   4  0  0
Wavelength, ${ALPHA1}
Omega, ${fixed(m.sample[middle]!)}
TwoTheta, ${fixed(m.detector[middle]!)}
ScanType, CONTINUOUS
ScanAxis, ${axis}
FirstAngle, ${fixed(isOmega ? m.sample[0]! : m.detector[0]!)}
ScanRange, ${fixed(step * (m.n - 1))}
StepWidth, ${fixed(step)}
TimePerStep, ${m.countingTime}
NrOfData, ${m.n}
ScanData
${m.counts.map((count) => count.toFixed(4)).join("\n")}
`);
}

export function nja(scans: readonly Measurement[] = [{}]): Uint8Array {
  const scan = (m: Filled) => `#ScanTableParameter
&ScanAxis=${m.axis === "omega" ? "O" : "T"}
&Axis=${m.axis === "omega" ? "T" : "O"} &Task=Drive &Pos=${fixed(m.axis === "omega" ? m.twoTheta : m.omega)}
&Start=${fixed(leading(m)[0]!)} &End=${fixed(leading(m).at(-1)!)} &Step=${fixed(m.step)}
&Time=${m.countingTime}
#Values
&NoValues=${m.n}
${m.counts.map((count, i) => `  ${leading(m)[i]!.toFixed(4)}   ${count.toFixed(1)}`).join("\n")}`;
  return bytes(
    `&NumScans=${scans.length} &Sample=YSZ & more &Wavelength=${ALPHA1}\n${scans.map((each) => scan(filled(each))).join("\n")}\n`,
  );
}

export interface SpecOptions {
  /** Numbers of the scans; 1, 2, … */
  readonly numbers?: readonly number[];
  /** Columns besides angles and detector, one value a point. */
  readonly counters?: Readonly<Record<string, readonly number[]>>;
  readonly energy?: number;
}

export function spec(
  scans: readonly Measurement[] = [{}],
  { numbers, counters = {}, energy }: SpecOptions = {},
): Uint8Array {
  const scan = (m: Filled, k: number) => {
    const moving = [
      ...(m.axis === "omega" ? [] : [["Two Theta", m.detector] as const]),
      ...(m.axis === "2theta" ? [] : [["Theta", m.sample] as const]),
    ];
    const extra = Object.entries(counters);
    const labels = [...moving.map(([name]) => name), "Epoch", ...extra.map(([name]) => name), "Detector"];
    const rows = m.counts.map((count, i) =>
      [...moving.map(([, x]) => fixed(x[i]!)), i, ...extra.map(([, values]) => values[i]), count].join(" "),
    );
    return `#S ${numbers?.[k] ?? k + 1}  ascan  tth ${m.twoTheta} ${fixed(leading(m).at(-1)!)} ${m.n - 1} ${m.countingTime}
#D Wed May 4 23:59:49 1988
#T ${m.countingTime}  (Seconds)
#G4 0 0 4 ${ALPHA1} 0 0
#P0 ${m.twoTheta} ${m.omega} 90 ${energy ?? 0}
#N ${labels.length}
#L ${labels.join("  ")}
${rows.join("\n")}
@A 1 2 3\\
 4 5 6
`;
  };
  return bytes(`#F a.spec
#E 578000000
#D Wed May 4 23:59:49 1988
#C 4 < 5
#O0 Two Theta  Theta  Phi  Energy

${scans.map((each, k) => scan(filled(each), k)).join("\n")}`);
}

/** A mesh in SPEC: the second angle steps, the first runs. */
export function specMesh(rows: readonly Measurement[]): Uint8Array {
  const all = rows.map((each) => filled(each));
  const lines = all.flatMap((m) =>
    m.counts.map((count, i) => [fixed(m.detector[i]!), fixed(m.sample[i]!), count].join(" ")),
  );
  return bytes(
    `#F a.spec\n\n#S 7  mesh  tth  th\n#N 3\n#L Two Theta  Theta  Detector\n${lines.join("\n")}\n`,
  );
}

/** BRML as older programs write it: FieldName in place of AxisId, or no views at all. */
export function oldBrml(measurement: Measurement = {}, { views = true, field = "" } = {}): Uint8Array {
  const m = filled(measurement);
  const axes = [
    ...(m.axis === "omega" ? [] : [["TwoTheta", m.detector] as const]),
    ...(m.axis === "2theta" ? [] : [["Theta", m.sample] as const]),
    ...(field === "" ? [] : [[field, m.counts.map((_, i) => 300 + i)] as const]),
  ];
  const rows = m.counts.map(
    (count, i) =>
      `<Datum>${[m.countingTime, 1, ...axes.map(([, x]) => fixed(x[i]!)), count].join(",")}</Datum>`,
  );
  const viewsXml = `<DataViews><RawDataView Start="0" Length="1" LogicName="MeasuredTime"/><RawDataView Start="1" Length="1" LogicName="AbsorptionFactor"/>
<RawDataView Start="2" Length="${axes.length}"><Varying LogicName="ScanAxes">${axes.map(([name]) => `<FieldDefinitions FieldName="${name}"/>`).join("")}</Varying></RawDataView>
<RawDataView Start="${2 + axes.length}" Length="1"><Recording LogicName="ScanCounter"><Unit Base="Counts"/></Recording></RawDataView></DataViews>`;
  return zipSync({
    "Experiment0/RawData0.xml":
      bytes(`<?xml version="1.0"?><RawData><DataRoutes><DataRoute RouteFlag="Measured"><ScanInformation VisibleName="Coupled TwoTheta/Theta">
<TimePerStep>${m.countingTime}</TimePerStep><ScanAxes>${axes.map(([name]) => `<ScanAxisInfo AxisName="${name}"/>`).join("")}</ScanAxes></ScanInformation>
${rows.join("\n")}${views ? viewsXml : ""}</DataRoute></DataRoutes>
<FixedInformation><Tube><WaveLengthAlpha1 Value="${ALPHA1}"/><WaveLengthAlpha2 Value="${ALPHA2}"/><WaveLengthRatio Value="0.5"/></Tube></FixedInformation></RawData>`),
  });
}

/** The same measurement as text of columns in a dress of its own. */
export interface Dress {
  readonly head?: string;
  readonly separator?: string;
  readonly decimal?: "." | ",";
  readonly end?: string;
  readonly order?: "angle first" | "intensity first";
  readonly newline?: string;
  /** Taken from every intensity: what a program took for the background. */
  readonly background?: number;
}

export function columns(measurement: Measurement = {}, dress: Dress = {}): Uint8Array {
  const {
    head = "",
    separator = " ",
    decimal = ".",
    end = "",
    order = "angle first",
    newline = "\n",
  } = dress;
  const m = filled(measurement);
  const rows = raised(m).map((count, i) => {
    const pair = [leading(m)[i]!.toFixed(4), String(count - (dress.background ?? 0))].map((value) =>
      value.replace(".", decimal),
    );
    return (order === "angle first" ? pair : pair.reverse()).join(separator) + end;
  });
  return bytes(head + rows.join(newline) + newline);
}

export interface NexusOptions {
  readonly units?: "deg" | "rad";
  /** Names of signal and axis; by attributes of the group, or, as older files, of the data. */
  readonly style?: "group" | "data";
  /** Whether `default` leads from the root to the plot. */
  readonly hasDefault?: boolean;
  readonly energy?: number;
}

const { FS } = await h5wasm.ready;

export function nexus(
  scans: readonly Measurement[] = [{}],
  { units = "deg", style = "group", hasDefault = scans.length === 1, energy }: NexusOptions = {},
): Uint8Array {
  const file = new h5wasm.File("writer.h5", "w");
  const group = (parent: h5wasm.Group, name: string, kind: string) => {
    const made = parent.create_group(name);
    made.create_attribute("NX_class", kind);
    return made;
  };
  const numbers = (parent: h5wasm.Group, name: string, data: readonly number[], unit?: string) => {
    parent.create_dataset({ name, data: Float64Array.from(data) });
    const made = parent.get(name) as h5wasm.Dataset;
    if (unit !== undefined) made.create_attribute("units", unit);
    return made;
  };
  const entry = group(file, "entry", "NXentry");
  if (hasDefault) {
    file.create_attribute("default", "entry");
    entry.create_attribute("default", "data1");
  }
  entry.create_dataset({ name: "title", data: "4 < 5" });
  group(entry, "sample", "NXsample").create_dataset({ name: "name", data: "YSZ & more" });
  const beam = group(group(entry, "instrument", "NXinstrument"), "beam", "NXbeam");
  if (energy === undefined) numbers(beam, "incident_wavelength", [ALPHA1], "angstrom");
  else numbers(beam, "incident_energy", [energy], "keV");
  scans.forEach((each, k) => {
    const m = filled(each);
    const data = group(entry, `data${k + 1}`, "NXdata");
    const names = { "2theta-omega": "two_theta_omega", "2theta": "two_theta", omega: "omega" } as const;
    const axis = names[m.axis];
    const inUnit = units === "rad" ? leading(m).map((x) => (x * Math.PI) / 180) : leading(m);
    numbers(data, axis, inUnit, units);
    if (m.axis === "2theta") numbers(data, "omega", m.sample, "deg");
    const signal = numbers(data, "counts", m.counts, "counts");
    numbers(data, "count_time", [m.countingTime], "s");
    if (style === "group") {
      data.create_attribute("signal", "counts");
      data.create_attribute("axes", [axis]);
    } else {
      signal.create_attribute("signal", 1);
      signal.create_attribute("axes", axis);
    }
  });
  file.close();
  return FS.readFile("writer.h5").slice();
}
