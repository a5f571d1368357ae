/** How the page's plots are looked at. */
import { computed, effect } from "@preact/signals";
import { createLook, resetLook } from "../shown/look.ts";
import { selected } from "./store.ts";

export const look = createLook();

/** Another entry is seen whole. */
export function resetViewOnSelection(): void {
  const id = computed(() => selected.value?.id);
  effect(() => {
    void id.value;
    resetLook(look);
  });
}
