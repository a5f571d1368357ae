/** Several scans side by side, and their results in one table. */
import { useMemo } from "preact/hooks";
import { plain } from "takagi";
import { handlesOf, isStack, parameterOf } from "../model.ts";
import { chosen, type Entry, isDrawn } from "../session.ts";
import { seriesOf } from "../series.ts";
import { select, setVariable } from "../state/actions.ts";
import { invertAll } from "../state/inversion.ts";
import { jobs, problems, settled, settledSession } from "../state/store.ts";
import { type Line, Thumbnail } from "../plot/Thumbnail.tsx";
import { OptionalNumberField } from "./fields.tsx";
import { SeriesPictures } from "./SeriesPictures.tsx";
import { SeriesVariable } from "./SeriesVariable.tsx";

export function Series() {
  const session = settledSession.value,
    { entries, variable } = session,
    series = useMemo(() => seriesOf(session), [session]);
  if (entries.length < 2) return null;
  const answers = entries.map((entry) => chosen(entry));
  const deepest = Math.max(
    1,
    ...entries.map(({ model }) => (model === undefined ? 0 : parameterOf(model, "thickness"))),
  );
  const strains = entries.flatMap((entry) => strainOf(entry).flatMap(({ y }) => Array.from(y)));
  const y = [Math.min(0, ...strains), Math.max(0.01, ...strains)] as const;
  return (
    <section aria-labelledby="series-title">
      <h2 id="series-title">
        Series <small>one scale for all</small>{" "}
        <button type="button" class="quiet" onClick={invertAll}>
          Invert all
        </button>
      </h2>
      <div class="cards">
        {entries.map((entry, i) => (
          <Card key={entry.id} entry={entry} deepest={deepest} y={y} answer={answers[i]} />
        ))}
      </div>
      <SeriesPictures series={series} />
      <SeriesVariable session={session} series={series} />
      <div class="scroll" tabIndex={0} role="region" aria-label="Results of all scans">
        <table>
          <thead>
            <tr>
              <th scope="col">Scan</th>
              <th scope="col">Crystal</th>
              {variable !== undefined && <th scope="col">{variable}</th>}
              <th scope="col">Max. strain (%)</th>
              <th scope="col">at depth (nm)</th>
              <th scope="col">Thickness (nm)</th>
              <th scope="col">Lowest DW</th>
              <th scope="col">rms</th>
              <th scope="col">Verdict</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry, i) => (
              <Row key={entry.id} entry={entry} answer={answers[i]} variable={variable} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

type Shown = { readonly entry: Entry; readonly answer: ReturnType<typeof chosen> };

function Card({
  entry,
  answer,
  deepest,
  y,
}: Shown & { readonly deepest: number; readonly y: readonly [number, number] }) {
  const { scan } = entry;
  const isSelected = settled.value?.id === entry.id;
  let most = 0,
    least = Infinity;
  for (const value of scan?.intensity ?? []) {
    if (value > 0) least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return (
    <button type="button" class="card" aria-pressed={isSelected} onClick={() => select(entry.id)}>
      {scan !== undefined && (
        <Thumbnail
          isLog
          x={[scan.twoTheta[0]!, scan.twoTheta[scan.twoTheta.length - 1]!]}
          y={[least, most]}
          label={`Scan ${entry.name}`}
          lines={[
            { x: scan.twoTheta, y: scan.intensity, className: "dots" },
            ...(answer === undefined ? [] : [{ x: scan.twoTheta, y: answer.calculated, className: "line" }]),
          ]}
        />
      )}
      <Thumbnail x={[0, deepest]} y={y} label={`Strain of ${entry.name}`} lines={strainOf(entry)} />
      <span class="caption">
        {entry.name}
        <small>{stateOf(entry)}</small>
      </span>
    </button>
  );
}

function Row({ entry, answer, variable }: Shown & { readonly variable: string | undefined }) {
  const { crystal, hkl } = entry.experiment;
  const name = crystal === undefined ? "–" : `${crystal.name} ${hkl.join(" ")}`;
  return (
    <tr aria-current={settled.value?.id === entry.id}>
      <th scope="row">
        <button type="button" class="link" onClick={() => select(entry.id)}>
          {entry.name}
        </button>
      </th>
      <td>{name}</td>
      {variable !== undefined && (
        <td class="value">
          <OptionalNumberField
            label={`${variable} of ${entry.name}`}
            isBare
            least={-Infinity}
            most={Infinity}
            value={entry.variable}
            commit={(value) => setVariable(entry.id, value)}
          />
        </td>
      )}
      {answer === undefined ? (
        <td colSpan={6} class="soft">
          {stateOf(entry)}
        </td>
      ) : (
        <>
          <td>{plain(answer.maxStrain)}</td>
          <td>{plain(answer.maxStrainDepth)}</td>
          <td>{plain(answer.thickness, 4)}</td>
          <td>{plain(answer.minDebyeWaller, 2)}</td>
          <td>{plain(answer.rms)}</td>
          <td>
            {answer.verdict}
            {answer.solutions.length > 1 && `: ${answer.solutions.length} profiles`}
          </td>
        </>
      )}
    </tr>
  );
}

/** Strain of what is shown of an entry: the fit's, or the polygon through the handles of a model changed by hand. Layers are
 *  those of the fit. */
function strainOf(entry: Entry): Line[] {
  const answer = chosen(entry);
  if (answer !== undefined && (!entry.isEdited || answer.stack !== undefined))
    return [{ x: answer.profile.depth, y: answer.profile.strain, className: "line" }];
  if (entry.model === undefined || isStack(entry.model)) return [];
  const handles = handlesOf(entry.model, "strain");
  return [
    {
      x: [entry.model.thickness, ...handles.map(({ depth }) => depth)],
      y: [0, ...handles.map(({ value }) => value)],
      className: "line",
    },
  ];
}

function stateOf(entry: Entry): string {
  const progress = jobs.value.get(entry.id);
  if (progress !== undefined) return `${progress.stage} ${Math.round(100 * progress.fraction)} %`;
  const problem = problems.value.get(entry.id);
  if (problem !== undefined) return problem.what;
  if (entry.answer !== undefined)
    return `${plain(entry.answer.maxStrain)} % at ${entry.answer.maxStrainDepth.toFixed(0)} nm${isDrawn(entry) ? "; drawn by hand" : ""}`;
  if (entry.scan === undefined) return "simulation";
  return entry.experiment.crystal === undefined ? "which crystal?" : "not inverted";
}
