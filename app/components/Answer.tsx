/** What the scan says, or what is to be done until it does. Its place is as high before the answer as after it. */
import type { Entry } from "../session.ts";
import { rename } from "../state/actions.ts";
import { cancel, invert } from "../state/inversion.ts";
import { setup } from "../state/setup.ts";
import { jobs } from "../state/store.ts";
import { Headline, Numbers, Standing } from "./Finding.tsx";
import { Suggestions } from "./Suggestions.tsx";

export function Answer({ entry }: { readonly entry: Entry }) {
  const { id, scan, experiment, answer } = entry;
  const isUnknown = scan !== undefined && experiment.crystal === undefined && answer === undefined;
  return (
    <section class={scan === undefined ? "answer" : "answer reserved"} aria-labelledby="answer-title">
      <div class="head">
        <h1 id="answer-title" class="hidden">
          {entry.name}
        </h1>
        <input
          class="title"
          type="text"
          aria-label="Name of the scan"
          title="Rename"
          value={entry.name}
          spellcheck={false}
          onChange={(event) => rename(id, event.currentTarget.value.trim() || entry.name)}
        />
        {scan !== undefined && <InvertButton entry={entry} />}
      </div>
      {isUnknown ? (
        <Suggestions key={id} entry={entry} />
      ) : (
        <>
          <Headline entry={entry} />
          <div class="standing">
            <Standing entry={entry} />
          </div>
          <Numbers entry={entry} />
        </>
      )}
    </section>
  );
}

function InvertButton({ entry: { id, experiment, answer } }: { readonly entry: Entry }) {
  const canInvert = experiment.crystal !== undefined && setup.value.problem === undefined;
  return jobs.value.has(id) ? (
    <button type="button" onClick={() => cancel(id)}>
      Cancel
    </button>
  ) : (
    <button type="button" class="primary" disabled={!canInvert} onClick={() => void invert(id)}>
      {answer === undefined ? "Invert" : "Invert again"}
    </button>
  );
}
