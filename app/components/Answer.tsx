/** What the scan says, or what is to be done until it does. Its place is as high before the answer as after it. */
import {
  type FoundStack,
  type Inversion,
  layerTable,
  percentOf,
  plain,
  type Profile,
  type Row,
  type Stack,
  stackThickness,
  summary,
} from "takagi";
import { chosen, type Entry, isStale } from "../session.ts";
import { rename } from "../state/actions.ts";
import { curveProblem } from "../state/curve.ts";
import { cancel, invert } from "../state/inversion.ts";
import { setup } from "../state/setup.ts";
import { isDrawnOver, profile, rms, shownAnswer, stack } from "../state/shown.ts";
import { jobs, problems } from "../state/store.ts";
import { tied } from "../words.ts";
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

export function Alert({ what, todo }: { readonly what: string; readonly todo: string }) {
  return (
    <div class="alert" role="alert">
      <strong>{what}</strong> {todo}
    </div>
  );
}

/** One sentence: what the curve that is drawn says. */
function Headline({ entry }: { readonly entry: Entry }) {
  const answer = chosen(entry);
  if (entry.scan === undefined)
    return (
      <p class="lead">
        A simulation: drag the points of the profiles, or type values, and see what a diffractometer would
        measure.
      </p>
    );
  if (isDrawnOver.value && profile.value !== undefined)
    return (
      <p class="lead">
        Drawn by hand: {stack.value === undefined ? largestOf(profile.value) : layersOf(stack.value)}.
      </p>
    );
  if (answer === undefined)
    return (
      <p class="lead">
        {jobs.value.has(entry.id)
          ? `The ${entry.layers === undefined ? "profile is" : "layers are"} being searched.`
          : "Not inverted yet."}
      </p>
    );
  return <p class="lead">{tied(leadOf(answer))}</p>;
}

/** Several layers stand in their table: the sentence names them, with their thicknesses. */
function leadOf(answer: Inversion): string {
  const { stack: found } = answer;
  if (found === undefined || found.layers.length < 2) return summary(answer).lead;
  // From below, as the stack has them.
  const words = layerTable(found)
    .reverse()
    .map(({ name, thickness }) => `${thickness.value} nm of ${name}`);
  const items = found.stack.layers.map((item) =>
    "layers" in item
      ? `${item.repeats} × (${words.splice(0, item.layers.length).reverse().join(" on ")})`
      : words.shift()!,
  );
  return `${found.layers.length} layers, from the surface down: ${items.reverse().join(", ")}.`;
}

function layersOf(drawn: Stack): string {
  const { length } = drawn.layers.flatMap((item) => ("layers" in item ? item.layers : [item]));
  if (length === 0) return "no layer, the bare substrate";
  const whole = `${plain(stackThickness(drawn), 4)} nm`;
  return length === 1 ? `one layer, ${whole} thick` : `${length} layers, ${whole} together`;
}

function largestOf({ depth, strain }: Profile): string {
  const at = strain.reduce((best, value, i) => (Math.abs(value) > Math.abs(strain[best]!) ? i : best), 0);
  return `the strain is largest ${depth[at]!.toFixed(0)} nm below the surface, ${plain(strain[at]!)} %`;
}

/** How the answer stands: being searched, failed, drawn over, determined or ambiguous. */
function Standing({ entry }: { readonly entry: Entry }) {
  const progress = jobs.value.get(entry.id),
    problem = problems.value.get(entry.id) ?? (entry.scan === undefined ? curveProblem.value : undefined),
    answer = chosen(entry);
  if (progress !== undefined)
    return (
      <div class="progress">
        <progress max={1} value={progress.fraction} aria-label="Progress of the inversion" />
        <span>{`${progress.stage} · ${Math.round(100 * progress.fraction)} %`}</span>
      </div>
    );
  if (problem !== undefined) return <Alert what={problem.what} todo={problem.todo} />;
  if (isDrawnOver.value) return <Drawn />;
  if (answer === undefined) return null;
  if (!answer.converged)
    return (
      <Alert
        what="The search ended far from the scan."
        todo={`${answer.reason}. Check crystal, reflection, wavelength, geometry and resolution; take the profile as a description, not as a result.`}
      />
    );
  return (
    <p class={`verdict ${answer.verdict}`}>
      <strong>
        {answer.verdict === "determined" ? "Determined" : "Ambiguous"} · {percentOf(answer.confidence)}
      </strong>{" "}
      {answer.verdictReason}.
      {isStale(entry) && " Settings have changed since: invert again to see what they do."}
      {answer.isBudgetSpent &&
        !isStale(entry) &&
        ` The search ended early, ${answer.reason}: more effort may find a better profile.`}
    </p>
  );
}

function Drawn() {
  const fitted = shownAnswer.value?.rms;
  return (
    <p class="verdict drawn">
      <strong>Drawn, not the fit</strong> rms {plain(rms.value ?? NaN)}, the fit’s {plain(fitted ?? NaN)}.{" "}
      {stack.value === undefined ? "The" : "The table beside the plot is what is drawn; the"} numbers below
      are those of the fit.
    </p>
  );
}

/** The answer's numbers; in grey where another curve is drawn than the one that they belong to. */
function Numbers({ entry }: { readonly entry: Entry }) {
  const answer = chosen(entry);
  if (answer === undefined) return null;
  return (
    <dl class={isDrawnOver.value || jobs.value.has(entry.id) ? "numbers old" : "numbers"}>
      {rowsOf(answer, entry.stacks?.isNumberGiven === true).map(([name, value, remark = ""]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {tied(value)}
            {remark !== "" && <small>{tied(remark)}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function rowsOf(answer: Inversion, isNumberGiven: boolean): readonly Row[] {
  return [
    ...(answer.stack === undefined
      ? summary(answer).profile
      : stackRows(answer, answer.stack, isNumberGiven)),
    [
      "rms of log₁₀ I",
      plain(answer.rms),
      `χ² per point ${plain(answer.chi2PerPoint)} with ${percentOf(answer.relativeError)} relative error`,
    ],
  ];
}

/** Of a stack as a whole: its layers have a table of their own. */
function stackRows(
  { solutions, thickness, maxStrain }: Inversion,
  { layers, periods }: FoundStack,
  isNumberGiven: boolean,
): Row[] {
  const alike = solutions
    .filter(({ stack }) => stack?.layers.length === layers.length)
    .reduce((sum, { weight }) => sum + weight, 0);
  return [
    [
      "Layers",
      String(layers.length),
      isNumberGiven ? "as many as asked for" : `${percentOf(alike)} of the posterior has as many`,
    ],
    ["Total thickness", `${plain(layers.length === 0 ? 0 : thickness, 4)} nm`],
    ["Largest strain", `${plain(maxStrain)} %`, "against the substrate"],
    ...periods.map(({ repeats, thickness: own }): Row => [
      `Period, ${repeats} times`,
      `${plain(own.value, 4)} nm`,
      `± ${plain((own.upper - own.lower) / 2, 2)} nm`,
    ]),
  ];
}
