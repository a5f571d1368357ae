/** Small files as the programs of diffractometers write them, for tests and for the fuzz: one measurement in every format. */
import { zipSync } from "fflate";

export interface Measurement {
  /** What moved; "omega" with 2θ at rest, "2theta" with ω at rest. */
  readonly axis?: "2theta-omega" | "2theta" | "omega";
  /** Degrees: of 2θ and ω at the first point. */
  readonly twoTheta?: number;
  readonly omega?: number;
  /** Of the axis that leads. */
  readonly step?: number;
  readonly counts?: readonly number[];
  /** One a point. */
  readonly attenuation?: readonly number[];
  readonly countingTime?: number;
  /** Where other motors stood (XRDML, BRML, RAS, RASX). */
  readonly motors?: Readonly<Record<string, number>>;
}

export const COUNTS = [12, 15, 11, 40, 900, 41, 13, 9, 0, 10];
export const ALPHA1 = 1.540598;
export const ALPHA2 = 1.544426;

export function filled({
  axis = "2theta-omega",
  twoTheta = 72,
  omega = 36,
  step = 0.02,
  counts = COUNTS,
  attenuation = [],
  countingTime = 2,
  motors = { Phi: 0 },
}: Measurement = {}) {
  const n = counts.length;
  const movesDetector = axis !== "omega";
  const movesSample = axis !== "2theta";
  const detector = Array.from({ length: n }, (_, i) => twoTheta + (movesDetector ? i * step : 0));
  const sample = Array.from(
    { length: n },
    (_, i) => omega + (movesSample ? i * (axis === "omega" ? step : step / 2) : 0),
  );
  return { axis, twoTheta, omega, step, counts, attenuation, countingTime, motors, n, detector, sample };
}

export type Filled = ReturnType<typeof filled>;
const bytes = (text: string) => new TextEncoder().encode(text);
const fixed = (value: number) => String(Number(value.toFixed(6)));

export interface XrdmlOptions {
  readonly version?: "1.3" | "2.1";
  readonly positions?: "ends" | "list";
  readonly intended?: string;
}

export function xrdml(
  scans: readonly Measurement[] = [{}],
  { version = "2.1", positions = "ends", intended = "K-Alpha 1" }: XrdmlOptions = {},
): Uint8Array {
  const axisNames = { "2theta-omega": "Gonio", "2theta": "2Theta", omega: "Omega" } as const;
  const place = (axis: string, values: readonly number[]) => {
    const [first, last] = [values[0]!, values.at(-1)!];
    const inside =
      first === last
        ? `<commonPosition>${fixed(first)}</commonPosition>`
        : positions === "list"
          ? `<listPositions>${values.map(fixed).join(" ")}</listPositions>`
          : `<startPosition>${fixed(first)}</startPosition><endPosition>${fixed(last)}</endPosition>`;
    return `<positions axis="${axis}" unit="deg">${inside}</positions>`;
  };
  const scanXml = (m: Filled) => {
    const corrected = m.counts.map((count, i) => count * (m.attenuation[i] ?? 1));
    const data =
      version === "1.3"
        ? `<intensities unit="counts">${corrected.join(" ")}</intensities>`
        : `<counts unit="counts">${m.counts.join(" ")}</counts>`;
    const factors =
      m.attenuation.length > 0
        ? `<beamAttenuationFactors>${m.attenuation.join(" ")}</beamAttenuationFactors>`
        : "";
    return `<scan appendNumber="0" mode="Continuous" scanAxis="${axisNames[m.axis]}" status="Completed"><header><author><name>A &amp; B</name></author></header>
<dataPoints>${place("2Theta", m.detector)}${place("Omega", m.sample)}${Object.entries(m.motors)
      .map(([name, position]) => place(name, [position]))
      .join("")}
${factors}<commonCountingTime unit="seconds">${m.countingTime}</commonCountingTime>${data}</dataPoints></scan>`;
  };
  const ns = `http://www.xrdml.com/XRDMeasurement/${version}`;
  return bytes(`<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="${ns}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${ns} ${ns}/XRDMeasurement.xsd" status="Completed">
<sample type="To be analyzed"><id>S1</id><name>YSZ &amp; more</name></sample>
<xrdMeasurement measurementType="Scan" status="Completed"><comment><entry>4 &lt; 5</entry></comment>
<usedWavelength intended="${intended}"><kAlpha1 unit="Angstrom">${ALPHA1}</kAlpha1><kAlpha2 unit="Angstrom">${ALPHA2}</kAlpha2><kBeta unit="Angstrom">1.39225</kBeta><ratioKAlpha2KAlpha1>0.5</ratioKAlpha2KAlpha1></usedWavelength>
${scans.map((m) => scanXml(filled(m))).join("\n")}
</xrdMeasurement></xrdMeasurements>`);
}

export function brml(scans: readonly Measurement[] = [{}]): Uint8Array {
  const files: Record<string, Uint8Array> = {
    "experimentCollection.xml": bytes("<ExperimentCollection/>"),
    "Experiment0/DataContainer.xml": bytes(
      '<DataContainer><MeasurementInfo SampleName="YSZ &amp; more" Comment="4 &lt; 5"/></DataContainer>',
    ),
  };
  scans.forEach((measurement, k) => {
    const m = filled(measurement);
    const moving = [
      ...(m.axis === "omega" ? [] : [["TwoTheta", m.detector] as const]),
      ...(m.axis === "2theta" ? [] : [["Theta", m.sample] as const]),
    ];
    const still = m.axis === "omega" ? ["TwoTheta", m.twoTheta] : ["Theta", m.omega];
    const fields = moving.map(([id]) => `<FieldDefinitions FieldName="${id}" AxisId="${id}"/>`).join("");
    const rows = m.counts.map(
      (count, i) =>
        `<Datum>${[m.countingTime, m.attenuation[i] ?? 1, ...moving.map(([, values]) => fixed(values[i]!)), count * (m.attenuation[i] ?? 1)].join(",")}</Datum>`,
    );
    files[`Experiment0/RawData${k}.xml`] = bytes(`<?xml version="1.0"?>
<RawData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DataRoutes><DataRoute RouteFlag="Measured">
<ScanInformation ScanName="Scan" VisibleName="2Theta-Omega "><TimePerStep>${m.countingTime}</TimePerStep></ScanInformation>
${rows.join("\n")}
<DataViews><RawDataView xsi:type="FixedRawDataView" Start="0" Length="1" LogicName="MeasuredTime" Unit="s"/>
<RawDataView xsi:type="FixedRawDataView" Start="1" Length="1" LogicName="AbsorptionFactor" Unit=""/>
<RawDataView xsi:type="VaryingRawDataView" Start="2" Length="${moving.length}"><Varying LogicName="ScanAxes">${fields}</Varying></RawDataView>
<RawDataView xsi:type="RecordedRawDataView" Start="${2 + moving.length}" Length="1"><Recording LogicName="counter"><Unit Prefix="None" Base="Counts"/></Recording></RawDataView></DataViews>
</DataRoute></DataRoutes><FixedInformation><Drives><InfoData LogicName="${still[0]}"><Position Unit="°" Value="${still[1]}"/></InfoData>${Object.entries(
      m.motors,
    )
      .map(([name, position]) => `<InfoData LogicName="${name}"><Position Value="${position}"/></InfoData>`)
      .join("")}</Drives>
<Tube><WaveLengthAlpha1 Unit="Å" Value="${ALPHA1}"/><WaveLengthAlpha2 Unit="Å" Value="${ALPHA2}"/><WaveLengthRatio Unit="" Value="0.5"/></Tube></FixedInformation></RawData>`);
  });
  return zipSync(files);
}

const RIGAKU_AXES = { "2theta-omega": "TwoThetaOmega", "2theta": "TwoTheta", omega: "Omega" } as const;

function rigakuRows(m: Filled, separator: string): string {
  const x = m.axis === "omega" ? m.sample : m.detector;
  return m.counts
    .map((count, i) => [x[i]!.toFixed(4), count, m.attenuation[i] ?? 1].join(separator))
    .join("\r\n");
}

export function ras(scans: readonly Measurement[] = [{}]): Uint8Array {
  const scanText = (m: Filled) => `*RAS_HEADER_START
*FILE_COMMENT "4 < 5"
*FILE_SAMPLE "YSZ & more"
*HW_XG_WAVE_LENGTH_ALPHA1 "${ALPHA1}"
*HW_XG_WAVE_LENGTH_ALPHA2 "${ALPHA2}"
*HW_XG_WAVE_LENGTH_BETA "1.392250"
*MEAS_COND_AXIS_NAME_INTERNAL-0 "TwoTheta"
*MEAS_COND_AXIS_NAME_INTERNAL-1 "Omega"
*MEAS_COND_AXIS_POSITION-0 "${m.twoTheta}"
*MEAS_COND_AXIS_POSITION-1 "${m.omega}"
${Object.entries(m.motors)
  .map(
    ([name, position], i) =>
      `*MEAS_COND_AXIS_NAME_INTERNAL-${i + 2} "${name}"\n*MEAS_COND_AXIS_POSITION-${i + 2} "${position}"`,
  )
  .join("\n")}
*MEAS_COND_XG_WAVE_TYPE "Ka"
*MEAS_DATA_COUNT "${m.n}"
*MEAS_SCAN_AXIS_X_INTERNAL "${RIGAKU_AXES[m.axis]}"
*MEAS_SCAN_SPEED "${fixed((60 * m.step) / m.countingTime)}"
*MEAS_SCAN_SPEED_UNIT "deg/min"
*MEAS_SCAN_STEP "${fixed(m.step)}"
*MEAS_SCAN_UNIT_Y "counts"
*RAS_HEADER_END
*RAS_INT_START
${rigakuRows(m, " ")}
*RAS_INT_END`;
  const text = ["*RAS_DATA_START", ...scans.map((m) => scanText(filled(m))), "*RAS_DATA_END", ""].join("\n");
  return bytes(text.replace(/\r?\n/g, "\r\n"));
}

export function rasx(scans: readonly Measurement[] = [{}]): Uint8Array {
  const files: Record<string, Uint8Array> = { "root.xml": bytes("<Root/>") };
  scans.forEach((measurement, k) => {
    const m = filled(measurement);
    files[`Data${k}/Profile${k}.txt`] = bytes(`\ufeff${rigakuRows(m, "\t")}\r\n`);
    files[`Data${k}/MesurementConditions${k}.xml`] = bytes(`\ufeff<?xml version="1.0" encoding="utf-8"?>
<MeasurementConditions><GeneralInformation><SampleName>YSZ &amp; more</SampleName><Comment>4 &lt; 5</Comment><Memo/></GeneralInformation>
<HWConfigurations><XrayGenerator><WaveType>Ka</WaveType><WavelengthKalpha1>${ALPHA1}</WavelengthKalpha1><WavelengthKalpha2>${ALPHA2}</WavelengthKalpha2></XrayGenerator></HWConfigurations>
<Axes><Axis Name="TwoTheta" Position="${m.twoTheta}"/><Axis Name="Omega" Position="${m.omega}"/>${Object.entries(
      m.motors,
    )
      .map(([name, position]) => `<Axis Name="${name}" Position="${position}"/>`)
      .join("")}</Axes>
<ScanInformation><AxisName>${RIGAKU_AXES[m.axis]}</AxisName><Mode>STEP</Mode><Step>${m.step}</Step><Speed>${m.countingTime}</Speed><SpeedUnit>sec.</SpeedUnit><IntensityUnit>counts</IntensityUnit></ScanInformation>
</MeasurementConditions>`);
  });
  return zipSync(files);
}

/** A buffer to which numbers are written at places. */
class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }
  text(at: number, text: string): this {
    this.bytes.set(bytes(text), at);
    return this;
  }
  put(kind: "Uint16" | "Uint32" | "Float32" | "Float64", at: number, ...values: readonly number[]): this {
    const size = { Uint16: 2, Uint32: 4, Float32: 4, Float64: 8 }[kind];
    values.forEach((value, i) => this.#view[`set${kind}`](at + i * size, value, true));
    return this;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
  return out;
}

function floats(m: Filled, size = 4): Uint8Array {
  const out = new Writer(m.n * size);
  m.counts.forEach((count, i) => out.put("Float32", i * size, count * (m.attenuation[i] ?? 1)));
  return out.bytes;
}

export function raw1(scans: readonly Measurement[] = [{}]): Uint8Array {
  const ranges = scans.map(filled).flatMap((m, k) => [
    new Writer(156)
      .text(0, "RAW ")
      .put("Uint32", 4, m.n)
      .put("Float32", 8, m.countingTime, m.step)
      .put("Float32", 24, m.twoTheta, m.omega, -1e6, -1e6)
      .text(40, "YSZ & more")
      .put("Float32", 72, ALPHA1, ALPHA2)
      .put("Uint32", 152, scans.length - 1 - k).bytes,
    floats(m),
  ]);
  return joined(ranges);
}

export function raw2(scans: readonly Measurement[] = [{}]): Uint8Array {
  const head = new Writer(256)
    .text(0, "RAW2")
    .put("Uint16", 4, scans.length)
    .text(188, "Cu")
    .put("Float32", 190, ALPHA1, ALPHA2, 0.5);
  const ranges = scans
    .map(filled)
    .flatMap((m) => [
      new Writer(64).put("Uint16", 0, 64, m.n).put("Float32", 8, m.countingTime, m.step, m.twoTheta).bytes,
      floats(m),
    ]);
  return joined([head.bytes, ...ranges]);
}

export function raw3(scans: readonly Measurement[] = [{}]): Uint8Array {
  const head = new Writer(712)
    .text(0, "RAW1.01")
    .put("Uint32", 8, 1, scans.length)
    .text(326, "YSZ & more")
    .text(386, "4 < 5")
    .text(608, "Cu")
    .put("Float64", 616, 1.54184, ALPHA1, ALPHA2, 1.39225, 0.5);
  const ranges = scans
    .map(filled)
    .flatMap((m) => [
      new Writer(304)
        .put("Uint32", 0, 304, m.n)
        .put("Float64", 8, m.omega, m.twoTheta)
        .put("Float64", 176, m.step)
        .put("Float32", 192, m.countingTime)
        .put("Uint32", 196, { "2theta-omega": 0, "2theta": 2, omega: 3 }[m.axis])
        .put("Float64", 240, ALPHA1)
        .put("Uint32", 252, 4, 40).bytes,
      new Writer(40).put("Uint32", 0, 110, 40).bytes,
      floats(m),
    ]);
  return joined([head.bytes, ...ranges]);
}

export function raw4(
  scans: readonly Measurement[] = [{}],
  { recordSize = 4 }: { recordSize?: 4 | 8 } = {},
): Uint8Array {
  const label = (key: string, value: string) =>
    new Writer(36 + value.length + 1)
      .put("Uint32", 0, 10, 37 + value.length)
      .text(12, key)
      .text(36, value).bytes;
  const tube = new Writer(136)
    .put("Uint32", 0, 30, 136)
    .put("Float64", 72, 1.54184, ALPHA1, ALPHA2, 1.39225, 0.5)
    .text(116, "Cu").bytes;
  const drive = (name: string, position: number, moves: boolean) =>
    new Writer(92)
      .put("Uint32", 0, 50, 92)
      .text(12, name)
      .put("Uint32", 52, moves ? 1 : 0)
      .put("Float64", 56, position).bytes;
  const ranges = scans.map(filled).flatMap((m) => {
    const segments = joined([
      label("PSD_DISCRIM", "0.1"),
      drive("2Theta", m.twoTheta, m.axis !== "omega"),
      drive("Theta", m.omega, m.axis !== "2theta"),
    ]);
    const name = { "2theta-omega": "Locked Coupled", "2theta": "Detector Scan", omega: "Rocking Curve" }[
      m.axis
    ];
    return [
      new Writer(160)
        .text(32, name)
        .put("Float64", 72, m.axis === "omega" ? m.omega : m.twoTheta, m.step)
        .put("Uint32", 88, m.n)
        .put("Float32", 92, m.countingTime)
        .put("Float64", 112, ALPHA1)
        .put("Uint32", 136, recordSize, segments.length).bytes,
      segments,
      floats(m, recordSize),
    ];
  });
  return joined([
    new Writer(61).text(0, "RAW4.00").bytes,
    label("SAMPLEID", "YSZ & more"),
    label("COMMENT", "4 < 5"),
    tube,
    ...ranges,
  ]);
}

export function text(measurement: Measurement = {}): Uint8Array {
  const m = filled(measurement);
  return bytes(`# 2θ counts\n${m.counts.map((count, i) => `${fixed(m.detector[i]!)} ${count}\n`).join("")}`);
}

/** Every format that can hold several scans and say what moved. */
export const WRITERS = { xrdml, brml, ras, rasx, raw3, raw4 } as const;
