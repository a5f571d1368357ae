/** `takagi report`: the page of a result. */

import { parseResult } from "../report/parseResult.ts";
import { report } from "../report/report.ts";
import { inFile, readBytes } from "./files.ts";
import { checkOutput, writeOutput } from "./outputs.ts";
import { EXIT, type Terminal } from "./terminal.ts";

export interface ReportFlags {
  readonly out?: string;
  readonly force?: boolean;
}

export async function runReport(path: string, flags: ReportFlags, terminal: Terminal): Promise<number> {
  if (flags.out !== undefined) await checkOutput(flags.out, flags);
  const text = new TextDecoder().decode(await readBytes(path));
  const result = await inFile(path, () => parseResult(text));
  const html = report(result.inversion, { ...result, title: result.name });
  if (flags.out === undefined) terminal.out(html);
  else await writeOutput(flags.out, html, flags);
  return EXIT.ok;
}
