/** The results of several scans as one table. */
import type { Inversion } from "../types.ts";
import { quantitiesOf } from "./quantities.ts";
import { type Column, columnsOf, type ResultRow, tableCsv } from "./resultTable.ts";

/** A scan of a series with its name and its answer. */
export interface SeriesScan {
  /** In the column `scan`. */
  readonly name: string;
  /** Where it stands in the series: fluence, temperature; absent where that is not known. */
  readonly x?: number;
  /** Its answer. */
  readonly inversion: Inversion;
}

/** A row a scan: name, x, verdict, confidence, every quantity with the ends of its 95 % interval, thickness, strain and
 *  Debye–Waller factor of its layers from below, and how many solutions it has: the columns of `takagi table`. Numbers have all
 *  their digits; nothing stands where one is not known.
 *  @param label of x, the name of its column; no such column if absent
 *  @returns comma-separated values (RFC 4180) */
export function seriesCsv(scans: readonly SeriesScan[], label?: string): string {
  const rows = scans.map(({ name, x, inversion }): ResultRow => {
    const { verdict, converged, confidence, rms, chi2PerPoint, stack } = inversion;
    return {
      file: name,
      scan: 1,
      verdict,
      converged,
      confidence,
      rms,
      chi2PerPoint,
      error: undefined,
      variables: new Map(label === undefined || x === undefined ? [] : [[label, x]]),
      quantities: quantitiesOf(inversion),
      layers: (stack?.layers ?? []).map((layer) => ({
        crystal: layer.name,
        repeats: layer.repeats,
        thicknessNm: layer.thickness,
        strainPercent: layer.strain,
        debyeWaller: layer.debyeWaller,
      })),
    };
  });
  const [file, ...others] = columnsOf(rows, label === undefined ? [] : [label]),
    solutions = scans.map(({ inversion }) => inversion.solutions.length);
  return tableCsv([
    { ...file!, name: "scan" },
    ...others.filter(({ name }) => name !== "scan" && name !== "error"),
    { name: "solutions", type: "integer", unit: "", cells: solutions } satisfies Column,
  ]);
}
