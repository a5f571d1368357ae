/** The layers that are shown, from the surface down, each number to be changed. */
import { type LayerRow, layerTable, type WrittenNumber } from "takagi";
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
import { shown } from "../state/shown.ts";
import { isDragging } from "../state/store.ts";
import { CrystalName, CrystalNames } from "./CrystalName.tsx";
import { NumberField } from "./fields.tsx";
import { PeriodHead } from "./PeriodHead.tsx";

const { isDrawnOver, shownAnswer, stack } = shown.drawn;

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
            <th scope="col">on {substrateOf(experiment)}</th>
            <th scope="col">Debye–Waller</th>
            <td>
              <button
                type="button"
                class="quiet"
                aria-label="Draw a layer on top"
                title="Draw a layer on top"
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
            <th scope="row" colSpan={6}>
              on {substrateOf(experiment)}
              <small>
                Strain of the layer’s own relaxed lattice. On {substrateOf(experiment)}: against its lattice,
                as in the plot.
              </small>
            </th>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function substrateOf({ crystal }: Entry["experiment"]): string {
  return crystal?.name ?? "the substrate";
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
          <th scope="rowgroup" colSpan={6}>
            <span class="period-head">
              <PeriodHead
                repeats={repeats}
                repeat={(times) => drawLayers(id, (now) => withRepeats(now, p, times))}
                add={() => addLayer(id, p)}
              />
            </span>
          </th>
        </tr>
      )}
      {layers[p]!.layers.map((_, i) => <DrawnRow key={i} place={[p, i]} {...rows} />).reverse()}
    </tbody>
  );
}

const NUMBERS = {
  thickness: { words: "Thickness", decimals: 3, least: 0.1, most: 100_000 },
  strain: { words: "Strain", decimals: 4, least: -30, most: 30 },
  debyeWaller: { words: "Debye–Waller factor", decimals: 3, least: 0, most: 2 },
} as const;
type NumberName = keyof typeof NUMBERS;

/** A number with the error of the fit; beside a drawn one the fit's own. */
function NumberCell({
  name,
  of,
  value,
  found,
  commit,
}: {
  readonly name: NumberName;
  readonly of: string;
  readonly value: number;
  readonly found: WrittenNumber | undefined;
  readonly commit: (value: number) => void;
}) {
  const { words, decimals, least, most } = NUMBERS[name],
    isDrawn = isDrawnOver.value,
    // As the report writes it where it is the fit's.
    written = Number((isDrawn ? undefined : found?.value)?.replace("−", "-"));
  return (
    <td>
      <NumberField
        isBare
        label={`${words} of ${of}`}
        value={Number.isFinite(written) ? written : Number(value.toFixed(decimals))}
        least={least}
        most={most}
        commit={commit}
      />
      <small>{found === undefined ? "" : isDrawn ? `fit ${found.value}` : errorOf(found)}</small>
    </td>
  );
}

function errorOf({ error }: WrittenNumber): string {
  return error === "" ? "" : `± ${error}`;
}

function DrawnRow({ place, entry, model, found }: RowsProps & { readonly place: Place }) {
  const { id, experiment } = entry,
    layer = layerAt(model.layers, place)!,
    at = placesOf(model.layers).findIndex(([p, i]) => p === place[0] && i === place[1]),
    row = found?.[at],
    crystals = crystalsShown();
  const put = (next: DrawnLayer): void => drawLayers(id, (now) => withLayer(now, place, next));
  const cell = (name: NumberName): Parameters<typeof NumberCell>[0] => ({
    name,
    of: `layer ${at + 1}`,
    value: layer[name],
    found: row?.[name],
    commit: (value) => put({ ...layer, [name]: value }),
  });
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
        <NumberCell {...cell("thickness")} />
        <NumberCell {...cell("strain")} />
        <td class="against" data-of={`on ${substrateOf(experiment)}`}>
          <span>
            {againstOf(row, crystals === undefined ? undefined : againstSubstrate(model, crystals)[at])}
          </span>
        </td>
        <NumberCell {...cell("debyeWaller")} />
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
          <td class="problem" colSpan={6}>
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

function againstOf(row: LayerRow | undefined, against: number | undefined): string {
  if (!isDrawnOver.value && row !== undefined) return row.strainAgainst.value;
  return against === undefined || Number.isNaN(against) ? "–" : against.toFixed(3).replace("-", "−");
}
