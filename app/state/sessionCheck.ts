/** Whether what a file or the browser holds is a session, all of it: a part that is damaged must not take the page along. */
import { parseResult, resultJson, type Scan, type ScanInput, type Solution, validateScan } from "takagi";
import type { FoundStacks, LayersChoice } from "../layers.ts";
import type { Entry, Experiment, Session } from "../session.ts";

type Check = (value: unknown) => boolean;
/** A check for every property. */
type Shape<T> = { readonly [K in keyof T]-?: Check };

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => Number.isFinite(value);
const isFlag: Check = (value) => typeof value === "boolean";
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const has =
  <T>(shape: Shape<T>): Check =>
  (value) =>
    isObject(value) && Object.entries<Check>(shape).every(([name, check]) => check(value[name]));

const isHkl: Check = (value) => listOf(Number.isInteger)(value) && (value as unknown[]).length === 3;
const isRange: Check = (value) => listOf(isNumber)(value) && (value as unknown[]).length === 2;
const isNamed: Check = (value) =>
  isObject(value) &&
  isText(value["kind"]) &&
  isText(value["name"]) &&
  (value["kind"] !== "cif" || isText(value["text"]));

const EXPERIMENT: Shape<Experiment> = {
  crystal: optional(isNamed),
  hkl: isHkl,
  wavelength: isNumber,
  hasSecondLine: isFlag,
  polarisation: isText,
  monochromator: optional(isNumber),
  geometry: isText,
  filmThickness: optional(isNumber),
  substrate: optional(isNamed),
  substrateHkl: optional(isHkl),
  surface: optional(isHkl),
  isGrazingExit: isFlag,
  resolutionShape: isText,
  lorentzFraction: isNumber,
  lorentzFractionHigh: isNumber,
  exponent: isNumber,
  deviation: isText,
};

const isLayer: Check = (value) =>
  isObject(value) &&
  ["thickness", "strain", "debyeWaller"].every((name) => optional(isNumber)(value[name])) &&
  optional(isNamed)(value["crystal"]) &&
  optional(isHkl)(value["hkl"]);
const isPeriods = listOf(has({ layers: listOf(isLayer), repeats: Number.isInteger }));
const STACKS: Shape<FoundStacks> = { isNumberGiven: isFlag, each: listOf(isPeriods) };
const LAYERS: Shape<LayersChoice> = {
  number: (value) => isText(value) || isNumber(value),
  crystal: optional(isNamed),
  hkl: optional(isHkl),
  given: isPeriods,
};

/** Of a profile drawn by hand, of layers, and of other kinds no more than that they are models. */
const isModel: Check = (value) =>
  isObject(value) &&
  isObject(value["instrument"]) &&
  (!("layers" in value) || isPeriods(value["layers"])) &&
  (!("strainWeights" in value) ||
    (isNumber(value["thickness"]) &&
      listOf(isNumber)(value["strainWeights"]) &&
      listOf(isNumber)(value["debyeWallerWeights"])));

const isScan: Check = (value) => {
  const { twoTheta, intensity } = (isObject(value) ? value : {}) as Partial<Scan>;
  return (
    twoTheta instanceof Float64Array &&
    intensity instanceof Float64Array &&
    passes(() => validateScan(value as ScanInput))
  );
};

/** Its arrays are arrays; and what is told with it, and itself, can be written as a result.json and read again. */
const isAnswered = ({ answer, provenance, run }: Entry): boolean =>
  answer === undefined ||
  (passes(() =>
    parseResult(
      resultJson(answer, {
        name: "",
        ...(provenance === undefined ? {} : { provenance }),
        ...(run === undefined ? {} : { run }),
      }),
    ),
  ) &&
    [answer, ...answer.solutions].every((solution) =>
      arraysOf(solution).every((array) => array instanceof Float64Array),
    ) &&
    answer.used instanceof Uint8Array);

const arraysOf = ({ profile, strainBand, debyeWallerBand, calculated, parameters }: Solution): unknown[] => [
  ...[profile.depth, profile.strain, profile.debyeWaller],
  ...[strainBand.lower, strainBand.upper, debyeWallerBand.lower, debyeWallerBand.upper],
  ...[calculated, parameters.values, parameters.covariance],
];

const ENTRY: Shape<Entry> = {
  id: isText,
  name: isText,
  scan: optional(isScan),
  range: has({ from: isNumber, to: isNumber, points: isNumber }),
  guess: optional(isText),
  motors: optional((value) => isObject(value) && Object.values(value).every(isNumber)),
  variable: optional(isNumber),
  experiment: has(EXPERIMENT),
  network: isText,
  held: listOf(isText),
  mask: listOf(isRange),
  layers: optional(has(LAYERS)),
  stacks: optional(has(STACKS)),
  splines: optional(isNumber),
  effort: optional((value) => isText(value) || isNumber(value)),
  answer: optional(isObject),
  seconds: optional(isNumber),
  provenance: optional(isObject),
  run: optional(isObject),
  invertedWith: optional(isObject),
  solution: Number.isInteger,
  model: optional(isModel),
  isEdited: isFlag,
};

const isEntry = (value: unknown): value is Entry => has(ENTRY)(value) && isAnswered(value as Entry);

/** The entries that are sound, and how many are not. */
export function soundSession(value: unknown): { readonly session: Session; readonly lost: number } {
  const given = isObject(value) ? value : {},
    entries = Array.isArray(given["entries"]) ? (given["entries"] as unknown[]) : [],
    sound = entries.filter(isEntry),
    selected = sound.find(({ id }) => id === given["selected"]) ?? sound[0],
    { variable } = given;
  return {
    session: {
      entries: sound,
      ...(selected === undefined ? {} : { selected: selected.id }),
      ...(typeof variable === "string" ? { variable } : {}),
    },
    lost: Array.isArray(given["entries"]) ? entries.length - sound.length : 1,
  };
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
