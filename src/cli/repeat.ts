/** `takagi repeat`: an inversion once more, and whether every number is the same. */

import { basename, dirname, join } from "node:path";
import { sha256 } from "../digest.ts";
import { parseResult } from "../report/parseResult.ts";
import type { Provenance, SourceFile } from "../report/provenance.ts";
import { VERSION } from "../version.ts";
import { inFile, readBytes } from "./files.ts";
import { EXIT, InputError, type Terminal } from "./terminal.ts";

export interface RepeatFlags {
  /** A folder in which files are looked for, too. */
  readonly files?: string;
  readonly json?: boolean;
}

/** A command line inside this one. */
type Command = (words: readonly string[], terminal: Terminal) => Promise<number>;

/** Differences that are told. */
const SHOWN = 10;

export async function runRepeat(
  path: string,
  flags: RepeatFlags,
  terminal: Terminal,
  command: Command,
): Promise<number> {
  const text = new TextDecoder().decode(await readBytes(path)),
    { provenance } = await inFile(path, () => parseResult(text));
  if (provenance?.input === undefined)
    throw new InputError(`${path} does not say which file it is of, so that it cannot be repeated`);
  if (provenance.version !== VERSION)
    terminal.err(
      `takagi: note: ${path} was made by takagi ${provenance.version}; this is ${VERSION}, whose numbers may differ\n`,
    );
  const words = await located(path, provenance, flags);
  const again = await answered(words, terminal, command);
  if (typeof again === "number") return again;
  const differences = differencesOf(JSON.parse(text), JSON.parse(again));
  if (flags.json === true)
    terminal.out(`${JSON.stringify({ same: differences.length === 0, differences })}\n`);
  else if (differences.length === 0)
    terminal.out(`${path}: the same in every number and word; date and seconds aside\n`);
  else
    terminal.out(
      `${path}: ${differences.length} values differ\n${differences
        .slice(0, SHOWN)
        .map(({ at, was, is }) => `  ${at}: ${JSON.stringify(was)} became ${JSON.stringify(is)}\n`)
        .join("")}${differences.length > SHOWN ? "  …\n" : ""}`,
    );
  return differences.length === 0 ? EXIT.ok : EXIT.failed;
}

/** The words of the command with the files where they are now. */
async function located(
  path: string,
  { input, files, command }: Provenance,
  { files: folder }: RepeatFlags,
): Promise<string[]> {
  const places = new Map<string, string>();
  for (const file of [input!, ...Object.values(files)])
    places.set(file.name, await placeOf(file, [dirname(path), ...(folder === undefined ? [] : [folder])]));
  const [, ...words] = command;
  return words.map((word) => places.get(word) ?? word);
}

/** As it was named, from here and from the result's folder; or under its own name in one of the folders.
 *  @throws {InputError} where none of these is the same file */
async function placeOf({ name, sha256: wanted }: SourceFile, folders: readonly string[]): Promise<string> {
  const others: string[] = [];
  for (const place of [
    name,
    ...folders.flatMap((folder) => [join(folder, name), join(folder, basename(name))]),
  ]) {
    const bytes = await readBytes(place).catch(() => undefined);
    if (bytes === undefined) continue;
    if ((await sha256(bytes)) === wanted) return place;
    others.push(place);
  }
  throw new InputError(
    others.length > 0
      ? `${others[0]} is another file than ${name} was: its SHA-256 is not ${wanted}`
      : `${name} is not found; --files DIR says where it is`,
  );
}

/** What the command prints; or its exit code, where it failed. */
async function answered(
  words: readonly string[],
  terminal: Terminal,
  command: Command,
): Promise<string | number> {
  let out = "";
  const inner: Terminal = {
    out: (text) => void (out += text),
    err: (text) => terminal.err(text),
    interactive: terminal.interactive,
    signal: terminal.signal,
    seconds: () => terminal.seconds(),
  };
  const code = await command([...words, "--json"], inner);
  return code === EXIT.ok ? out : code;
}

interface Difference {
  readonly at: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Everything is compared but `run`, the name of the folder (`scan`), and where the files lie now. */
function differencesOf(was: unknown, is: unknown): Difference[] {
  const found: Difference[] = [];
  const compare = (a: unknown, b: unknown, at: string): void => {
    if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        compare(
          (a as Record<string, unknown>)[key],
          (b as Record<string, unknown>)[key],
          at === "" ? key : `${at}.${key}`,
        );
    } else if (!Object.is(a, b) && !ASIDE.test(at)) found.push({ at, was: a, is: b });
  };
  compare(was, is, "");
  return found;
}

const ASIDE =
  /^(scan|run\..*|provenance\.(command\.\d+|input\.name|files\.\w+\.name|settings\.(cif|substrateCif|prior)\.value))$/;
