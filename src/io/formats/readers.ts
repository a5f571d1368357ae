/** The readers of instruments' files and the libraries that they need: loaded when such a file comes. */

import { ScanFormatError } from "../../errors.ts";
import type { ScanFile } from "../../types.ts";
import { isBrml, readBrml } from "./brml.ts";
import { readRaw } from "./raw.ts";
import { isRasx, readRas, readRasx } from "./rigaku.ts";
import { readXrdml } from "./xrdml.ts";
import { openZip } from "./zip.ts";

/** @throws {ScanFormatError} */
function readZip(bytes: Uint8Array): ScanFile {
  const files = openZip(bytes);
  if (isBrml(files.keys())) return readBrml(files);
  if (isRasx(files.keys())) return readRasx(files);
  throw new ScanFormatError("the file is an archive (zip), but neither BRML nor RASX");
}

export { readRas, readRaw, readXrdml, readZip };
