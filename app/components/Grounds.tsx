/** How the answer was found, and what its confidence rests on. */
import { type Inversion, type Provenance, type Row, type Run, shellLine, summary } from "takagi";
import { chosen, type Drawable } from "../session.ts";
import { Rows } from "./Rows.tsx";

/** Rows of the summary that are seen already. */
const SEEN = ["rms of log10 intensity", "χ² per point", "Verdict", "Found by", "Prior"];

/** What the film was taken to be like. */
function modelOf({ stack, splines, prior }: Inversion): string {
  if (stack !== undefined) return `prior: ${prior}`;
  const films = prior === "none" ? "none but bounds" : `films of preset ${prior}`;
  return `${splines} cubic B-splines; prior: ${films}`;
}

export function Grounds({ entry }: { readonly entry: Drawable }) {
  const answer = chosen(entry);
  if (answer === undefined) return <section class="grounds" />;
  const { uniqueness, fit } = summary(answer);
  return (
    <section class="grounds" aria-label="How the answer was found">
      <p class="fact">
        Found by {answer.method}: {answer.methodReason}; {modelOf(answer)}.
      </p>
      <details>
        <summary>How sure is this?</summary>
        <p>{uniqueness}</p>
        <dl class="rows">
          <Rows rows={fit.filter(([name]) => !SEEN.includes(name))} />
          {entry.seconds !== undefined && (
            <div>
              <dt>Time</dt>
              <dd>{entry.seconds.toFixed(1)} s</dd>
            </div>
          )}
        </dl>
      </details>
      {entry.provenance !== undefined && <Origin provenance={entry.provenance} run={entry.run} />}
    </section>
  );
}

/** What an answer that came as a result.json came from. */
function Origin({ provenance, run }: { readonly provenance: Provenance; readonly run: Run | undefined }) {
  const { input, version, network, command } = provenance;
  const rows: readonly Row[] = [
    ...(input === undefined ? [] : [["Measured file", input.name, `SHA-256 ${input.sha256}`] as const]),
    ["Program", `takagi ${version}`, run === undefined ? "" : `${run.date}, ${run.seconds.toFixed(1)} s`],
    [
      "Network",
      network === null ? "none" : network.name,
      network?.sha256 === undefined ? "" : `SHA-256 ${network.sha256}`,
    ],
    ["Again", shellLine(command)],
  ];
  return (
    <details>
      <summary>Where does it come from?</summary>
      <dl class="rows">
        <Rows rows={rows} />
      </dl>
    </details>
  );
}
