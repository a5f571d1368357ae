/** `--layer`, `--repeat`: their words, and what they give. */

import type { Command } from "commander";
import { InvalidParameterError } from "../errors.ts";
import { MOST_LAYERS } from "../invert/layers/layerOptions.ts";
import type { Hkl } from "../types.ts";
import { group } from "./help.ts";
import { hkl, integer, number } from "./parse.ts";

/** One --layer, as written. */
export interface LayerSpec {
  /** Of a material, an alloy or a CIF file. */
  readonly crystal: string;
  readonly thickness: number;
  readonly strain?: number;
  readonly top?: number;
  readonly relaxation?: number;
  readonly dw?: number;
  readonly roughness?: number;
  readonly hkl?: Hkl;
}

/** --layer and --repeat in the order in which they were written. */
export type LayerWords = (LayerSpec | { readonly repeat: number })[];

export interface LayerFlags {
  readonly layer?: LayerWords;
  readonly repeat?: LayerWords;
  readonly roughness?: number;
}

const EXPECTED = "name:nm[:key=value…], such as Si0.8Ge0.2:30 or AlAs:50:relaxation=0.5:roughness=0.3";
const PERCENT = { above: -50, below: 50, unit: "%" };
const KEYS = {
  strain: number("--layer strain", PERCENT),
  top: number("--layer top", PERCENT),
  relaxation: number("--layer relaxation", { least: 0, most: 1 }),
  dw: number("--layer dw", { least: 0, most: 1 }),
  roughness: number("--layer roughness", { least: 0, unit: "nm" }),
  hkl: hkl("--layer hkl"),
};

/** @throws {InvalidParameterError} */
export function parseLayer(text: string): LayerSpec {
  const { thickness, ...spec } = parseWord(text, KEYS);
  if (thickness === undefined) throw new InvalidParameterError("--layer", EXPECTED, text);
  return { ...spec, thickness };
}

const FOUND_KEYS = {
  strain: KEYS.strain,
  relaxation: KEYS.relaxation,
  hkl: KEYS.hkl,
  repeat: integer("--layer repeat", { least: 1, most: 1000 }),
};

/** One --layer of a scan that is inverted: thickness and strain are where the search starts. */
export type FoundLayerSpec = Omit<LayerSpec, "thickness" | "top" | "dw" | "roughness"> & {
  readonly thickness?: number;
  /** The layers since the last one that says so come so often. */
  readonly repeat?: number;
};

/** @throws {InvalidParameterError} */
export function parseFoundLayer(text: string): FoundLayerSpec {
  return parseWord(text, FOUND_KEYS);
}

/** name[:nm][:key=value…] */
function parseWord(
  text: string,
  keys: Readonly<Record<string, (value: string) => unknown>>,
): Omit<LayerSpec, "thickness"> & { readonly thickness?: number; readonly repeat?: number } {
  const match = /^([^:=]+)(?::([^:=]+))?((?::[^:=]+=[^:]*)*)$/.exec(text);
  if (match === null) throw new InvalidParameterError("--layer", EXPECTED, text);
  const settings: Record<string, unknown> = {};
  for (const setting of match[3]!.split(":").slice(1)) {
    const [key, value] = setting.split("=") as [string, string];
    if (!Object.hasOwn(keys, key))
      throw new InvalidParameterError("--layer", `keys of ${Object.keys(keys).join(", ")}`, text);
    settings[key] = keys[key]!(value);
  }
  if (settings.strain !== undefined && settings.relaxation !== undefined)
    throw new InvalidParameterError("--layer", "strain or relaxation, not both", text);
  return {
    crystal: match[1]!.trim(),
    ...(match[2] !== undefined && {
      thickness: number("--layer thickness", { above: 0, unit: "nm" })(match[2]),
    }),
    ...settings,
  };
}

export function addLayerOptions(command: Command): Command {
  const words: LayerWords = [];
  const push = (word: LayerWords[number]): LayerWords => {
    words.push(word);
    return words;
  };
  return group(command, "Layers")
    .option(
      "--layer <name:nm>",
      "a layer on the crystal, from below; name of a material, an alloy or a CIF file; then :strain=% of its own lattice, :relaxation=0…1 (0), :top=% (graded), :dw=0…1, :roughness=nm, :hkl=; repeatable",
      (text: string) => push(parseLayer(text)),
    )
    .option("--repeat <n>", "the layers since the last --repeat come n times", (text: string) =>
      push({ repeat: integer("--repeat", { least: 1, most: 10_000 })(text) }),
    )
    .option(
      "--roughness <nm>",
      "σ of the crystal's own surface, under the first layer (0)",
      number("--roughness", { least: 0, unit: "nm" }),
    );
}

/** `--layers`, `--film`, `--layer`, `--repeat` of scans that are inverted. Words of --layer are kept as written, each in a list of
 *  its own, with the repeat of its group: a command line that is made of them is the one that was given. */
export interface FoundLayerFlags {
  readonly layers?: "auto" | number;
  readonly film?: string;
  readonly filmHkl?: Hkl;
  readonly layer?: readonly (readonly [string])[];
}

export function addFoundLayerOptions(command: Command): void {
  const words: [string][] = [];
  group(command, "Layers")
    .option(
      "--layers <n>",
      "the sample is one of uniform layers on the crystal: auto finds how many (at most 5), or a number",
      (text: string) => (text === "auto" ? text : integer("--layers", { least: 1, most: MOST_LAYERS })(text)),
    )
    .option(
      "--film <name>",
      "crystal of these layers: a material, an alloy or a CIF file (the substrate's own)",
    )
    .option("--film-hkl <h,k,l>", "its reflection, where the indices are others", hkl("--film-hkl"))
    .option(
      "--layer <name[:nm]>",
      "a layer that is there, from below; about so thick; then :strain=% or :relaxation=0…1 to start from, :hkl=, :repeat=n (as --repeat after it); repeatable",
      (text: string) => {
        parseFoundLayer(text);
        words.push([text]);
        return words;
      },
    )
    .option("--repeat <n>", "the layers since the last --repeat come n times", (text: string) => {
      const count = integer("--repeat", { least: 1, most: 1000 })(text),
        last = words[words.length - 1];
      if (last === undefined || parseFoundLayer(last[0]).repeat !== undefined)
        throw new InvalidParameterError("--repeat", "a --layer before it", text);
      last[0] += `:repeat=${count}`;
      return count;
    });
}
