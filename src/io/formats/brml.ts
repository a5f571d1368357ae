/** Bruker BRML: an archive with an XML file for each scan, which says itself what its columns are. */

import { ScanFormatError } from "../../errors.ts";
import { decodeText } from "../text.ts";
import type { FileScan, ScanAxis, ScanFile } from "../../types.ts";
import { numberIn, numbersIn, pointCounter, requireReasonable, type Tube } from "./fileScan.ts";
import { meshScans } from "./mesh.ts";
import { parseXml, type Element } from "./xml.ts";

const RAW_DATA = /^(?:.*\/)?Experiment(\d+)\/RawData(\d+)\.xml$/;

/** Whether an archive is a BRML file. */
export function isBrml(names: Iterable<string>): boolean {
  return [...names].some((name) => RAW_DATA.test(name) || name.endsWith("experimentCollection.xml"));
}

/** Scans in the order of their numbers, from the data as measured. Counts stand as the diffractometer wrote them; it applies
 *  factors of absorbers itself.
 *  @throws {ScanFormatError} */
export function readBrml(files: ReadonlyMap<string, () => Uint8Array>): ScanFile {
  const names = [...files.keys()].flatMap((name) => {
    const match = RAW_DATA.exec(name);
    return match === null ? [] : [{ name, order: [Number(match[1]), Number(match[2])] as const }];
  });
  requireReasonable("scans", names.length);
  names.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
  const labels = new Map<string, Labels>();
  const takePoints = pointCounter();
  const scans = names.flatMap(({ name }) => {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    const label = labels.get(folder) ?? labelsOf(files.get(`${folder}DataContainer.xml`));
    labels.set(folder, label);
    return readRawData(parseXml(rowsJoined(decodeText(files.get(name)!()))), { name, label, takePoints });
  });
  requireReasonable("scans", scans.length);
  if (scans.length === 0) throw new ScanFormatError("the BRML file holds no scan");
  return { format: "brml", scans };
}

/** One element for all rows that follow each other, instead of thousands. */
function rowsJoined(text: string): string {
  return text.replaceAll(/<\/Datum>\s*<Datum>/g, ";");
}

interface Labels {
  readonly sample?: string | undefined;
  readonly comment?: string | undefined;
}

/** What the user wrote. */
function labelsOf(container: (() => Uint8Array) | undefined): Labels {
  if (container === undefined) return {};
  const information = parseXml(decodeText(container())).find("MeasurementInfo");
  return { sample: information?.attribute("SampleName"), comment: information?.attribute("Comment") };
}

function readRawData(
  root: Element,
  { name, label, takePoints }: { name: string; label: Labels; takePoints: (points: number) => void },
): FileScan[] {
  const routes = root.at("DataRoutes")?.all("DataRoute") ?? [];
  const route = routes.find((candidate) => candidate.attribute("RouteFlag") === "Measured") ?? routes[0];
  if (route === undefined) throw new ScanFormatError(`${name} holds no data`);
  const information = route.at("ScanInformation");
  const columns = columnsOf(route);
  const texts = route.all("Datum").flatMap((datum) => datum.text.split(";"));
  takePoints(texts.length);
  const rows = texts.map((text) => numbersIn(text, `the data in ${name}`));
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width))
    throw new ScanFormatError(`the data in ${name} have rows of different lengths`);
  // Without views of them, the columns are time, absorption, the axes and the intensity, and no others.
  if (columns.recorded === undefined && width !== 3 + columns.axes.size)
    throw new ScanFormatError(
      `the data in ${name} have ${width} columns, and the file does not say what they are`,
    );
  const recorded = columns.recorded ?? width - 1;
  if (!(recorded < width))
    throw new ScanFormatError(
      `the data in ${name} have ${width} columns, and the intensity should be in column ${recorded + 1}`,
    );
  const column = (index: number | undefined) =>
    index !== undefined && index < width ? Float64Array.from(rows, (row) => row[index]) : undefined;
  const axisName = information?.attribute("VisibleName") ?? information?.attribute("ScanName");
  const measuredTime = column(columns.time);
  return meshScans({
    axisName,
    axis: axisOf(columns.axes),
    twoTheta: column(columns.axes.get("TwoTheta")) ?? still(root, "TwoTheta", rows.length),
    omega:
      column(columns.axes.get("Theta")) ??
      column(columns.axes.get("Omega")) ??
      still(root, "Theta", rows.length),
    position: column([...columns.axes.values()][0]),
    counts: column(recorded) ?? new Float64Array(0),
    attenuation: column(columns.attenuation),
    isCorrected: true,
    intensityUnit: columns.unit,
    // The nominal time is that of all channels of a detector; the measured one tells where points differ.
    countingTimes: measuredTime !== undefined && differ(measuredTime) ? measuredTime : undefined,
    countingTime:
      numberIn(information?.at("TimePerStepEffective")?.text) ??
      numberIn(information?.at("TimePerStep")?.text) ??
      measuredTime?.[0],
    tube: tubeOf(root),
    motors: drivesOf(root).filter(
      ([name]) => !["TwoTheta", "Theta", "Omega"].includes(name) && !columns.axes.has(name),
    ),
    ...label,
  });
}

function differ(times: Float64Array): boolean {
  const [least, most] = [Math.min, Math.max].map((of) => times.reduce((a, b) => of(a, b)));
  return most! - least! > 0.02 * most!;
}

interface Columns {
  readonly time: number;
  readonly attenuation: number;
  /** Of each motor that moved. */
  readonly axes: Map<string, number>;
  readonly recorded?: number;
  readonly unit?: "counts" | "cps";
}

/** Places of the columns as the file's views of them say; older files have none and keep to one order. */
function columnsOf(route: Element): Columns {
  const views = route.at("DataViews")?.all("RawDataView") ?? [];
  const start = (view: Element | undefined) => numberIn(view?.attribute("Start"));
  const fixed = (name: string) => start(views.find((view) => view.attribute("LogicName") === name));
  const axes = new Map<string, number>();
  const varying = views.filter((view) => view.at("Varying") !== undefined);
  const scanned =
    varying.find((view) => view.at("Varying")?.attribute("LogicName") === "ScanAxes") ?? varying[0];
  const scanAxes = route.at("ScanInformation", "ScanAxes")?.all("ScanAxisInfo") ?? [];
  const fields = scanned?.at("Varying")?.all("FieldDefinitions") ?? scanAxes;
  const first = start(scanned) ?? 2;
  fields.forEach((field, i) => {
    // Older programs write FieldName alone.
    const id = field.attribute("AxisId") ?? field.attribute("FieldName") ?? field.attribute("AxisName");
    if (id !== undefined && !axes.has(id)) axes.set(id, first + i);
  });
  const record = views.find((view) => view.at("Recording") !== undefined);
  if (Number(record?.attribute("Length") ?? 1) > 1) {
    throw new ScanFormatError(
      "the BRML file holds images of a detector with many channels, not one intensity a point",
    );
  }
  const recorded = start(record);
  const base = record?.at("Recording", "Unit")?.attribute("Base");
  return {
    time: fixed("MeasuredTime") ?? 0,
    attenuation: fixed("AbsorptionFactor") ?? 1,
    axes,
    ...(recorded === undefined ? {} : { recorded }),
    ...(base === "Counts"
      ? { unit: "counts" }
      : /cps|countspersecond/i.test(base ?? "")
        ? { unit: "cps" }
        : {}),
  };
}

function axisOf(axes: ReadonlyMap<string, number>): ScanAxis {
  const sample = axes.has("Theta") || axes.has("Omega");
  if (axes.has("TwoTheta")) return sample ? "2theta-omega" : "2theta";
  return sample ? "omega" : "other";
}

/** Angles of a motor that did not move. */
function still(root: Element, drive: string, count: number): Float64Array | undefined {
  const position = drivesOf(root).find(([name]) => name === drive)?.[1];
  return position === undefined ? undefined : new Float64Array(count).fill(position);
}

function drivesOf(root: Element): (readonly [name: string, position: number | undefined])[] {
  const drives = root.find("Drives")?.all("InfoData") ?? [];
  return drives.map((drive) => [
    drive.attribute("LogicName") ?? "",
    numberIn(drive.at("Position")?.attribute("Value")),
  ]);
}

function tubeOf(root: Element): Tube {
  const value = (name: string) => numberIn(root.find(name)?.attribute("Value"));
  return {
    alpha1: value("WaveLengthAlpha1"),
    alpha2: value("WaveLengthAlpha2"),
    ratio: value("WaveLengthRatio"),
  };
}
