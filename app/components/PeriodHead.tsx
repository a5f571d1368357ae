/** How often a period comes, and a layer more in it. */
import { NumberField } from "./fields.tsx";

export function PeriodHead({
  repeats,
  repeat,
  add,
  isFull = false,
}: {
  readonly repeats: number;
  readonly repeat: (times: number) => void;
  readonly add: () => void;
  readonly isFull?: boolean;
}) {
  return (
    <>
      <NumberField
        label="Times"
        value={repeats}
        least={1}
        most={1000}
        commit={(times) => repeat(Math.round(times))}
      />
      <button type="button" class="quiet" disabled={isFull} onClick={add}>
        Add to the period
      </button>
    </>
  );
}
