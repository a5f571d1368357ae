/** The angles on which R is computed for a scan, with their tables. */
import { AnglePlane } from "../../assembly/layout.ts";
import type { Wave } from "../instrument/waves.ts";
import { putAngles, putReflection } from "../simulate/recursion.ts";
import type { Sample } from "../types.ts";
import { RADIANS } from "../units.ts";
import type { Workspace } from "../wasm/workspace.ts";

export interface AngleGrid {
  readonly count: number;
  /** Radians θ, and degrees 2θ. */
  readonly theta: Float64Array;
  readonly degrees: Float64Array;
  /** f64[AnglePlane.Size][count]; undefined where it depends on the film's thickness. */
  readonly table: Float64Array | undefined;
  /** f64[count] for stacks of several crystals (putStackAngles). */
  readonly refraction?: Float64Array;
}

/** @param theta radians, ascending */
export function angleGrid(workspace: Workspace, wave: Wave, sample: Sample, theta: Float64Array): AngleGrid {
  const count = theta.length,
    isFixed = !(sample.geometry ?? "").startsWith("thick film");
  return {
    count,
    theta,
    degrees: theta.map((t) => (2 * t) / RADIANS),
    table: isFixed
      ? workspace.scope(() =>
          workspace.copy(
            putAngles(workspace, wave, putReflection(workspace, wave), theta, sample, 0),
            AnglePlane.Size * count,
          ),
        )
      : undefined,
  };
}

/** Angles from … to alone. */
export function sliceOfGrid(grid: AngleGrid, from: number, to: number): AngleGrid {
  const { table, count } = grid,
    length = to - from;
  let planes: Float64Array | undefined;
  if (table !== undefined) {
    planes = new Float64Array(AnglePlane.Size * length);
    for (let plane = 0; plane < AnglePlane.Size; plane++)
      planes.set(table.subarray(plane * count + from, plane * count + to), plane * length);
  }
  return {
    count: length,
    theta: grid.theta.slice(from, to),
    degrees: grid.degrees.slice(from, to),
    table: planes,
    ...(grid.refraction !== undefined && { refraction: grid.refraction.slice(from, to) }),
  };
}
