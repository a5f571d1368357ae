/** The layers that are shown, from the surface down, each number to be changed. */
import { type LayerRow, layerTable } from "takagi";
import {
  distinct,
  type DrawnLayer,
  layerAt,
  MOST_GIVEN,
  type Place,
  placesOf,
  withLayer,
  withoutLayer,
  withRepeats,
} from "../layers.ts";
import { isStack } from "../model.ts";
import { type Entry, type StackModel, without } from "../session.ts";
import { againstSubstrate } from "../stackModel.ts";
import { addLayer, drawLayers } from "../state/actions.ts";
import { isDrawnOver, shownAnswer, stack } from "../state/shown.ts";
import { isDragging } from "../state/store.ts";
import { CrystalName, CrystalNames } from "./CrystalName.tsx";
import { NumberField } from "./fields.tsx";

export function LayerTable({ entry }: { readonly entry: Entry }) {
  const { id, model, experiment } = entry;
  if (model === undefined || !isStack(model)) return <div class="layers" />;
  const { layers } = model,
    count = distinct(layers).length,
    found = foundRows(count);
  return (
    <div class="layers">
      <CrystalNames />
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Thickness (nm)</th>
            <th scope="col">Strain (%)</th>
            <th scope="col">Debye–Waller</th>
            <td>
              <button
                type="button"
                class="quiet"
                aria-label="Add a layer on top"
                title="Add a layer on top"
                disabled={count >= MOST_GIVEN}
                onClick={() => addLayer(id)}
              >
                +
              </button>
            </td>
          </tr>
        </thead>
        {layers
          .map((_, p) => <PeriodRows key={p} p={p} entry={entry} model={model} found={found} />)
          .reverse()}
        <tfoot>
          <tr>
            <th scope="row" colSpan={5}>
              on {experiment.crystal?.name ?? "the substrate"}
              <small>
                Strain of the layer’s own relaxed lattice; beneath, against the substrate, as in the plot.
              </small>
            </th>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** What the fit says, from below; none where other layers are drawn than it has. */
function foundRows(count: number): readonly LayerRow[] | undefined {
  const own = shownAnswer.value?.stack;
  return own?.layers.length === count ? layerTable(own).reverse() : undefined;
}

interface RowsProps {
  readonly entry: Entry;
  readonly model: StackModel;
  readonly found: readonly LayerRow[] | undefined;
}

function PeriodRows({ p, ...rows }: RowsProps & { readonly p: number }) {
  const { layers } = rows.model,
    { repeats } = layers[p]!,
    { id } = rows.entry;
  return (
    <tbody class={repeats > 1 ? "period" : ""}>
      {repeats > 1 && (
        <tr>
          <th scope="rowgroup" colSpan={5}>
            <span class="period-head">
              <NumberField
                label="Times"
                value={repeats}
                least={1}
                most={1000}
                commit={(times) => drawLayers(id, (now) => withRepeats(now, p, Math.round(times)))}
              />
              <button type="button" class="quiet" onClick={() => addLayer(id, p)}>
                Add a layer to the period
              </button>
            </span>
          </th>
        </tr>
      )}
      {layers[p]!.layers.map((_, i) => <DrawnRow key={i} place={[p, i]} {...rows} />).reverse()}
    </tbody>
  );
}

const NUMBERS = [
  { key: "thickness", words: "Thickness", least: 0.1, most: 100_000 },
  { key: "strain", words: "Strain", least: -30, most: 30 },
  { key: "debyeWaller", words: "Debye–Waller factor", least: 0, most: 2 },
] as const;

function DrawnRow({ place, entry, model, found }: RowsProps & { readonly place: Place }) {
  const { id, experiment } = entry,
    layer = layerAt(model.layers, place)!,
    at = placesOf(model.layers).findIndex(([p, i]) => p === place[0] && i === place[1]),
    row = found?.[at],
    crystals = crystalsShown(),
    against = crystals === undefined ? undefined : againstSubstrate(model, crystals)[at];
  const put = (next: DrawnLayer): void => drawLayers(id, (now) => withLayer(now, place, next));
  return (
    <>
      <tr>
        <td>
          <CrystalName
            isBare
            label={`Crystal of layer ${at + 1}`}
            value={layer.crystal}
            substrate={experiment.crystal}
            choose={(crystal) =>
              put({ ...without(layer, "crystal"), ...(crystal === undefined ? {} : { crystal }) })
            }
          />
          <small>{`${at + 1}${at === distinct(model.layers).length - 1 ? ", surface" : ""}`}</small>
        </td>
        {NUMBERS.map(({ key, words, ...limits }) => (
          <td key={key}>
            <NumberField
              isBare
              label={`${words} of layer ${at + 1}`}
              value={shown(layer[key], isDrawnOver.value ? undefined : row?.[key].value)}
              {...limits}
              commit={(value) => put({ ...layer, [key]: value })}
            />
            <small>{remarkOf(row?.[key])}</small>
            {key === "strain" && (
              <small>{`${againstOf(row, against)} on ${experiment.crystal?.name ?? "the substrate"}`}</small>
            )}
          </td>
        ))}
        <td>
          <button
            type="button"
            class="quiet"
            aria-label={`Remove layer ${at + 1}`}
            title="Remove"
            onClick={() => drawLayers(id, (now) => withoutLayer(now, place))}
          >
            ×
          </button>
        </td>
      </tr>
      {row !== undefined && row.notes.length > 0 && !isDrawnOver.value && (
        <tr>
          <td class="problem" colSpan={5}>
            {row.notes.join("; ")}
          </td>
        </tr>
      )}
    </>
  );
}

/** The stack whose crystals are those of the table, which waits until a drag is over. */
function crystalsShown(): typeof stack.value {
  return isDragging.value ? stack.peek() : stack.value;
}

/** As the report writes it where it is the fit's; else to five digits. */
function shown(value: number, written: string | undefined): number {
  const text = written?.replace("−", "-");
  return text === undefined || !Number.isFinite(Number(text)) ? Number(value.toPrecision(5)) : Number(text);
}

/** The error of the fit; beside a drawn value the fit's own. */
function remarkOf(number: LayerRow["thickness"] | undefined): string {
  if (number === undefined) return "\u00a0";
  const error = number.error === "" ? "" : `± ${number.error}`;
  return isDrawnOver.value ? `fit ${number.value}` : error;
}

function againstOf(row: LayerRow | undefined, against: number | undefined): string {
  if (!isDrawnOver.value && row !== undefined) return row.strainAgainst.value;
  return against === undefined || Number.isNaN(against) ? "–" : against.toFixed(4).replace("-", "−");
}
