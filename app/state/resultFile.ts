/** A result.json, of the command line or of the page, as an entry that shows the answer as it was. */
import {
  dSpacing,
  type Effort,
  type FixedParameter,
  type Geometry,
  type Hkl,
  material,
  materialNames,
  parseResult,
  type Result,
} from "takagi";
import type { CrystalChoice } from "../crystals.ts";
import { modelOf } from "../model.ts";
import { DEFAULT_EXPERIMENT, type Entry, type Experiment, type Mask, settingsOf } from "../session.ts";

const GEOMETRIES: readonly Geometry[] = [
  "single crystal",
  "thin film",
  "thick film",
  "thick film on substrate",
];

/** Whether JSON is meant to be a result; what is wrong with it, `entryOfResult` says. */
export function isResult(text: string): boolean {
  try {
    const json = JSON.parse(text) as object;
    return "takagi" in json && "solutions" in json;
  } catch {
    return false;
  }
}

/** @throws {ResultError} */
export function entryOfResult(text: string): Entry {
  const result = parseResult(text),
    { inversion, name, provenance, run } = result,
    { scan } = inversion,
    experiment = experimentOf(result),
    mask = settingOf(result, "mask"),
    held = settingOf(result, "fix");
  const entry: Entry = {
    id: crypto.randomUUID(),
    name,
    scan,
    range: {
      from: scan.twoTheta[0]!,
      to: scan.twoTheta[scan.twoTheta.length - 1]!,
      points: scan.twoTheta.length,
    },
    guess: "as result.json says",
    experiment,
    network: "automatic",
    ...effortOf(settingOf(result, "effort")),
    held: (typeof held === "object" && held !== null ? Object.keys(held) : []) as FixedParameter[],
    mask: (Array.isArray(mask) ? mask.filter(isRange) : []) as Mask[],
    answer: inversion,
    ...(run === undefined ? {} : { seconds: run.seconds, run }),
    ...(provenance === undefined ? {} : { provenance }),
    solution: 0,
    // Without its crystal a profile cannot be drawn by hand, and one of layers has no splines.
    ...(experiment.crystal === undefined || inversion.splines === 0
      ? {}
      : { model: modelOf(inversion, undefined) }),
    isEdited: false,
  };
  return { ...entry, invertedWith: settingsOf(entry) };
}

/** Of what the result says; what it does not say is as the page has it by default. */
function experimentOf(result: Result): Experiment {
  const { reflection, instrument } = result.inversion,
    { lines = [], polarisation = "sigma", monochromator } = instrument,
    setting = (name: string): unknown => settingOf(result, name),
    crystal = crystalOf(result),
    filmThickness = setting("filmThickness"),
    substrate = setting("substrateMaterial"),
    geometry = GEOMETRIES.find((each) => each === setting("geometry")) ?? "single crystal";
  return {
    ...DEFAULT_EXPERIMENT,
    ...(crystal === undefined ? {} : { crystal }),
    hkl: reflection.hkl,
    wavelength: reflection.wavelength,
    hasSecondLine: lines.length > 1,
    polarisation,
    ...(monochromator === undefined ? {} : { monochromator }),
    geometry,
    ...(typeof filmThickness === "number" ? { filmThickness } : {}),
    ...(typeof substrate === "string" ? { substrate: { kind: "material", name: substrate } } : {}),
    ...hklOf("substrateHkl", setting("substrateHkl")),
    ...hklOf("surface", setting("surface")),
    isGrazingExit: setting("grazingExit") === true,
    deviation: setting("deviation") === "linear" ? "linear" : "exact",
  };
}

/** The built-in crystal, where it has the spacing of the result's planes. */
function crystalOf(result: Result): CrystalChoice | undefined {
  const { name, hkl, d } = result.inversion.reflection,
    given = settingOf(result, "material"),
    wanted = typeof given === "string" ? given : name.split(" ")[0],
    found = materialNames.find((each) => each === wanted);
  return found !== undefined && Math.abs(dSpacing(material(found).cell, hkl) / d - 1) < 1e-5
    ? { kind: "material", name: found }
    : undefined;
}

function settingOf({ provenance }: Result, name: string): unknown {
  return provenance?.settings[name]?.value;
}

function effortOf(value: unknown): { readonly effort?: Effort } {
  const isOne = typeof value === "number" || value === "quick" || value === "thorough";
  return isOne ? { effort: value } : {};
}

function hklOf(name: "surface" | "substrateHkl", value: unknown): { readonly [N in typeof name]?: Hkl } {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isInteger)
    ? { [name]: value as unknown as Hkl }
    : {};
}

function isRange(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}
