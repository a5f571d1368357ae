/** result.json back to an inversion. */

import { ResultError } from "../errors.ts";
import { resolutionBlock } from "../instrument/resolution.ts";
import { requireReflection } from "../instrument/waves.ts";
import { validateStack } from "../profile/stack.ts";
import { rangeOf } from "../simulate/seen.ts";
import type {
  Band,
  Estimate,
  FitParameters,
  FoundLayer,
  FoundPeriod,
  FoundStack,
  Instrument,
  InvertedScan,
  Inversion,
  JointSolution,
  Profile,
  Reflection,
  Scan,
  Solution,
  SolutionScan,
  Stack,
} from "../types.ts";
import type { ResultDetails } from "./files.ts";
import type { Provenance, Run } from "./provenance.ts";

/** An inversion with what was told of it. */
export interface Result extends ResultDetails {
  /** The answer. */
  readonly inversion: Inversion;
}

type Fields = Readonly<Record<string, unknown>>;

/** What `resultJson` made, as text or parsed.
 *  @throws {ResultError} for what is no such result, or lacks something
 *  @example
 *  const { inversion, name } = parseResult(await readFile("result.json", "utf8"));
 *  await writeFile("report.html", report(inversion, { title: name })); */
export function parseResult(json: unknown): Result {
  const result = fieldsOf("the result", typeof json === "string" ? parsed(json) : json);
  if (typeof result["takagi"] !== "string" || !("solutions" in result))
    throw new ResultError("the file is JSON, but no result of takagi (result.json of `takagi invert`)");
  const { provenance, run } = result;
  return {
    name: text("scan", result["scan"]),
    ...(provenance === undefined ? {} : { provenance: provenanceOf(provenance) }),
    ...(run === undefined ? {} : { run: runOf(run) }),
    inversion: inversionOf(result),
  };
}

function inversionOf(result: Fields): Inversion {
  const curve = fieldsOf("curve", result["curve"]),
    scan = scanOf(curve, fieldsOf("conditions", result["conditions"])),
    points = scan.twoTheta.length,
    reflection = reflectionOf(result["reflection"]),
    answer = solutionOf("", { ...result, calculated: curve["calculated"] }, points),
    used = Uint8Array.from(numbers("curve.used", curve["used"], points)),
    plain = (name: string): number => number(name, result[name]),
    words = (name: string): string => text(name, result[name]),
    scans = result["scans"] === undefined ? undefined : list("scans", result["scans"]).map(invertedScanOf);
  return {
    ...answer,
    scan,
    reflection,
    converged: flag("converged", result["converged"]),
    reason: words("reason"),
    isBudgetSpent: flag("isBudgetSpent", result["isBudgetSpent"]),
    countUnit: plain("countUnit"),
    relativeError: plain("relativeError"),
    used,
    solutions: list("solutions", result["solutions"]).map((each, i): JointSolution => {
      const at = `solutions[${i}].`,
        own = fieldsOf(`solutions[${i}]`, each);
      return { ...solutionOf(at, own, points), ...solutionScansOf(`${at}scans`, own["scans"], scans) };
    }),
    draws: list("draws", result["draws"]).map((each, i) => {
      const draw = fieldsOf(`draws[${i}]`, each);
      return { profile: profileOf(`draws[${i}].`, draw), weight: number("weight", draw["weight"]) };
    }),
    confidence: plain("confidence"),
    features: fieldsOf("features", result["features"]) as Record<string, number>,
    verdict: oneOf("verdict", result["verdict"], ["determined", "ambiguous"]),
    verdictReason: words("verdictReason"),
    prior: words("prior"),
    method: oneOf("method", result["method"], ["network and search", "search"]),
    methodReason: words("methodReason"),
    ...(scans !== undefined && { scans }),
  };
}

/** What a solution says of each scan; of an older result there may be none.
 *  @param scans of the answer */
function solutionScansOf(
  at: string,
  json: unknown,
  scans: readonly InvertedScan[] | undefined,
): Pick<JointSolution, "scans"> {
  if (json === undefined) return {};
  const found = list(at, json);
  if (scans === undefined || found.length !== scans.length)
    throw wrong(at, "as long as the list of the scans");
  return {
    scans: found.map((each, k): SolutionScan => {
      const name = `${at}[${k}]`,
        seen = fieldsOf(name, each),
        { length } = scans[k]!.scan.twoTheta;
      return {
        rms: number(`${name}.rms`, seen["rms"]),
        chi2PerPoint: number(`${name}.chi2PerPoint`, seen["chi2PerPoint"]),
        instrument: instrumentOf(`${name}.instrument`, seen["instrument"]),
        calculated: Float64Array.from(numbers(`${name}.calculated`, seen["calculated"], length)),
      };
    }),
  };
}

/** One of several scans of a sample. */
function invertedScanOf(json: unknown, i: number): InvertedScan {
  const at = `scans[${i}]`,
    own = fieldsOf(at, json),
    curve = fieldsOf(`${at}.curve`, own["curve"]),
    scan = scanOf(curve, fieldsOf(`${at}.conditions`, own["conditions"])),
    points = scan.twoTheta.length,
    plain = (name: string): number => number(`${at}.${name}`, own[name]);
  return {
    scan,
    reflection: reflectionOf(own["reflection"]),
    countUnit: plain("countUnit"),
    relativeError: plain("relativeError"),
    used: Uint8Array.from(numbers(`${at}.curve.used`, curve["used"], points)),
    instrument: instrumentOf(`${at}.instrument`, own["instrument"]),
    calculated: Float64Array.from(numbers(`${at}.curve.calculated`, curve["calculated"], points)),
    rms: plain("rms"),
    chi2PerPoint: plain("chi2PerPoint"),
  };
}

function reflectionOf(json: unknown): Reflection {
  const { name, hkl } = fieldsOf("reflection", json),
    reflection = json as Reflection;
  text("reflection.name", name);
  numbers("reflection.hkl", hkl, 3);
  requireReflection("reflection", reflection);
  return reflection;
}

/** @throws what the simulator throws for such an instrument */
function instrumentOf(at: string, json: unknown): Instrument {
  const instrument = fieldsOf(at, json) as Instrument;
  rangeOf([90], instrument);
  if (instrument.resolution !== undefined) resolutionBlock(instrument.resolution);
  if (instrument.polarisation !== undefined)
    oneOf(`${at}.polarisation`, instrument.polarisation, ["sigma", "pi", "unpolarised"]);
  for (const line of list(`${at}.lines`, instrument.lines ?? [])) {
    const { wavelength, weight } = fieldsOf(`${at}.lines`, line);
    number(`${at}.lines`, wavelength);
    number(`${at}.lines`, weight);
  }
  return instrument;
}

function provenanceOf(json: unknown): Provenance {
  const origin = fieldsOf("provenance", json);
  for (const name of ["files", "settings"] as const)
    for (const each of Object.values(fieldsOf(`provenance.${name}`, origin[name])))
      fieldsOf(`provenance.${name}`, each);
  for (const { name, sha256 } of [origin["input"], ...Object.values(origin["files"] as Fields)]
    .filter((file) => file !== undefined)
    .map((file) => fieldsOf("provenance.input", file))) {
    text("provenance.input.name", name);
    text("provenance.input.sha256", sha256);
  }
  if (origin["network"] !== null)
    text("provenance.network", fieldsOf("provenance.network", origin["network"])["name"]);
  text("provenance.version", origin["version"]);
  number("provenance.budgetSeconds", origin["budgetSeconds"]);
  for (const word of list("provenance.command", origin["command"])) text("provenance.command", word);
  return json as Provenance;
}

function runOf(json: unknown): Run {
  const { date, seconds } = fieldsOf("run", json);
  return { date: text("run.date", date), seconds: number("run.seconds", seconds) };
}

function scanOf(curve: Fields, { axis, wavelength, countingTime, countUnit, notes }: Fields): Scan {
  const twoTheta = Float64Array.from(numbers("curve.twoTheta", curve["twoTheta"])),
    column = (name: string): Float64Array =>
      Float64Array.from(numbers(`curve.${name}`, curve[name], twoTheta.length));
  return {
    twoTheta,
    intensity: column("measured"),
    ...(curve["attenuation"] === undefined ? {} : { attenuation: column("attenuation") }),
    ...(axis === undefined
      ? {}
      : { axis: oneOf("axis", axis, ["2theta-omega", "2theta", "omega", "other"]) }),
    ...(wavelength === undefined ? {} : { wavelength: number("wavelength", wavelength) }),
    ...(countingTime === undefined ? {} : { countingTime: number("countingTime", countingTime) }),
    ...(countUnit === undefined ? {} : { countUnit: number("countUnit", countUnit) }),
    ...(notes === undefined ? {} : { notes: list("notes", notes).map((note) => text("notes", note)) }),
  };
}

function solutionOf(at: string, json: Fields, points: number): Solution {
  const profile = fieldsOf(`${at}profile`, json["profile"]),
    own = profileOf(`${at}profile.`, profile),
    plain = (name: string): number => number(at + name, json[name]);
  return {
    rms: plain("rms"),
    chi2PerPoint: plain("chi2PerPoint"),
    weight: plain("weight"),
    profile: own,
    strainBand: bandOf(`${at}profile.strainBand`, profile["strainBand"], own.depth.length),
    debyeWallerBand: bandOf(`${at}profile.debyeWallerBand`, profile["debyeWallerBand"], own.depth.length),
    thickness: plain("thicknessNm"),
    maxStrain: plain("maxStrainPercent"),
    maxStrainDepth: plain("maxStrainDepthNm"),
    minDebyeWaller: plain("minDebyeWaller"),
    instrument: instrumentOf(`${at}instrument`, json["instrument"]),
    calculated: Float64Array.from(numbers(`${at}calculated`, json["calculated"], points)),
    splines: plain("splines"),
    ...(json["stack"] === undefined ? {} : { stack: stackOf(`${at}stack`, json["stack"]) }),
    parameters: parametersOf(`${at}parameters`, json["parameters"]),
  };
}

function stackOf(at: string, json: unknown): FoundStack {
  const { stack, layers, periods } = fieldsOf(at, json),
    own = fieldsOf(`${at}.stack`, stack) as unknown as Stack,
    found = list(`${at}.layers`, layers),
    repeated = list(`${at}.periods`, periods);
  list(`${at}.stack.layers`, own.layers);
  try {
    validateStack(own);
  } catch (cause) {
    throw new ResultError(`the result is damaged: ${at}.stack is no stack of layers`, { cause });
  }
  const estimate = (name: string, value: unknown): Estimate => {
    const fields = fieldsOf(name, value),
      part = (key: string): number => number(`${name}.${key}`, fields[key]);
    return { value: part("value"), lower: part("lower"), upper: part("upper") };
  };
  return {
    stack: own,
    layers: found.map((value, i): FoundLayer => {
      const name = `${at}.layers[${i}]`,
        layer = fieldsOf(name, value);
      return {
        name: text(`${name}.name`, layer["name"]),
        repeats: number(`${name}.repeats`, layer["repeats"]),
        thickness: estimate(`${name}.thickness`, layer["thickness"]),
        strain: estimate(`${name}.strain`, layer["strain"]),
        strainAgainst: estimate(`${name}.strainAgainst`, layer["strainAgainst"]),
        debyeWaller: estimate(`${name}.debyeWaller`, layer["debyeWaller"]),
        atBound: list(`${name}.atBound`, layer["atBound"]).map((word) =>
          text(`${name}.atBound`, word),
        ) as unknown as FoundLayer["atBound"],
      };
    }),
    periods: repeated.map((value, i): FoundPeriod => {
      const name = `${at}.periods[${i}]`,
        period = fieldsOf(name, value);
      return {
        repeats: number(`${name}.repeats`, period["repeats"]),
        thickness: estimate(`${name}.thickness`, period["thickness"]),
        strainAgainst: estimate(`${name}.strainAgainst`, period["strainAgainst"]),
      };
    }),
  };
}

function profileOf(at: string, json: Fields): Profile {
  const depth = Float64Array.from(numbers(`${at}depthNm`, json["depthNm"]));
  const column = (name: string): Float64Array =>
    Float64Array.from(numbers(at + name, json[name], depth.length));
  return { depth, strain: column("strainPercent"), debyeWaller: column("debyeWaller") };
}

function bandOf(at: string, json: unknown, points: number): Band {
  const { lower, upper, level } = fieldsOf(at, json);
  return {
    lower: Float64Array.from(numbers(`${at}.lower`, lower, points)),
    upper: Float64Array.from(numbers(`${at}.upper`, upper, points)),
    level: number(`${at}.level`, level),
  };
}

function parametersOf(at: string, json: unknown): FitParameters {
  const { names, values, covariance } = fieldsOf(at, json),
    known = list(`${at}.names`, names).map((name) => text(`${at}.names`, name)),
    rows = list(`${at}.covariance`, covariance);
  if (rows.length !== known.length) throw wrong(`${at}.covariance`, `${known.length} rows`);
  return {
    names: known,
    values: Float64Array.from(numbers(`${at}.values`, values, known.length)),
    // null: the scan leaves it undetermined.
    covariance: Float64Array.from(
      rows.flatMap((row) => {
        const own = list(`${at}.covariance`, row);
        if (own.length !== known.length) throw wrong(`${at}.covariance`, `rows of ${known.length} numbers`);
        return own.map((v) => (v === null ? Infinity : number(`${at}.covariance`, v)));
      }),
    ),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ResultError("the file is not JSON, or was cut off", { cause });
  }
}

function wrong(name: string, expected: string): ResultError {
  return new ResultError(`the result is damaged: ${name} must be ${expected}`);
}

function fieldsOf(name: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, "an object");
  return value as Fields;
}

function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(name, "a list");
  return value as unknown[];
}

/** @param length what the list must have; any but 0 if absent */
function numbers(name: string, value: unknown, length?: number): readonly number[] {
  const found = list(name, value);
  if (
    !found.every((v) => typeof v === "number") ||
    (length === undefined ? found.length === 0 : found.length !== length)
  )
    throw wrong(name, `a list of ${length ?? "some"} numbers`);
  return found as number[];
}

function number(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(name, "a finite number");
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "text");
  return value;
}

function flag(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(name, "true or false");
  return value;
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw wrong(name, `one of ${allowed.join(", ")}`);
  return found;
}
