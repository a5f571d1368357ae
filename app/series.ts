/** Several scans as a series: what tells them apart, and where each stands. */
import { type Inversion, seriesPoint, type SeriesPoint } from "takagi";
import { chosen, type Entry, type Session } from "./session.ts";

/** A scan of a series that has its answer. */
export interface Answered {
  readonly entry: Entry;
  readonly answer: Inversion;
  readonly point: SeriesPoint;
}

/** What a series is drawn against. */
export interface Series {
  /** "Scan" where it is the number of the scan. */
  readonly label: string;
  /** Scans that have no value, and stand nowhere. */
  readonly missing: number;
  /** In the order of the variable. */
  readonly scans: readonly { readonly entry: Entry; readonly x: number }[];
  readonly answered: readonly Answered[];
}

/** Against the variable where it is named and a scan has a value; else against the number of the scan. */
export function seriesOf({ entries, variable }: Session): Series {
  const measured = entries.filter(({ scan }) => scan !== undefined),
    isByValue = variable !== undefined && measured.some((entry) => entry.variable !== undefined);
  const scans = measured
    .flatMap((entry) => {
      const x = isByValue ? entry.variable : entries.indexOf(entry) + 1;
      return x === undefined ? [] : [{ entry, x }];
    })
    .sort((a, b) => a.x - b.x);
  return {
    label: isByValue ? variable : "Scan",
    missing: measured.length - scans.length,
    scans,
    answered: scans.flatMap(({ entry, x }) => {
      const answer = chosen(entry);
      return answer === undefined ? [] : [{ entry, answer, point: seriesPoint(answer, x) }];
    }),
  };
}

/** Values that names or files of all scans have, and that differ. */
export interface Offer {
  /** What is said of them. */
  readonly words: string;
  /** Name of the variable. */
  readonly variable: string;
  readonly values: readonly number[];
}

/** The numbers in the names, where they stand at one place of each; and the motors that moved from scan to scan. */
export function offersOf(entries: readonly Entry[]): Offer[] {
  const inNames = numbersInNames(entries.map(({ name }) => name)),
    motors = Object.keys(entries[0]?.motors ?? {}).flatMap((name): Offer[] => {
      const values = entries.map((entry) => entry.motors?.[name]);
      return isVaried(values) ? [{ words: `${name} of the files`, variable: name, values }] : [];
    });
  return [
    ...(inNames === undefined
      ? []
      : [{ words: "the numbers in the names", variable: "Number in the name", values: inNames }]),
    ...motors.slice(0, MOST_MOTORS),
  ];
}

const MOST_MOTORS = 4;

/** The first numbers of the names that are not the same in all; a comma or a p may stand for the point. */
export function numbersInNames(names: readonly string[]): number[] | undefined {
  const found = names.map((name) =>
      [...name.matchAll(/\d+(?:[.,p]\d+)?(?:e[+-]?\d+)?/gi)].map(([text]) =>
        Number(text.replace(/[,p]/i, ".")),
      ),
    ),
    count = found.length === 0 ? 0 : Math.min(...found.map(({ length }) => length));
  for (let k = 0; k < count; k++) {
    const values = found.map((numbers) => numbers[k]);
    if (isVaried(values)) return values;
  }
  return undefined;
}

function isVaried(values: readonly (number | undefined)[]): values is number[] {
  return values.every((value) => value !== undefined) && new Set(values).size > 1;
}
