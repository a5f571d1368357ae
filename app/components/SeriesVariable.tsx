/** What tells the scans of a series apart: its name, and where its values may come from. */
import { useId } from "preact/hooks";
import { offersOf, type Series } from "../series.ts";
import type { Session } from "../session.ts";
import { fillVariable, nameVariable } from "../state/actions.ts";
import { TextField } from "./fields.tsx";

const USUAL = ["Fluence (cm⁻²)", "Temperature (K)", "Position (mm)", "Time (min)", "dpa"];

export function SeriesVariable({
  session: { entries, variable },
  series: { missing },
}: {
  readonly session: Session;
  readonly series: Series;
}) {
  const list = useId(),
    offers = offersOf(entries);
  return (
    <div class="variable">
      <TextField
        label="Series against"
        placeholder="the number of the scan"
        hint="name it, then type its values in the table"
        list={list}
        text={variable ?? ""}
        parse={(text) => ({ name: text.trim() })}
        expected=""
        commit={({ name }) => nameVariable(name === "" ? undefined : name)}
      />
      <datalist id={list}>
        {USUAL.map((words) => (
          <option key={words} value={words} />
        ))}
      </datalist>
      {offers.map(({ words, variable: name, values }) => (
        <button
          type="button"
          class="link"
          key={words}
          title={values.join(", ")}
          onClick={() => fillVariable(isOwn(variable, offers) ? variable! : name, values)}
        >
          Take {words}
        </button>
      ))}
      {variable !== undefined && missing > 0 && (
        <p class="soft">
          {missing === 1
            ? "1 scan has no value and is in no picture."
            : `${missing} scans have no value and are in no picture.`}
        </p>
      )}
    </div>
  );
}

/** A name that the user gave stays. */
function isOwn(variable: string | undefined, offers: readonly { readonly variable: string }[]): boolean {
  return variable !== undefined && offers.every((offer) => offer.variable !== variable);
}
