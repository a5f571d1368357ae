/** The readers of instruments' files and the libraries that they need: loaded when such a file comes. */

import { ScanFormatError } from "../../errors.ts";
import type { ScanFile } from "../../types.ts";
import type { TextKind } from "../detect.ts";
import { isBrml, readBrml } from "./brml.ts";
import { type Hdf5Library, loadHdf5 } from "./hdf5.ts";
import { readNexus } from "./nexus.ts";
import { readNja } from "./nja.ts";
import { readRaw } from "./raw.ts";
import { isRasx, readRas, readRasx } from "./rigaku.ts";
import { readRigakuAscii } from "./rigakuAscii.ts";
import { readSections } from "./sections.ts";
import { type CounterOptions, readSpec } from "./spec.ts";
import { readUxd } from "./uxd.ts";
import { readX00 } from "./x00.ts";
import { readXrdml } from "./xrdml.ts";
import { openZip } from "./zip.ts";

/** @throws {ScanFormatError} */
function readZip(bytes: Uint8Array): ScanFile {
  const files = openZip(bytes);
  if (isBrml(files.keys())) return readBrml(files);
  if (isRasx(files.keys())) return readRasx(files);
  throw new ScanFormatError("the file is an archive (zip), but neither BRML nor RASX");
}

/** @param options.library h5wasm; looked for by its name where it is not given
 *  @throws {ScanFormatError} */
async function readHdf5(
  bytes: Uint8Array,
  { library, path }: { library: Hdf5Library | undefined; path: string | undefined },
): Promise<ScanFile> {
  return readNexus(bytes, { library: library ?? (await loadHdf5()), path });
}

/** A text of a kind of its own.
 *  @throws {ScanFormatError} */
function readTextOf(kind: Exclude<TextKind, "text">, text: string, counters: CounterOptions): ScanFile {
  switch (kind) {
    case "xml":
      return readXrdml(text);
    case "ras":
      return readRas(text);
    case "rigakuAscii":
      return readRigakuAscii(text);
    case "uxd":
      return readUxd(text);
    case "sections":
      return readSections(text);
    case "x00":
      return readX00(text);
    case "nja":
      return readNja(text);
    case "spec":
      return readSpec(text, counters);
  }
}

export { readHdf5, readRaw, readTextOf, readZip };
