/** Bruker (Siemens) RAW, versions 1 to 4: little-endian headers of fixed form, then the intensities as single floats. Layouts:
 *  DIFFRAC-AT manual, appendix B (1, 2); DIFFRAC plus XCH manual 2002, appendix A (3); version 4 from files. */

import { ScanFormatError } from "../../errors.ts";
import type { FileScan, ScanAxis, ScanFile } from "../../types.ts";
import { Binary } from "./binary.ts";
import { fileScan, requireReasonable, stepped, type Tube } from "./fileScan.ts";
import { readRaw4 } from "./raw4.ts";

/** The version, by the first bytes; undefined for another file. */
export function rawVersion(bytes: Uint8Array): "1" | "2" | "3" | "4" | undefined {
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (magic.startsWith("RAW1.0")) return "3";
  if (magic.startsWith("RAW4.0")) return "4";
  if (magic.startsWith("RAW2")) return "2";
  return magic.startsWith("RAW ") ? "1" : undefined;
}

/** Every range of the file.
 *  @throws {ScanFormatError} cut off, or numbers that cannot be */
export function readRaw(bytes: Uint8Array): ScanFile {
  const file = new Binary(bytes);
  const version = rawVersion(bytes);
  const scans =
    version === "1"
      ? readRaw1(file)
      : version === "2"
        ? readRaw2(file)
        : version === "3"
          ? readRaw3(file)
          : readRaw4(file);
  if (scans.length === 0) throw new ScanFormatError("the RAW file holds no range");
  return { format: "raw", ...(version === undefined ? {} : { version }), scans };
}

/** Of DIFFRAC's number for what was scanned. */
const AXES: readonly { readonly name: string; readonly axis: ScanAxis }[] = [
  { name: "Locked Coupled", axis: "2theta-omega" },
  { name: "Unlocked Coupled", axis: "2theta-omega" },
  { name: "Detector Scan", axis: "2theta" },
  { name: "Rocking Curve", axis: "omega" },
];

function readRaw3(file: Binary): FileScan[] {
  const ranges = file.u32(12);
  requireReasonable("scans", ranges);
  const tube: Tube = { alpha1: file.f64(624), alpha2: file.f64(632), ratio: file.f64(648) };
  const sample = file.text(326, 60);
  const comment = file.text(386, 160);
  const scans: FileScan[] = [];
  let at = 712;
  for (let range = 0; range < ranges; range++) {
    const header = file.u32(at);
    if (header < 260 || header > 4096)
      throw new ScanFormatError(`range ${range + 1} has a header of ${header} bytes`);
    const count = file.u32(at + 4);
    requireReasonable("points", count);
    const code = file.u32(at + 196);
    const { name, axis } = AXES[code] ?? { name: `scan type ${code}`, axis: "other" as const };
    const [theta, twoTheta, step] = [file.f64(at + 8), file.f64(at + 16), file.f64(at + 176)];
    const recordSize = Math.max(file.u32(at + 252), 4);
    const data = at + header + file.u32(at + 256);
    const counts = file.floats(data, recordSize, count);
    scans.push(
      fileScan({
        axisName: name,
        axis,
        ...(axis === "2theta-omega"
          ? { twoTheta: stepped(twoTheta, step, count), omega: stepped(theta, step / 2, count) }
          : {}),
        ...(axis === "2theta"
          ? { twoTheta: stepped(twoTheta, step, count), omega: stepped(theta, 0, count) }
          : {}),
        ...(axis === "omega"
          ? { twoTheta: stepped(twoTheta, 0, count), omega: stepped(theta, step, count) }
          : {}),
        counts,
        countingTime: file.f32(at + 192),
        tube: tube.alpha1 !== undefined && tube.alpha1 > 0 ? tube : { alpha1: file.f64(at + 240) },
        sample,
        comment,
      }),
    );
    at = data + count * recordSize;
  }
  return scans;
}

function readRaw2(file: Binary): FileScan[] {
  const ranges = file.u16(4);
  const tube: Tube = {
    alpha1: single(file.f32(190)),
    alpha2: single(file.f32(194)),
    ratio: single(file.f32(198)),
  };
  const scans: FileScan[] = [];
  let at = 256;
  for (let range = 0; range < ranges; range++) {
    const header = file.u16(at);
    if (header < 48) throw new ScanFormatError(`range ${range + 1} has a header of ${header} bytes`);
    const count = file.u16(at + 2);
    const twoTheta = stepped(single(file.f32(at + 16)), single(file.f32(at + 12)), count);
    scans.push(
      fileScan({
        twoTheta,
        counts: file.floats(at + header, 4, count),
        countingTime: single(file.f32(at + 8)),
        tube,
      }),
    );
    at += header + 4 * count;
  }
  return scans;
}

function readRaw1(file: Binary): FileScan[] {
  const scans: FileScan[] = [];
  let at = 4;
  for (let follows = true; follows;) {
    requireReasonable("scans", scans.length + 1);
    // Early programs did not repeat the first word before further ranges.
    if (scans.length > 0 && file.text(at, 4) === "RAW") at += 4;
    const count = file.u32(at);
    requireReasonable("points", count);
    const counts = file.floats(at + 152, 4, count);
    const twoTheta = stepped(single(file.f32(at + 20)), single(file.f32(at + 8)), count);
    const tube: Tube = { alpha1: single(file.f32(at + 68)), alpha2: single(file.f32(at + 72)), ratio: 0.5 };
    scans.push(
      fileScan({
        twoTheta,
        counts,
        countingTime: single(file.f32(at + 4)),
        tube,
        sample: file.text(at + 36, 32),
      }),
    );
    follows = file.u32(at + 148) > 0;
    at += 152 + 4 * count;
  }
  return scans;
}

/** The decimal number that was meant by a single float. */
function single(value: number): number {
  return Number(value.toPrecision(7));
}
