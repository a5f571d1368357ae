/** How the plots are looked at; no part of the session. */
import { computed, effect, signal } from "@preact/signals";
import { selected } from "./store.ts";

/** What brushing over the scan does. */
export const brushMode = signal<"zoom" | "mask">("zoom");

/** Whether intensities are drawn on a logarithmic axis. */
export const isLog = signal(true);

/** Range of 2θ that is seen, degrees; the whole scan if absent. */
export const zoom = signal<readonly [from: number, to: number] | undefined>(undefined);

/** Zooms out or in about the middle of what is seen. */
export function zoomBy(factor: number, full: readonly [from: number, to: number]): void {
  const [from, to] = zoom.value ?? full;
  const middle = (from + to) / 2,
    half = ((to - from) / 2) * factor;
  const next = [Math.max(middle - half, full[0]), Math.min(middle + half, full[1])] as const;
  zoom.value = next[0] <= full[0] && next[1] >= full[1] ? undefined : next;
}

/** Another entry is seen whole. */
export function resetViewOnSelection(): void {
  const id = computed(() => selected.value?.id);
  effect(() => {
    void id.value;
    zoom.value = undefined;
    brushMode.value = "zoom";
  });
}
