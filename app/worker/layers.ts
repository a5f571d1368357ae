/** Layers of the form and of the plot as the SDK takes them. */
import { type Inversion, type InvertOptions, type Reflection, type Stack, TakagiError } from "takagi";
import { crystalOf } from "../crystals.ts";
import {
  distinct,
  type DrawnLayer,
  drawnPeriods,
  type FoundStacks,
  type GivenLayer,
  itemsOf,
  type LayersChoice,
  type Periods,
} from "../layers.ts";
import type { Experiment } from "../session.ts";
import { strainThatFits } from "../stackModel.ts";
import { prepared, reflectionOf } from "./prepared.ts";

/** The crystal of a layer cannot be, or its reflection cannot. */
class LayerError extends TakagiError {
  readonly parameter = "layers";
  constructor(name: string, cause: Error) {
    super("INVALID_PARAMETER", `layers of ${name}: ${cause.message}`, { cause });
  }
}

type LayerOf = Pick<DrawnLayer, "crystal" | "hkl">;

/** What an inversion is told of layers, and of which crystals they are. */
export interface WantedLayers {
  readonly options: Pick<InvertOptions, "layers" | "film">;
  /** Of each layer from below, or of all of them. */
  readonly crystals: readonly LayerOf[] | LayerOf;
}

/** @throws {LayerError} */
export async function wantedLayers(
  experiment: Experiment,
  {
    number,
    crystal,
    hkl,
    given,
  }: Pick<LayersChoice, "number" | "crystal" | "hkl"> & { readonly given: Periods<GivenLayer> },
): Promise<WantedLayers> {
  const of = (layer: LayerOf): LayerOf => ({
    ...(layer.crystal === undefined ? {} : { crystal: layer.crystal }),
    ...(layer.crystal === undefined || (layer.hkl ?? hkl) === undefined ? {} : { hkl: (layer.hkl ?? hkl)! }),
  });
  if (number === "given") {
    const crystals = distinct(given).map(of),
      reflections = await Promise.all(crystals.map((layer) => layerReflection(experiment, layer)));
    let at = 0;
    const layers = itemsOf(given, ({ thickness, strain = strainThatFits(experiment, crystals[at]!) }) => ({
      crystal: reflections[at++]!,
      ...(thickness === undefined ? {} : { thickness }),
      ...(strain === undefined ? {} : { strain }),
    }));
    return { options: { layers }, crystals };
  }
  const film = of(crystal === undefined ? {} : { crystal });
  return {
    options: {
      layers: number,
      ...(crystal === undefined ? {} : { film: await layerReflection(experiment, film) }),
    },
    crystals: film,
  };
}

/** @throws {LayerError} where a layer's crystal or reflection cannot be */
export async function checkLayers(experiment: Experiment, layers: LayersChoice): Promise<void> {
  await wantedLayers(experiment, layers);
}

/** The layers of each solution, to be drawn. */
export function stacksOf({ solutions }: Inversion, { options, crystals }: WantedLayers): FoundStacks {
  const each = solutions.map(({ stack }) => drawnPeriods(stack?.stack ?? { layers: [] }, crystals));
  return { isNumberGiven: options.layers !== "auto", each };
}

/** What was drawn, for the simulator. */
export async function drawnStack(experiment: Experiment, periods: Periods<DrawnLayer>): Promise<Stack> {
  const { reflection: substrate } = await prepared(experiment),
    reflections = await Promise.all(distinct(periods).map((layer) => layerReflection(experiment, layer)));
  let at = 0;
  const layers = itemsOf(periods, ({ thickness, strain, debyeWaller }) => ({
    crystal: reflections[at++]!,
    thickness,
    strain,
    debyeWaller,
  }));
  return { substrate, layers };
}

/** Those of the last experiment: a drag asks for the same again and again. */
let kept: { readonly experiment: string; readonly found: Map<string, Promise<Reflection>> } | undefined;

/** @throws {LayerError} */
async function layerReflection(experiment: Experiment, { crystal, hkl }: LayerOf): Promise<Reflection> {
  if (crystal === undefined) return (await prepared(experiment)).reflection;
  const beam = JSON.stringify(experiment),
    layer = JSON.stringify([crystal, hkl]);
  if (kept?.experiment !== beam) kept = { experiment: beam, found: new Map() };
  const { found } = kept,
    asked =
      found.get(layer) ?? reflectionOfLayer(experiment, { crystal, ...(hkl === undefined ? {} : { hkl }) });
  found.set(layer, asked);
  try {
    return await asked;
  } catch (error) {
    found.delete(layer);
    throw new LayerError(crystal.name, error as Error);
  }
}

async function reflectionOfLayer(
  experiment: Experiment,
  { crystal, hkl = experiment.hkl }: LayerOf,
): Promise<Reflection> {
  return reflectionOf(crystalOf(crystal), { ...experiment, hkl });
}
