/** What training samples are drawn from: ranges as data, so that a user writes a preset for another crystal or reflection
 *  without touching code. docs/datasets.md describes both protocols. */
import { InvalidParameterError } from "../errors.ts";
import { MEASURED_PRESETS, type MeasuredPreset, parseMeasured } from "./measuredPreset.ts";
import { PAPER_PRESETS, type PaperPreset, parsePaper } from "./paperPreset.ts";
import { record } from "./presetFields.ts";

export type { MeasuredPreset } from "./measuredPreset.ts";
export type { PaperPreset } from "./paperPreset.ts";
export type { Range } from "./presetFields.ts";

/** Plain JSON. */
export type Preset = PaperPreset | MeasuredPreset;

const PAPER: PaperPreset["protocol"] = "paper";
const MEASURED: MeasuredPreset["protocol"] = "measured";

type Parser = (name: string, root: Readonly<Record<string, unknown>>) => Preset;
const PARSERS: ReadonlyMap<unknown, Parser> = /* @__PURE__ */ new Map<unknown, Parser>([
  [PAPER, parsePaper],
  [MEASURED, parseMeasured],
]);

const PRESETS: readonly Preset[] = [...PAPER_PRESETS, ...MEASURED_PRESETS];

export const presetNames: readonly string[] = PRESETS.map(({ name }) => name);

/** A built-in preset.
 *  @throws {InvalidParameterError} naming those there are */
export function preset(name: "cnn1" | "cnn2" | "cnn3"): PaperPreset;
export function preset(name: "measured" | "universal"): MeasuredPreset;
export function preset(name: string): Preset;
export function preset(name: string): Preset {
  const found = PRESETS.find((known) => known.name === name);
  if (found === undefined)
    throw new InvalidParameterError("preset", `one of ${presetNames.join(", ")}`, name);
  return found;
}

export function isPaper(preset: Preset): preset is PaperPreset {
  return preset.protocol === PAPER;
}

/** For what is defined for protocol "paper" only.
 *  @throws {InvalidParameterError} */
export function requirePaper(preset: Preset): PaperPreset {
  if (!isPaper(preset)) throw new InvalidParameterError("preset", 'one of protocol "paper"', preset.name);
  return preset;
}

/** Checks what was read from a preset file; fills in what protocol "measured" has defaults for.
 *  @throws {InvalidParameterError} naming the field, what was expected and what came */
export function parsePreset(json: unknown): Preset {
  const root = record("preset", json);
  const { name, protocol } = root;
  if (typeof name !== "string" || !/^[\w.-]{1,64}$/.test(name))
    throw new InvalidParameterError("preset.name", "1 to 64 letters, digits, '.', '_' or '-'", name);
  const parse = PARSERS.get(protocol);
  if (parse === undefined)
    throw new InvalidParameterError("preset.protocol", '"paper" or "measured"', protocol);
  return parse(name, root);
}
