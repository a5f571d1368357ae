/** What the scan says: a sentence, how sure it is, numbers. */
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
import { chosen, type Drawable } from "../session.ts";
import { useShown } from "../shown/shown.ts";
import { tied } from "../words.ts";
import { Alert } from "./Alert.tsx";

/** One sentence: what the curve that is drawn says.
 *  @param waiting where nothing was inverted yet */
export function Headline({
  entry,
  waiting = "Not inverted yet.",
}: {
  readonly entry: Drawable;
  readonly waiting?: string;
}) {
  const answer = chosen(entry),
    { drawn, progress } = useShown(),
    { isDrawnOver, profile, stack } = drawn;
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
        {progress.value !== undefined
          ? `The ${entry.layers === undefined ? "profile is" : "layers are"} being searched.`
          : waiting}
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
export function Standing({ entry }: { readonly entry: Drawable }) {
  const shown = useShown(),
    progress = shown.progress.value,
    problem = shown.problem.value,
    answer = chosen(entry);
  if (progress !== undefined)
    return (
      <div class="progress">
        <progress max={1} value={progress.fraction} aria-label="Progress of the inversion" />
        <span>{`${progress.stage} · ${Math.round(100 * progress.fraction)} %`}</span>
      </div>
    );
  if (problem !== undefined) return <Alert what={problem.what} todo={problem.todo} />;
  if (shown.drawn.isDrawnOver.value) return <Drawn />;
  if (answer === undefined) return null;
  if (!answer.converged)
    return (
      <Alert
        what="The search ended far from the scan."
        todo={`${answer.reason}. Check crystal, reflection, wavelength, geometry and resolution; take the profile as a description, not as a result.`}
      />
    );
  const isStale = shown.isStale.value;
  return (
    <p class={`verdict ${answer.verdict}`}>
      <strong>
        {answer.verdict === "determined" ? "Determined" : "Ambiguous"} · {percentOf(answer.confidence)}
      </strong>{" "}
      {answer.verdictReason}.{isStale && " Settings have changed since: invert again to see what they do."}
      {answer.isBudgetSpent &&
        !isStale &&
        ` The search ended early, ${answer.reason}: more effort may find a better profile.`}
    </p>
  );
}

function Drawn() {
  const { rms, shownAnswer, stack } = useShown().drawn;
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
export function Numbers({ entry }: { readonly entry: Drawable }) {
  const answer = chosen(entry),
    { drawn, progress } = useShown();
  if (answer === undefined) return null;
  return (
    <dl class={drawn.isDrawnOver.value || progress.value !== undefined ? "numbers old" : "numbers"}>
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
