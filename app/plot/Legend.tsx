/** What the marks of the scan's plot mean, and their values under the pointer. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { plain } from "takagi";
import { useShown } from "../shown/shown.ts";

/** Share of the scan beside which a legend stands. */
const SHARE = 0.4;

/** The side on which the scan is lower: there is room above it. */
function lowerSide(values: Float64Array | undefined): "left" | "right" {
  if (values === undefined) return "left";
  const most = (part: Float64Array): number => part.reduce((a, b) => Math.max(a, b), 0);
  const width = Math.ceil(SHARE * values.length);
  return most(values.subarray(0, width)) <= most(values.subarray(-width)) ? "left" : "right";
}

export function Legend({ at }: { readonly at: ReadonlySignal<number | undefined> }) {
  const { measured, calculated, isDrawnOver, masks, twoTheta, zeros } = useShown().drawn,
    side = useComputed(() => lowerSide(measured.value ?? calculated.value));
  const i = at.value ?? -1,
    angle = twoTheta.value[i],
    seen = measured.value?.[i],
    curve = calculated.value?.[i];
  return (
    <dl class={`legend ${side.value}`} aria-hidden="true">
      {measured.value !== undefined && (
        <Entry
          mark="dots"
          words="measured"
          value={seen === undefined ? "" : String(Number(seen.toPrecision(4)))}
        />
      )}
      {calculated.value !== undefined && (
        <Entry
          mark="line"
          words={isDrawnOver.value ? "drawn by hand" : "calculated"}
          value={curve === undefined ? "" : plain(curve, 4)}
        />
      )}
      {zeros.value.length > 0 && <Entry mark="zeros" words="zero counts" />}
      {masks.value.length > 0 && <Entry mark="mask" words="left out" />}
      {angle !== undefined && <Entry mark="" words="2θ" value={`${angle.toFixed(3)}°`} />}
    </dl>
  );
}

function Entry({
  mark,
  words,
  value = "",
}: {
  readonly mark: string;
  readonly words: string;
  readonly value?: string;
}) {
  return (
    <div>
      <dt>
        <i class={mark} />
        {words}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
