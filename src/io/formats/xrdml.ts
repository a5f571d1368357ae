/** Panalytical XRDML 1.x and 2.x (schema at http://www.xrdml.com/). */

import { ScanFormatError } from "../../errors.ts";
import type { ScanAxis, ScanFile } from "../../types.ts";
import {
  fileScan,
  numberIn,
  numbersIn,
  pointCounter,
  requireReasonable,
  stepped,
  type Tube,
} from "./fileScan.ts";
import { parseXml, type Element } from "./xml.ts";

const AXES: Readonly<Record<string, ScanAxis>> = {
  Gonio: "2theta-omega",
  "2Theta-Omega": "2theta-omega",
  "Omega-2Theta": "2theta-omega",
  "2Theta": "2theta",
  Omega: "omega",
};

/** Every scan of every measurement. `counts` (2.x) are as counted and are multiplied by the attenuation factors; `intensities`
 *  (1.x) are already. Corrections for automatic slits are left to the writer.
 *  @throws {ScanFormatError} */
export function readXrdml(text: string): ScanFile {
  const root = parseXml(text);
  if (root.name !== "xrdMeasurements")
    throw new ScanFormatError(
      `the file is XML of another kind (its root is ${root.name.slice(0, 40)}), not XRDML`,
    );
  const version = /XRDMeasurement\/(\d+(?:\.\d+)?)/.exec(text.slice(0, 2000))?.[1];
  const pairs = root
    .all("xrdMeasurement")
    .flatMap((measurement) => measurement.all("scan").map((scan) => ({ measurement, scan })));
  requireReasonable("scans", pairs.length);
  const sample = nameOf(root.at("sample"));
  const takePoints = pointCounter();
  const scans = pairs
    .filter(({ scan }) => scan.at("dataPoints") !== undefined)
    .map(({ measurement, scan }) =>
      readScan(scan, {
        tube: tubeOf(measurement.at("usedWavelength")),
        comment: commentOf(measurement),
        sample,
        takePoints,
      }),
    );
  if (scans.length === 0) throw new ScanFormatError("the XRDML file holds no scan");
  return { format: "xrdml", ...(version === undefined ? {} : { version }), scans };
}

function readScan(
  scan: Element,
  {
    takePoints,
    ...common
  }: { tube: Tube; comment: string; sample: string; takePoints: (points: number) => void },
) {
  const points = scan.at("dataPoints")!;
  const corrected = points.at("intensities");
  const list = points.at("counts") ?? corrected;
  if (list === undefined) throw new ScanFormatError("a scan has neither counts nor intensities");
  const counts = numbersIn(list.text, "the intensities");
  takePoints(counts.length);
  const axisName = scan.attribute("scanAxis");
  const positions = new Map(
    points
      .all("positions")
      .map((element) => [element.attribute("axis") ?? "", positionsOf(element, counts.length)]),
  );
  const factors = points.at("beamAttenuationFactors");
  const factor = numberIn(points.at("commonBeamAttenuationFactor")?.text);
  const times = points.at("countingTimes");
  return fileScan({
    axisName,
    axis: AXES[axisName ?? ""] ?? "other",
    twoTheta: positions.get("2Theta"),
    omega: positions.get("Omega"),
    position: positions.get(axisName ?? ""),
    motors: [...positions]
      .filter(([name]) => !["2Theta", "Omega", axisName].includes(name))
      .map(([name, values]) => [name, stood(values)] as const),
    counts,
    attenuation:
      factors === undefined
        ? factor === undefined
          ? undefined
          : new Float64Array(counts.length).fill(factor)
        : numbersIn(factors.text, "the attenuation"),
    isCorrected: list === corrected,
    intensityUnit: "counts",
    countingTimes: times === undefined ? undefined : numbersIn(times.text, "the counting times"),
    countingTime: numberIn(points.at("commonCountingTime")?.text),
    ...common,
  });
}

/** Where all positions are one. */
function stood(values: Float64Array): number | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}

function positionsOf(element: Element, count: number): Float64Array {
  const list = element.at("listPositions");
  if (list !== undefined) return numbersIn(list.text, "the positions");
  const start = numberIn(element.at("startPosition")?.text);
  const end = numberIn(element.at("endPosition")?.text);
  if (start !== undefined && end !== undefined)
    return stepped(start, count > 1 ? (end - start) / (count - 1) : 0, count);
  const common = numberIn(element.at("commonPosition")?.text);
  if (common === undefined)
    throw new ScanFormatError(
      `the positions of axis ${(element.attribute("axis") ?? "?").slice(0, 30)} are missing`,
    );
  return new Float64Array(count).fill(common);
}

/** What was meant to be used leads: Kβ where that is so, else Kα1. */
function tubeOf(used: Element | undefined): Tube {
  const line = (name: string) => numberIn(used?.at(name)?.text);
  const intended = used?.attribute("intended") ?? "";
  if (/beta/i.test(intended)) return { alpha1: line("kBeta") };
  if (/alpha 2/i.test(intended)) return { alpha1: line("kAlpha2") };
  return { alpha1: line("kAlpha1"), alpha2: line("kAlpha2"), ratio: line("ratioKAlpha2KAlpha1") };
}

function commentOf(element: Element): string {
  return element
    .all("comment")
    .flatMap((comment) => comment.all("entry"))
    .map((entry) => entry.text)
    .join("; ");
}

function nameOf(sample: Element | undefined): string {
  return (
    [sample?.at("name")?.text, sample?.at("id")?.text].find((name) => name !== undefined && name !== "") ?? ""
  );
}
