/** Whether a smooth profile or uniform layers are looked for; how many, and of which crystals. */
import type { Hkl } from "takagi";
import type { CrystalChoice } from "../crystals.ts";
import {
  distinct,
  type GivenLayer,
  type LayersChoice,
  MOST_FOUND,
  MOST_GIVEN,
  type Periods,
  type Place,
  withLayer,
  withLayerOn,
  withoutLayer,
  withRepeats,
} from "../layers.ts";
import { isStack } from "../model.ts";
import { type Entry, without } from "../session.ts";
import { chooseLayers } from "../state/actions.ts";
import { CrystalName, CrystalNames } from "./CrystalName.tsx";
import { Choice, HklField, OptionalNumberField } from "./fields.tsx";
import { PeriodHead } from "./PeriodHead.tsx";

const USUAL: LayersChoice = { number: "auto", given: [{ layers: [{}], repeats: 1 }] };

export function LayersFields({
  entry,
  problem,
}: {
  readonly entry: Entry;
  readonly problem: string | undefined;
}) {
  const { id, scan, layers } = entry;
  return (
    <>
      <Choice
        label={scan === undefined ? "Draw" : "Look for"}
        value={layers === undefined ? "profile" : "layers"}
        options={[
          [
            "profile",
            scan === undefined ? "a smooth profile (splines)" : "a profile, or layers if they explain more",
          ],
          ["layers", "uniform layers on the crystal"],
        ]}
        choose={(kind) => chooseLayers(id, kind === "layers" ? USUAL : undefined)}
      />
      {layers !== undefined && <CrystalNames />}
      {scan !== undefined && layers !== undefined && (
        <Wanted entry={entry} layers={layers} problem={problem} />
      )}
    </>
  );
}

function isUntouched(given: Periods<GivenLayer>): boolean {
  return JSON.stringify(given) === JSON.stringify(USUAL.given);
}

/** Where a list begins: at the layers that are shown, or at one of the crystal that was chosen. */
function shownAsList({ model }: Entry, crystal: CrystalChoice | undefined): Periods<GivenLayer> {
  if (model === undefined || !isStack(model) || model.layers.length === 0)
    return [{ layers: [crystal === undefined ? {} : { crystal }], repeats: 1 }];
  return model.layers.map(({ layers, repeats }) => ({
    repeats,
    layers: layers.map((layer) => ({
      ...(layer.crystal === undefined ? {} : { crystal: layer.crystal }),
      thickness: Number(layer.thickness.toPrecision(3)),
      strain: Number(layer.strain.toPrecision(3)),
    })),
  }));
}

function Wanted({
  entry,
  layers,
  problem,
}: {
  readonly entry: Entry;
  readonly layers: LayersChoice;
  readonly problem: string | undefined;
}) {
  const { id, experiment } = entry,
    { number, crystal, given } = layers;
  const isGiven = number === "given",
    change = (patch: Partial<LayersChoice>): void => chooseLayers(id, { ...layers, ...patch }),
    hasOther = isGiven ? distinct(given).some((layer) => layer.crystal !== undefined) : crystal !== undefined;
  return (
    <>
      <Choice
        label="How many layers"
        value={String(number)}
        options={[
          ["auto", `found from the scan (at most ${MOST_FOUND})`],
          ...Array.from({ length: MOST_FOUND }, (_, i) => [String(i + 1), String(i + 1)] as const),
          ["given", "those of a list"],
        ]}
        choose={(value) => {
          if (value !== "given") change({ number: value === "auto" ? value : Number(value) });
          else change({ number: value, given: isUntouched(given) ? shownAsList(entry, crystal) : given });
        }}
      />
      {isGiven ? (
        <GivenLayers
          given={given}
          substrate={experiment.crystal}
          change={(next) => change({ given: next })}
        />
      ) : (
        <CrystalName
          label="Crystal of the layers"
          value={crystal}
          substrate={experiment.crystal}
          choose={(next) =>
            chooseLayers(id, {
              ...without(layers, "crystal"),
              ...(next === undefined ? {} : { crystal: next }),
            })
          }
          problem={problem}
        />
      )}
      {isGiven && problem !== undefined && <p class="problem">{problem}</p>}
      {hasOther && <LayersHkl id={id} layers={layers} substrateHkl={experiment.hkl} />}
    </>
  );
}

function LayersHkl({
  id,
  layers,
  substrateHkl,
}: {
  readonly id: string;
  readonly layers: LayersChoice;
  readonly substrateHkl: Hkl;
}) {
  return (
    <HklField
      label="Reflection of the layers"
      value={layers.hkl ?? substrateHkl}
      commit={(next) =>
        chooseLayers(id, {
          ...without(layers, "hkl"),
          ...(next.join() === substrateHkl.join() ? {} : { hkl: next }),
        })
      }
    />
  );
}

interface ListProps {
  readonly given: Periods<GivenLayer>;
  readonly substrate: Entry["experiment"]["crystal"];
  readonly change: (given: Periods<GivenLayer>) => void;
}

/** The surface stands at the top. */
function GivenLayers(list: ListProps) {
  const { given, substrate, change } = list;
  const isFull = distinct(given).length >= MOST_GIVEN;
  return (
    <fieldset class="given">
      <legend>Layers, the surface at the top</legend>
      <div class="given-head" aria-hidden="true">
        <span>Crystal</span>
        <span>nm</span>
        <span>strain %</span>
      </div>
      <button
        type="button"
        class="quiet"
        disabled={isFull}
        onClick={() => change(withLayerOn(given, given.at(-1)?.layers.at(-1) ?? {}))}
      >
        Add a layer on top
      </button>
      {given.map((_, p) => <GivenPeriod key={p} p={p} list={list} isFull={isFull} />).reverse()}
      <p class="fact">
        on {substrate?.name ?? "the substrate"}. Empty: found. Strain is that of the layer’s own relaxed
        lattice.
      </p>
    </fieldset>
  );
}

function GivenPeriod({
  p,
  list,
  isFull,
}: {
  readonly p: number;
  readonly list: ListProps;
  readonly isFull: boolean;
}) {
  const { given, change } = list,
    { layers, repeats } = given[p]!,
    isRepeated = repeats > 1;
  return (
    <div class={isRepeated ? "period" : "once"}>
      {isRepeated && (
        <div class="period-head">
          <PeriodHead
            repeats={repeats}
            repeat={(times) => change(withRepeats(given, p, times))}
            add={() => change(withLayerOn(given, layers.at(-1)!, p))}
            isFull={isFull}
          />
        </div>
      )}
      {layers.map((_, i) => <GivenRow key={i} place={[p, i]} list={list} />).reverse()}
      {!isRepeated && (
        <button type="button" class="quiet" onClick={() => change(withRepeats(given, p, 2))}>
          Repeat it
        </button>
      )}
    </div>
  );
}

function GivenRow({ place, list }: { readonly place: Place; readonly list: ListProps }) {
  const { given, substrate, change } = list,
    [p, i] = place,
    layer = given[p]!.layers[i]!,
    name = `layer ${distinct(given.slice(0, p)).length + i + 1} of the list`;
  const put = <K extends keyof GivenLayer>(key: K, value: GivenLayer[K]): void =>
    change(
      withLayer(given, place, { ...without(layer, key), ...(value === undefined ? {} : { [key]: value }) }),
    );
  return (
    <div class="given-row">
      <CrystalName
        isBare
        label={`Crystal of ${name}`}
        value={layer.crystal}
        substrate={substrate}
        choose={(crystal) => put("crystal", crystal)}
      />
      <OptionalNumberField
        isBare
        label={`Thickness of ${name}`}
        placeholder="found"
        value={layer.thickness}
        least={0.5}
        most={20_000}
        commit={(thickness) => put("thickness", thickness)}
      />
      <OptionalNumberField
        isBare
        label={`Strain of ${name}`}
        placeholder="found"
        value={layer.strain}
        least={-30}
        most={30}
        commit={(strain) => put("strain", strain)}
      />
      <button
        type="button"
        class="quiet"
        aria-label={`Remove ${name}`}
        title="Remove"
        disabled={distinct(given).length === 1}
        onClick={() => change(withoutLayer(given, place))}
      >
        ×
      </button>
    </div>
  );
}
