/** The inversion: each parameter with its value, free or held; effort; splines; ranges that are left out. */
import { useState } from "preact/hooks";
import type { Effort } from "takagi";
import { fractionOf, isStack, type ParameterName, parameterOf, resolutionOf, START_FWHM } from "../model.ts";
import type { Entry, Model } from "../session.ts";
import {
  addMask,
  removeMask,
  setEffort,
  setParameter,
  setRange,
  setSplines,
  toggleHeld,
} from "../state/actions.ts";
import { problems } from "../state/store.ts";
import { Choice, NumberField } from "./fields.tsx";

interface Known {
  readonly name: ParameterName;
  readonly label: string;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}

const PARAMETERS: readonly Known[] = [
  { name: "thickness", label: "Strained region", unit: "nm", least: 1, most: 20_000 },
  { name: "fwhm", label: "Resolution width", unit: "°", least: 1e-5, most: 5 },
  { name: "lorentzFraction", label: "Its Lorentz fraction", unit: "", least: 0, most: 1 },
  { name: "offset", label: "Offset of 2θ", unit: "°", least: -5, most: 5 },
  { name: "scale", label: "Peak intensity", unit: "", least: 1e-12 },
  { name: "background", label: "Background", unit: "", least: 0 },
  { name: "backgroundDecades", label: "Its slope (decades)", unit: "", least: -10, most: 10 },
];

const EFFORTS: readonly (readonly [Effort & string, string])[] = [
  ["quick", "quick: a few climbs"],
  ["normal", "normal"],
  ["thorough", "thorough: four times as many"],
];

export function Parameters({ entry }: { readonly entry: Entry }) {
  const { id, model, scan } = entry;
  const problem = problems.value.get(id);
  return (
    <section class="panel" aria-labelledby="parameters-title">
      <h2 id="parameters-title">Parameters</h2>
      <div class="parameters">
        {shownOf(entry).map((parameter) => (
          <Parameter key={parameter.name} entry={entry} model={model} {...parameter} />
        ))}
      </div>
      {problem?.field === "held" && (
        <p class="problem">
          {problem.what} {problem.todo}
        </p>
      )}
      {scan !== undefined ? (
        <>
          <Search entry={entry} />
          <Masks entry={entry} />
        </>
      ) : (
        <Range entry={entry} />
      )}
    </section>
  );
}

function Parameter({
  entry: { id, held, scan },
  model,
  name,
  label,
  unit,
  ...limits
}: Known & { readonly entry: Entry; readonly model: Model | undefined }) {
  return (
    <div class="parameter">
      <NumberField
        label={label}
        unit={unit}
        value={model === undefined ? undefined : round(parameterOf(model, name), unit)}
        disabled={model === undefined}
        {...limits}
        commit={(value) => setParameter(id, name, value)}
      />
      {scan !== undefined && name !== "scale" && (
        <button
          type="button"
          class="hold"
          disabled={model === undefined}
          aria-pressed={held.includes(name)}
          aria-label={`hold ${label.toLowerCase()}`}
          title={held.includes(name) ? "Held: an inversion keeps this value" : "Free: an inversion finds it"}
          onClick={() => toggleHeld(id, name)}
        >
          hold
        </button>
      )}
      {scan !== undefined && name === "scale" && <span class="free" />}
    </div>
  );
}

/** How long is searched, and with how many splines. */
function Search({ entry: { id, effort = "normal", splines, layers } }: { readonly entry: Entry }) {
  return (
    <>
      <Choice
        label="Effort"
        value={String(effort)}
        options={EFFORTS}
        choose={(value) => setEffort(id, value as Effort)}
      />
      {layers === undefined && (
        <Choice
          label="Splines"
          value={splines === undefined ? "auto" : String(splines)}
          options={[
            ["auto", "10, with the population of films"],
            ...[4, 6, 8, 12, 15, 18, 24].map((n) => [String(n), `${n}, bounds alone`] as const),
          ]}
          choose={(value) => setSplines(id, value === "auto" ? undefined : Number(value))}
        />
      )}
    </>
  );
}

/** A thickness of the whole where it is not that of layers, and a Lorentz fraction where the shape has one. Before the first inversion there is room for the values. */
function shownOf({ model, experiment, layers }: Entry): readonly Known[] {
  const resolution = model?.instrument.resolution ?? resolutionOf(experiment, START_FWHM);
  return PARAMETERS.filter(({ name }) => {
    if (name === "thickness") return layers === undefined && !(model !== undefined && isStack(model));
    return name !== "lorentzFraction" || fractionOf(resolution) !== undefined;
  });
}

function Masks({ entry: { id, mask } }: { readonly entry: Entry }) {
  const [from, setFrom] = useState<number | undefined>(undefined);
  const problem = problems.value.get(id);
  return (
    <div class="masks">
      <h3>Left out of the fit</h3>
      {mask.length === 0 && (
        <p class="fact">Nothing. Choose “mask” above the plot and brush over it, or give a range:</p>
      )}
      <ul>
        {mask.map(([a, b], i) => (
          <li key={`${a} ${b}`}>
            {a.toFixed(3)}° to {b.toFixed(3)}°
            <button
              type="button"
              class="quiet"
              aria-label={`Fit the range from ${a.toFixed(3)}° again`}
              onClick={() => removeMask(id, i)}
            >
              remove
            </button>
          </li>
        ))}
      </ul>
      <div class="pair">
        <NumberField label="From" unit="°" value={from} least={0} most={180} commit={setFrom} />
        <NumberField
          label="To"
          unit="°"
          value={undefined}
          least={0}
          most={180}
          commit={(to) => {
            if (from === undefined) return;
            addMask(id, [from, to]);
            setFrom(undefined);
          }}
        />
      </div>
      {problem?.field === "mask" && (
        <p class="problem">
          {problem.what} {problem.todo}
        </p>
      )}
    </div>
  );
}

/** Angles of a simulation. */
function Range({ entry: { id, range } }: { readonly entry: Entry }) {
  return (
    <>
      <div class="pair">
        <NumberField
          label="2θ from"
          unit="°"
          value={range.from}
          least={1}
          most={179}
          commit={(from) => from < range.to && setRange(id, { ...range, from })}
        />
        <NumberField
          label="to"
          unit="°"
          value={range.to}
          least={1}
          most={179}
          commit={(to) => to > range.from && setRange(id, { ...range, to })}
        />
      </div>
      <NumberField
        label="Points"
        value={range.points}
        least={50}
        most={20_000}
        commit={(points) => setRange(id, { ...range, points: Math.round(points) })}
      />
    </>
  );
}

/** Four digits, and no angle finer than a scan's step could be. */
function round(value: number, unit: string): number {
  const digits = Number(value.toPrecision(4));
  return unit === "°" ? Number(digits.toFixed(5)) : digits;
}
