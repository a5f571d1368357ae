/** What the names above a table say of its columns. */

import { ScanFormatError } from "../errors.ts";
import type { ScanAxis } from "../types.ts";

/** What a column holds by its name; `angle` is 2θ unless another column is, `other` is known to be neither angle nor intensity. */
type Kind = "twoTheta" | "angle" | "theta" | "omega" | "intensity" | "time" | "error" | "other";

/** Places of the columns, from 0. */
export interface TableColumns {
  readonly angle: number;
  readonly intensity: number;
  /** Counting time of each point, s. */
  readonly time?: number;
  /** What the angles are; absent where the name is that of θ, which may mean either. */
  readonly axis?: ScanAxis;
  readonly isTheta?: boolean;
  /** The name of the angle's column. */
  readonly axisName: string;
  readonly unit?: "counts" | "cps";
}

/** In this order: the first that fits says what the column is. */
const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ["other", /calc|simul|theor|^fit|model|bkg|back|diff(?!ract)|resid|^log|^ln|sqrt/],
  ["twoTheta", /^(?:2theta|twotheta|2th|tth|2t|2thetaomega|twothetaomega|twothetatheta|2thetatheta|gonio)$/],
  ["theta", /^(?:theta|th)$/],
  ["omega", /^(?:omega|om)$/],
  ["angle", /^(?:angles?|pos|position|x|degrees?|deg)$/],
  ["time", /^(?:timeperstep|time|countingtime|steptime|sec|seconds|s)$/],
  ["error", /^(?:esd|errors?|err|sigma|std|stdev|uncertainty|dy|di|e)$/],
  ["intensity", /^(?:int|i$|i(?:obs|exp|meas)|y$|y(?:obs|exp|meas)|obs|count|cnt|cps|psd|det|signal|meas)/],
  [
    "other",
    /^(?:q[xyz]?|d|dspacing|energy|kev|ev|h|k|l|index|no|nr|number|n|point|pt|phi|chi|khi|psi|temp\w*|temperature|lambda|wavelength)$/,
  ],
];

/** Units in which an angle may not stand. */
const FOREIGN_UNIT = /[[(]\s*(?:rad|radians?|mrad|arcsec|arcmin|"|'|nm|å|a\^?-1|1\/(?:å|a|nm)|ev|kev)/i;

function kindOf(name: string): Kind | undefined {
  const plain = name
    .toLowerCase()
    .replace(/[([].*?[)\]]/g, "")
    .replace(/[θϑ]/g, "theta")
    .replace(/ω/g, "omega")
    .replace(/°|degrees?$|deg\.?$/g, "")
    .replace(/[^a-z0-9]/g, "");
  return KINDS.find(([, pattern]) => pattern.test(plain))?.[0];
}

/** The fields of a line of names: between marks or wide spaces where these give as many as there are columns, else between
 *  any spaces. Undefined where neither does. */
export function namesIn(line: string, columns: number): string[] | undefined {
  const text = line
    .trim()
    .replace(/[\s,;]+$/, "")
    .replaceAll('"', "");
  const ways = [
    text.split(/\s*[,;\t]\s*/),
    text.split(/\s{2,}|\t/),
    // "2Theta (deg) Intensity (counts)": units belong to the name before.
    text.replace(/\s+(?=[([])/g, "").split(/\s+/),
  ];
  return ways.find((names) => names.length === columns);
}

/** The columns that the names mean.
 *  @param isComment a remark that may be no list of names: it counts only where it names angle and intensity
 *  @returns undefined where the names say nothing
 *  @throws {ScanFormatError} where the names are known, but not which columns are to be taken */
export function columnsNamed(
  names: readonly string[],
  { isComment, line }: { isComment: boolean; line: number },
): TableColumns | undefined {
  const kinds = names.map(kindOf);
  const all = (kind: Kind): number[] => kinds.flatMap((each, i) => (each === kind ? [i] : []));
  const angles = [all("twoTheta"), all("angle"), all("omega"), all("theta")].find(
    (found) => found.length > 0,
  );
  const intensities = preferred(all("intensity"), names);
  const refuse = (what: string): ScanFormatError =>
    new ScanFormatError(
      `the table's header is ${names.join(" | ").slice(0, 200)}, and ${what}; choose columns (\`columns\`, --columns)`,
      line,
    );
  if (angles === undefined || intensities.length === 0) {
    if (isComment || (names.length === 2 && kinds.every((kind) => kind === undefined))) return undefined;
    throw refuse(angles === undefined ? "none of its columns is one of angles 2θ" : "none holds intensities");
  }
  if (angles.length > 1) throw refuse("several of its columns are angles");
  if (intensities.length > 1) throw refuse("several of its columns are intensities");
  const [angle, intensity] = [angles[0]!, intensities[0]!];
  if (FOREIGN_UNIT.test(names[angle]!)) throw refuse("its angles are not in degrees");
  const [time] = all("time");
  const unit = /cps|\/s|per\s*s/i.test(names[intensity]!) ? ("cps" as const) : undefined;
  return {
    angle,
    intensity,
    axisName: names[angle]!,
    ...(time === undefined ? {} : { time }),
    ...(kinds[angle] === "omega" ? { axis: "omega" as const } : {}),
    ...(kinds[angle] === "theta" ? { isTheta: true } : {}),
    ...(unit === undefined ? {} : { unit }),
  };
}

/** Of several intensities, the counts as measured. */
function preferred(found: readonly number[], names: readonly string[]): readonly number[] {
  if (found.length < 2) return found;
  const best = found.filter((i) => /obs|meas|exp/i.test(names[i]!));
  if (best.length === 1) return best;
  const counts = found.filter((i) => /^(?:count|cnt)/i.test(names[i]!));
  return counts.length === 1 ? counts : found;
}
