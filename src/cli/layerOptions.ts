/** `--layer`, `--repeat`: their words, and what they give. */

import type { Command } from "commander";
import { InvalidParameterError } from "../errors.ts";
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
  const match = /^(.+?):([^:=]+)((?::[^:=]+=[^:]*)*)$/.exec(text);
  if (match === null) throw new InvalidParameterError("--layer", EXPECTED, text);
  const settings: Record<string, unknown> = {};
  for (const setting of match[3]!.split(":").slice(1)) {
    const [key, value] = setting.split("=") as [string, string];
    if (!Object.hasOwn(KEYS, key))
      throw new InvalidParameterError("--layer", `keys of ${Object.keys(KEYS).join(", ")}`, text);
    settings[key] = KEYS[key as keyof typeof KEYS](value);
  }
  if (settings.strain !== undefined && settings.relaxation !== undefined)
    throw new InvalidParameterError("--layer", "strain or relaxation, not both", text);
  const thickness = number("--layer thickness", { above: 0, unit: "nm" })(match[2]!);
  return { crystal: match[1]!.trim(), thickness, ...settings };
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
