/** What the user does, as changes of the session. */
import type { Effort, FixedParameter, Hkl } from "takagi";
import type { ModelFiles } from "takagi/nn";
import { type DrawnLayer, type LayersChoice, nextLayer, type Periods, withLayerOn } from "../layers.ts";
import {
  atSolution,
  bump,
  isStack,
  type ParameterName,
  parameterOf,
  resolutionOf,
  withParameter,
} from "../model.ts";
import type { Network, NetworkCard } from "../network.ts";
import {
  DEFAULT_EXPERIMENT,
  type Entry,
  type Experiment,
  type Mask,
  type NetworkChoice,
  selectedEntry,
  type Session,
  withEntry,
  without,
} from "../session.ts";
import { layerToAdd, type Move, moved } from "../stackModel.ts";
import type { FoundScan } from "../worker/protocol.ts";
import { cancel, invert } from "./inversion.ts";
import { ownNetworks } from "./networks.ts";
import { adjust, announcement, commit, jobs, session } from "./store.ts";

export function addScans(found: readonly FoundScan[]): void {
  const entries = found.map(({ name, scan, experiment, guess, motors }): Entry => {
    const { twoTheta } = scan;
    const range = { from: twoTheta[0]!, to: twoTheta[twoTheta.length - 1]!, points: twoTheta.length };
    return {
      id: crypto.randomUUID(),
      name,
      scan,
      range,
      experiment,
      ...(guess === undefined ? {} : { guess }),
      ...(motors === undefined ? {} : { motors }),
      network: "automatic",
      held: [],
      mask: [],
      solution: 0,
      isEdited: false,
    };
  });
  if (entries.length === 0) return;
  commit((now) => ({ ...now, entries: [...now.entries, ...entries], selected: entries[0]!.id }));
  for (const { id, experiment } of entries) if (experiment.crystal !== undefined) void invert(id);
}

/** A simulation that needs no scan: what would be measured of a profile. */
export function addSimulation(): void {
  const last = lastExperiment();
  const experiment: Experiment =
    last?.crystal === undefined
      ? { ...DEFAULT_EXPERIMENT, crystal: { kind: "material", name: "YSZ" }, hkl: [4, 0, 0] }
      : last;
  const current = selectedEntry(session.value);
  const range = current?.range ?? { from: 71.6, to: 74.4, points: 1000 };
  const count = session.value.entries.filter(({ scan }) => scan === undefined).length + 1;
  const entry: Entry = {
    id: crypto.randomUUID(),
    name: `What if ${count}`,
    range: { ...range, points: 1000 },
    experiment,
    network: "automatic",
    held: [],
    mask: [],
    solution: 0,
    model: bump(experiment),
    isEdited: true,
  };
  commit((now) => ({ ...now, entries: [...now.entries, entry], selected: entry.id }));
}

export function lastExperiment(): Experiment | undefined {
  return selectedEntry(session.value)?.experiment ?? session.value.entries.at(-1)?.experiment;
}

export function select(id: string): void {
  adjust((now) => ({ ...now, selected: id }));
}

export function remove(id: string): void {
  if (jobs.value.has(id)) cancel(id);
  commit((now) => {
    const at = now.entries.findIndex((entry) => entry.id === id);
    const entries = now.entries.filter((entry) => entry.id !== id);
    const next = now.selected === id ? entries[Math.min(at, entries.length - 1)]?.id : now.selected;
    return { ...without(now, "selected"), entries, ...(next === undefined ? {} : { selected: next }) };
  });
}

export function rename(id: string, name: string): void {
  change(id, (entry) => ({ ...entry, name }));
}

/** What tells the scans apart, with its unit; undefined: their number. Values that were given stay. */
export function nameVariable(variable: string | undefined): void {
  commit((now) => ({ ...without(now, "variable"), ...(variable === undefined ? {} : { variable }) }));
}

export function setVariable(id: string, variable: number | undefined): void {
  change(id, (entry) => ({ ...without(entry, "variable"), ...(variable === undefined ? {} : { variable }) }));
}

/** The same values for all scans at once, in their order. */
export function fillVariable(variable: string, values: readonly number[]): void {
  commit((now) => ({
    ...now,
    variable,
    entries: now.entries.map((entry, i) => ({ ...entry, variable: values[i]! })),
  }));
}

/** What the shape of the resolution depends on. */
const RESOLUTION = ["resolutionShape", "lorentzFraction", "lorentzFractionHigh", "exponent"] as const;

/** @param patch what is new; a surface that is undefined goes */
export function changeExperiment(
  id: string,
  patch: Partial<Omit<Experiment, "surface">> & { readonly surface?: Hkl | undefined },
): void {
  change(id, (entry) => {
    const { surface = "surface" in patch ? undefined : entry.experiment.surface, ...others } = patch;
    const experiment: Experiment = {
      ...without(entry.experiment, "surface"),
      ...others,
      ...(surface === undefined ? {} : { surface }),
    };
    const rest = without(entry, "guess");
    const isSameShape = RESOLUTION.every((key) => experiment[key] === entry.experiment[key]);
    if (isSameShape || entry.model === undefined) return { ...rest, experiment };
    const resolution = resolutionOf(experiment, parameterOf(entry.model, "fwhm"));
    return {
      ...rest,
      experiment,
      model: { ...entry.model, instrument: { ...entry.model.instrument, resolution } },
      isEdited: true,
    };
  });
}

/** Takes a crystal that was suggested, and inverts. */
export function takeCrystal(id: string, name: string, hkl: Hkl): void {
  changeExperiment(id, { crystal: { kind: "material", name }, hkl });
  void invert(id);
}

export function chooseSolution(id: string, solution: number): void {
  change(id, (entry) => atSolution(entry, solution));
}

/** Part of a gesture: moves one handle of the profile, or of the layers that are shown. */
export function dragHandle(id: string, move: Move): void {
  adjust((now) =>
    withEntry(now, id, (entry) => {
      const model = entry.model && moved(entry.model, move);
      return model === undefined ? entry : { ...entry, model, isEdited: true };
    }),
  );
}

/** Another drawing of the layers: numbers typed, layers added or gone. */
export function drawLayers(id: string, draw: (layers: Periods<DrawnLayer>) => Periods<DrawnLayer>): void {
  change(id, (entry) =>
    entry.model === undefined || !isStack(entry.model)
      ? entry
      : { ...entry, model: { ...entry.model, layers: draw(entry.model.layers) }, isEdited: true },
  );
}

/** @param into the period that the layer becomes the uppermost of; at the surface if absent */
export function addLayer(id: string, into?: number): void {
  change(id, (entry) => {
    const { model, experiment, layers } = entry;
    if (model === undefined || !isStack(model)) return entry;
    const { crystal, hkl } = layers ?? {},
      film = crystal === undefined ? {} : { crystal, ...(hkl === undefined ? {} : { hkl }) },
      layer = layerToAdd(model, { experiment, film, into });
    return { ...entry, model: { ...model, layers: withLayerOn(model.layers, layer, into) }, isEdited: true };
  });
}

/** What is looked for: uniform layers, or a smooth profile where `layers` is absent. A simulation is drawn anew as such. */
export function chooseLayers(id: string, layers: LayersChoice | undefined): void {
  change(id, (entry) => {
    const next = layers === undefined ? without(entry, "layers") : { ...entry, layers },
      { model, experiment, scan } = entry;
    if (scan !== undefined || model === undefined || isStack(model) === (layers !== undefined)) return next;
    return layers === undefined
      ? { ...next, model: { ...bump(experiment), instrument: model.instrument } }
      : { ...next, model: { layers: withLayerOn([], nextLayer([])), instrument: model.instrument } };
  });
}

export function setParameter(id: string, name: ParameterName, value: number): void {
  change(id, (entry) =>
    entry.model === undefined
      ? entry
      : { ...entry, model: withParameter(entry.model, name, value), isEdited: true },
  );
}

export function toggleHeld(id: string, name: FixedParameter): void {
  change(id, (entry) => ({
    ...entry,
    held: entry.held.includes(name) ? entry.held.filter((other) => other !== name) : [...entry.held, name],
  }));
}

export function chooseNetwork(id: string, network: NetworkChoice): void {
  change(id, (entry) => ({ ...entry, network }));
}

/** A network of the user's own.
 *  @param entryId the scan that it is chosen for */
export function addNetwork(card: NetworkCard, files: ModelFiles, entryId: string | undefined): void {
  const network: Network = { ...card, id: crypto.randomUUID(), files };
  ownNetworks.value = [network, ...ownNetworks.value];
  if (entryId !== undefined) chooseNetwork(entryId, network.id);
  announcement.value = `Network ${card.name} taken.`;
}

/** Scans that have chosen it go back to the automatic choice. */
export function forgetNetwork(id: string): void {
  ownNetworks.value = ownNetworks.value.filter((network) => network.id !== id);
  commit((now) => ({
    ...now,
    entries: now.entries.map((entry) => (entry.network === id ? { ...entry, network: "automatic" } : entry)),
  }));
}

export function setSplines(id: string, splines: number | undefined): void {
  change(id, (entry) => (splines === undefined ? without(entry, "splines") : { ...entry, splines }));
}

export function setEffort(id: string, effort: Effort): void {
  change(id, (entry) => ({ ...without(entry, "effort"), ...(effort === "normal" ? {} : { effort }) }));
}

export function setRange(id: string, range: Entry["range"]): void {
  change(id, (entry) => ({ ...entry, range }));
}

export function addMask(id: string, [a, b]: Mask): void {
  change(id, (entry) => ({ ...entry, mask: merged([...entry.mask, [Math.min(a, b), Math.max(a, b)]]) }));
}

export function removeMask(id: string, index: number): void {
  change(id, (entry) => ({ ...entry, mask: entry.mask.filter((_, i) => i !== index) }));
}

/** Back to what the fit found. */
export function resetModel(id: string): void {
  change(id, (entry) => atSolution(entry, entry.solution));
}

function change(id: string, how: (entry: Entry) => Entry): void {
  commit((now: Session) => withEntry(now, id, how));
}

/** Ranges that overlap become one. */
function merged(masks: readonly Mask[]): Mask[] {
  const out: Mask[] = [];
  for (const [from, to] of [...masks].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) out[out.length - 1] = [last[0], Math.max(last[1], to)];
    else out.push([from, to]);
  }
  return out;
}
