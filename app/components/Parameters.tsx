/** The fit: each parameter with its value, free or held; splines; ranges that are left out. */
import { useState } from "preact/hooks";
import type { FixedParameter } from "takagi";
import { parameterOf } from "../model.ts";
import type { Entry } from "../session.ts";
import { addMask, removeMask, setParameter, setRange, setSplines, toggleHeld } from "../state/actions.ts";
import { problems } from "../state/store.ts";
import { Choice, NumberField } from "./fields.tsx";

const PARAMETERS: readonly {
  readonly name: FixedParameter;
  readonly label: string;
  readonly unit: string;
  readonly least?: number;
  readonly most?: number;
}[] = [
  { name: "thickness", label: "Strained region", unit: "nm", least: 1, most: 20_000 },
  { name: "fwhm", label: "Resolution width", unit: "°", least: 1e-5, most: 5 },
  { name: "offset", label: "Offset of 2θ", unit: "°", least: -5, most: 5 },
  { name: "scale", label: "Peak intensity", unit: "", least: 1e-12 },
  { name: "background", label: "Background", unit: "", least: 0 },
  { name: "backgroundSlope", label: "Its slope", unit: "/°" },
];

export function Parameters({ entry }: { readonly entry: Entry }) {
  const { id, model, held, scan, splines } = entry;
  const problem = problems.value.get(id);
  return (
    <section class="panel" aria-labelledby="parameters-title">
      <h2 id="parameters-title">Parameters</h2>
      {model === undefined ? (
        <p class="fact">Values appear with the first inversion.</p>
      ) : (
        <div class="parameters">
          {PARAMETERS.map(({ name, label, unit, ...limits }) => (
            <div class="parameter" key={name}>
              <NumberField
                label={label}
                unit={unit}
                value={round(parameterOf(model, name), unit)}
                {...limits}
                commit={(value) => setParameter(id, name, value)}
              />
              {scan !== undefined && (
                <button
                  type="button"
                  class="hold"
                  aria-pressed={held.includes(name)}
                  aria-label={`hold ${label.toLowerCase()}`}
                  title={held.includes(name) ? "Held: a fit keeps this value" : "Free: a fit finds it"}
                  onClick={() => toggleHeld(id, name)}
                >
                  hold
                </button>
              )}
            </div>
          ))}
        </div>
      )}
      {problem?.field === "held" && (
        <p class="problem">
          {problem.what} {problem.todo}
        </p>
      )}
      {scan !== undefined ? (
        <>
          <Choice
            label="Splines"
            value={splines === undefined ? "auto" : String(splines)}
            options={[
              ["auto", "as many as the data ask for"],
              ...[4, 6, 8, 10, 12, 15, 18, 24].map((n) => [String(n), String(n)] as const),
            ]}
            choose={(value) => setSplines(id, value === "auto" ? undefined : Number(value))}
          />
          <Masks entry={entry} />
        </>
      ) : (
        <Range entry={entry} />
      )}
    </section>
  );
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
