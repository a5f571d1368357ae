/** How the plots of a scan are looked at; no part of what is known of it. */
import { type Signal, signal } from "@preact/signals";

export interface Look {
  /** What brushing over the scan does. */
  readonly brushMode: Signal<"zoom" | "mask">;
  /** Whether intensities are drawn on a logarithmic axis. */
  readonly isLog: Signal<boolean>;
  /** Range of 2θ that is seen, degrees; the whole scan if absent. */
  readonly zoom: Signal<readonly [from: number, to: number] | undefined>;
}

export function createLook(): Look {
  return { brushMode: signal("zoom"), isLog: signal(true), zoom: signal(undefined) };
}

/** Another scan is seen whole. */
export function resetLook({ brushMode, zoom }: Look): void {
  zoom.value = undefined;
  brushMode.value = "zoom";
}

/** Zooms out or in about the middle of what is seen. */
export function zoomBy({ zoom }: Look, factor: number, full: readonly [from: number, to: number]): void {
  const [from, to] = zoom.value ?? full;
  const middle = (from + to) / 2,
    half = ((to - from) / 2) * factor;
  const next = [Math.max(middle - half, full[0]), Math.min(middle + half, full[1])] as const;
  zoom.value = next[0] <= full[0] && next[1] >= full[1] ? undefined : next;
}
