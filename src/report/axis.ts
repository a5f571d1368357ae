/** Axes: where values lie on paper, and which of them are marked. */

import type { Reflection } from "../types.ts";
import { DEGREES } from "../units.ts";
import { fixed, plain, superscript } from "./numbers.ts";

/** An axis of a picture. */
export interface Axis {
  /** Ends of the axis in data, from < to; both > 0 on a logarithmic one. */
  readonly from: number;
  /** Its other end. */
  readonly to: number;
  /** Whether it is logarithmic. */
  readonly log: boolean;
  /** With its unit. */
  readonly label: string;
}

/** A mark on an axis. */
export interface Tick {
  /** In the axis's unit. */
  readonly value: number;
  /** Empty for a minor tick. */
  readonly text: string;
}

/** A position on paper for every value, from `start` to `end` px; beyond the axis it runs on, at most one length further. */
export function position(axis: Axis, start: number, end: number): (value: number) => number {
  const { from, to, log } = axis;
  const share = log
    ? (value: number) => Math.log(Math.max(value, Number.MIN_VALUE) / from) / Math.log(to / from)
    : (value: number) => (value - from) / (to - from);
  return (value) => start + (end - start) * Math.min(2, Math.max(-1, share(value)));
}

/** Marks at round values, the labelled ones at most `count` steps over the axis; on a logarithmic axis powers of ten, and 1,
 *  2, 5 of each where it is shorter than two decades.
 *  @param count > 0
 *  @returns in the axis's unit, ascending; labels are empty for minor marks */
export function ticks(axis: Axis, count: number): Tick[] {
  return axis.log ? logTicks(axis, count) : linearTicks(axis, count);
}

function linearTicks(axis: Axis, count: number): Tick[] {
  const { from, to } = axis;
  const span = to - from;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = ([1, 2, 5, 10].find((factor) => span / (factor * power) <= count) ?? 10) * power;
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const marks: Tick[] = [];
  const first = Math.ceil(from / step - 1e-9);
  for (let i = first; i * step <= to + 1e-9 * span && marks.length < 1000; i++) {
    const value = Number((i * step).toPrecision(12));
    marks.push({ value, text: Math.abs(value) >= 1e5 ? plain(value, 2) : fixed(value, decimals) });
  }
  // From one mark nobody can read a scale.
  return marks.length < 2 && count < 40 ? linearTicks(axis, 2 * count) : marks;
}

function logTicks(axis: Axis, count: number): Tick[] {
  const decades = Math.log10(axis.to / axis.from);
  // Half a decade and less looks linear, and has at most two of 1, 2, 5.
  if (decades < 0.5) return linearTicks(axis, count).filter(({ value }) => value > 0);
  const first = Math.ceil(Math.log10(axis.from) - 1e-9);
  const last = Math.floor(Math.log10(axis.to) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const isLong = decades >= 2;
  const marks: Tick[] = [];
  for (let power = first - 1; power <= last; power++) {
    for (let digit = 1; digit < 10; digit++) {
      const value = Number(`${digit}e${power}`);
      if (value < axis.from * (1 - 1e-9) || value > axis.to * (1 + 1e-9)) continue;
      const isPower = digit === 1;
      if (!isPower && (every > 1 || last - first > 9)) continue;
      marks.push({
        value,
        text: isLong
          ? isPower && (power - first) % every === 0
            ? powerOfTen(power)
            : ""
          : [1, 2, 5].includes(digit)
            ? shortNumber(digit, power)
            : "",
      });
    }
  }
  return marks;
}

/** 1, 2 or 5 times a power of ten, written out where that is short. */
function shortNumber(digit: number, power: number): string {
  if (Math.abs(power) <= 3) return String(Number(`${digit}e${power}`));
  return digit === 1 ? powerOfTen(power) : `${digit}×${powerOfTen(power)}`;
}

/** Marks of an axis Δd/d along one of 2θ: strains (%) whose Bragg peaks lie there, refraction aside.
 *  @param reflection wavelength and spacing d in Å, offset of 2θ in degrees
 *  @param x axis of 2θ, degrees
 *  @param count > 0: labels at most, at least 2
 *  @returns at values of 2θ in degrees, their text in %; none where no angle can be a Bragg angle */
export function strainTicks(
  { wavelength, d, offset = 0 }: Pick<Reflection, "wavelength" | "d"> & { readonly offset?: number },
  x: Pick<Axis, "from" | "to">,
  count: number,
): Tick[] {
  const strainAt = (twoTheta: number) =>
    100 * (wavelength / (2 * Math.sin((twoTheta - offset) / 2 / DEGREES)) / d - 1);
  const range: Axis = { from: strainAt(x.to), to: strainAt(x.from), log: false, label: "" };
  if (!(range.from < range.to)) return [];
  return ticks(range, Math.max(2, Math.floor(count))).map(({ value, text }) => {
    const sine = wavelength / (2 * d * (1 + value / 100));
    return { value: 2 * Math.asin(Math.min(1, sine)) * DEGREES + offset, text };
  });
}

function powerOfTen(power: number): string {
  if (power === 0) return "1";
  return power === 1 ? "10" : `10${superscript(power)}`;
}

/** A linear axis around the values, with `margin` of their span free on both sides; never of no length. */
export function around(label: string, values: Iterable<number>, margin = 0.05): Axis {
  let from = Infinity;
  let to = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  if (!(from <= to)) [from, to] = [0, 1];
  const span = to - from;
  const least = 1e-6 * Math.max(Math.abs(from), Math.abs(to), 1e-3);
  const free = Math.max(margin * span, span < least ? least : 0);
  return { from: from - free, to: to + free, log: false, label };
}
