/** Axes: where values lie on paper, and which of them are marked. */

import { fixed, plain, superscript } from "./numbers.ts";

export interface Axis {
  /** Ends of the axis in data, from < to; both > 0 on a logarithmic one. */
  readonly from: number;
  readonly to: number;
  readonly log: boolean;
  /** With its unit. */
  readonly label: string;
}

export interface Tick {
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

/** Marks at round values, the labelled ones at most `count` steps over the axis. */
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
  const first = Math.ceil(Math.log10(axis.from) - 1e-9);
  const last = Math.floor(Math.log10(axis.to) + 1e-9);
  // Less than a decade and a half has too few powers of ten to read values from.
  if (last - first < 1) {
    return linearTicks(axis, count).filter(({ value }) => value > 0);
  }
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const marks: Tick[] = [];
  for (let power = first - 1; power <= last; power++) {
    if (power >= first)
      marks.push({ value: 10 ** power, text: (power - first) % every === 0 ? powerOfTen(power) : "" });
    if (every > 1 || last - first > 9) continue;
    for (let digit = 2; digit < 10; digit++) {
      const value = digit * 10 ** power;
      if (value >= axis.from && value <= axis.to) marks.push({ value, text: "" });
    }
  }
  return marks;
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
