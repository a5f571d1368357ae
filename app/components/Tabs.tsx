/** Scans and simulations that are open. */
import { remove, select } from "../state/actions.ts";
import { jobs, problems, settled, settledSession } from "../state/store.ts";

export function Tabs() {
  const { entries } = settledSession.value;
  return (
    <nav class="tabs" aria-label="Scans">
      {entries.map(({ id, name, answer, scan }) => {
        const state = jobs.value.has(id)
          ? "working"
          : problems.value.has(id)
            ? "failed"
            : answer !== undefined
              ? "done"
              : scan === undefined
                ? "simulation"
                : "open";
        return (
          <span key={id} class={`tab ${state}`}>
            <button type="button" aria-current={settled.value?.id === id} onClick={() => select(id)}>
              {name}
              <span class="hidden"> ({state})</span>
            </button>
            <button type="button" class="close" aria-label={`Close ${name}`} onClick={() => remove(id)}>
              ×
            </button>
          </span>
        );
      })}
    </nav>
  );
}
