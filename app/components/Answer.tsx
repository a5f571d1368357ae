/** What the scan says, or what is to be done until it does. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { type Inversion, summary } from "takagi";
import { chosen, type Entry, isStale } from "../session.ts";
import { rename, takeCrystal } from "../state/actions.ts";
import { quick } from "../state/crew.ts";
import { cancel, invert } from "../state/inversion.ts";
import { previewProblem, setup } from "../state/preview.ts";
import { jobs, problems, selected } from "../state/store.ts";
import type { Suggestion } from "../worker/protocol.ts";
import { digits, indices, percent } from "../words.ts";

export function Answer({ entry }: { readonly entry: Entry }) {
  const { id, scan, experiment } = entry;
  const progress = jobs.value.get(id);
  const problem = problems.value.get(id);
  const canInvert =
    scan !== undefined && experiment.crystal !== undefined && setup.value.problem === undefined;
  return (
    <section class="answer" aria-labelledby="answer-title">
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
        {scan !== undefined &&
          (progress === undefined ? (
            <button type="button" class="primary" disabled={!canInvert} onClick={() => void invert(id)}>
              {entry.answer === undefined ? "Invert" : "Invert again"}
            </button>
          ) : (
            <button type="button" onClick={() => cancel(id)}>
              Cancel
            </button>
          ))}
      </div>
      {progress !== undefined && (
        <div class="progress">
          <progress max={1} value={progress.fraction} aria-label="Progress of the inversion" />
          <span>
            {progress.stage} · {Math.round(100 * progress.fraction)} %
          </span>
        </div>
      )}
      {problem !== undefined && problem.field === undefined && (
        <Alert what={problem.what} todo={problem.todo} />
      )}
      {problem?.field !== undefined && <Alert what={problem.what} todo={problem.todo} />}
      {scan !== undefined && experiment.crystal === undefined && <Suggestions key={id} entry={entry} />}
      {entry.answer !== undefined ? <Found entry={entry} /> : scan === undefined && <Simulated />}
    </section>
  );
}

export function Alert({ what, todo }: { readonly what: string; readonly todo: string }) {
  return (
    <div class="alert" role="alert">
      <strong>{what}</strong> {todo}
    </div>
  );
}

function Simulated() {
  const problem = previewProblem.value;
  return problem === undefined ? (
    <p class="lead">
      A simulation: drag the points of the profiles, or type values, and see what a diffractometer would
      measure.
    </p>
  ) : (
    <Alert {...problem} />
  );
}

/** Rows of the summary that are above it already. */
const SEEN = ["rms of log10 intensity", "χ² per point", "Verdict", "Found by", "Prior"];

function Found({ entry }: { readonly entry: Entry }) {
  const answer = chosen(entry)!;
  const { lead, uniqueness, profile, fit } = summary(answer);
  return (
    <>
      <p class="lead">{lead}</p>
      <p class={`verdict ${answer.verdict}`}>
        <strong>
          {answer.verdict === "determined" ? "Determined" : "Ambiguous"} · {percent(answer.confidence)}
        </strong>{" "}
        {answer.verdictReason}.
      </p>
      <Warnings answer={answer} />
      {isStale(entry) && <p class="note">Settings have changed since: invert again to see what they do.</p>}
      <dl class="numbers">
        {profile.map(([name, value, remark]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value}
              {remark !== undefined && remark !== "" && <small>{remark}</small>}
            </dd>
          </div>
        ))}
        <div>
          <dt>rms of log₁₀ I</dt>
          <dd>
            {digits(answer.rms)}
            <small>
              χ² per point {digits(answer.chi2PerPoint)}, relative error {percent(answer.relativeError)}
            </small>
          </dd>
        </div>
      </dl>
      <p class="fact">
        Found by {answer.method}: {answer.methodReason}; {answer.splines} cubic B-splines; prior:{" "}
        {answer.prior === "none" ? "none but bounds" : `films of preset ${answer.prior}`}.
      </p>
      <details>
        <summary>How sure is this?</summary>
        <p>{uniqueness}</p>
        <dl class="rows">
          {fit
            .filter(([name]) => !SEEN.includes(name))
            .map(([name, value, remark]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {value} {remark !== undefined && remark !== "" && <small>{remark}</small>}
                </dd>
              </div>
            ))}
          {entry.seconds !== undefined && (
            <div>
              <dt>Time</dt>
              <dd>{entry.seconds.toFixed(1)} s</dd>
            </div>
          )}
        </dl>
      </details>
    </>
  );
}

/** What is wrong with an answer, and what to do. */
function Warnings({ answer }: { readonly answer: Inversion }) {
  if (!answer.converged)
    return (
      <Alert
        what="The search ended far from the scan."
        todo={`${answer.reason}. Check crystal, reflection, wavelength, geometry and resolution; take the profile as a description, not as a result.`}
      />
    );
  if (answer.isBudgetSpent)
    return (
      <p class="note">
        The search ended because its budget was spent: {answer.reason}. More effort (see Parameters) may find
        a better profile.
      </p>
    );
  return null;
}

/** Crystals that could have made the scan, to be taken with one click. */
function Suggestions({ entry }: { readonly entry: Entry }) {
  const {
    id,
    scan,
    experiment: { wavelength },
  } = entry;
  const found = useSignal<readonly Suggestion[] | undefined>(undefined);
  useSignalEffect(() => {
    const wanted = selected.value?.experiment.wavelength ?? wavelength;
    if (scan !== undefined)
      quick.call("suggest", { scan, wavelength: wanted }).then(
        (answer) => (found.value = answer),
        () => (found.value = []),
      );
  });
  return (
    <div class="suggestions">
      <p class="lead">
        Which crystal is it?{" "}
        {found.value === undefined
          ? ""
          : found.value.length > 0
            ? "With this wavelength its peak fits:"
            : "Choose it, or open its CIF."}
      </p>
      <div class="chips">
        {found.value?.map(({ material, hkl, twoTheta }) => (
          <button type="button" key={material} onClick={() => takeCrystal(id, material, hkl)}>
            {material} {indices(hkl)} <small>{twoTheta.toFixed(2)}°</small>
          </button>
        ))}
      </div>
      {found.value !== undefined && found.value.length > 0 && (
        <p class="fact">
          Or choose crystal, reflection and wavelength in the form, or drop the crystal’s CIF here.
        </p>
      )}
    </div>
  );
}
