/** From the words of `--layer` and `--repeat` to a stack. */

import { parseAlloy, stiffnessOf } from "../crystal/alloys.ts";
import { epitaxialSurface, layerStrain } from "../crystal/epitaxy.ts";
import { UnreachableReflectionError } from "../errors.ts";
import type { Crystal, Layer, LayerGroup, Reflection, Stack } from "../types.ts";
import { namedCrystal, optional, readCrystal, reflectionOf } from "./experiment.ts";
import type { LayerGuess, LayerGuessGroup } from "../invert/layers/layerOptions.ts";
import type { InvertOptions } from "../invert/options.ts";
import { type FoundLayerFlags, type LayerFlags, type LayerSpec, parseFoundLayer } from "./layerOptions.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { UsageError } from "./terminal.ts";

/** The stack that the options name; undefined where there is no --layer.
 *  @throws {UsageError} @throws {InvalidParameterError} */
export async function readStack(
  flags: PhysicsFlags & LayerFlags,
  substrate: Reflection,
): Promise<Stack | undefined> {
  const words = flags.layer ?? flags.repeat;
  if (words === undefined) {
    if (flags.roughness !== undefined) throw new UsageError("--roughness needs --layer");
    return undefined;
  }
  const base = await readCrystal(flags);
  const layers: (Layer | LayerGroup)[] = [];
  let period: Layer[] = [];
  for (const word of words) {
    if (!("repeat" in word)) {
      period.push(await layerOf(word, flags, { substrate, base }));
      continue;
    }
    if (period.length === 0) throw new UsageError("--repeat needs a --layer before it");
    layers.push({ layers: period, repeats: word.repeat });
    period = [];
  }
  return { substrate, ...optional("roughness", flags.roughness), layers: [...layers, ...period] };
}

const OF_LAYER = { option: "--layer", by: ":hkl=" } as const;

/** The reflection of a film's crystal; where its indices are not given, those of its substrate's.
 *  @param by how they are given */
async function reflectionIn(
  film: Crystal,
  flags: PhysicsFlags,
  {
    option,
    by,
    hkl,
    substrate,
  }: {
    readonly option: string;
    readonly by: string;
    readonly hkl: LayerSpec["hkl"];
    readonly substrate: Reflection;
  },
): Promise<Reflection> {
  try {
    return await reflectionOf(film, { ...flags, hkl: hkl ?? substrate.hkl }, `${option} `);
  } catch (error) {
    if (hkl !== undefined || !(error instanceof UnreachableReflectionError)) throw error;
    throw new UnreachableReflectionError(
      `${error.message} (these are the indices of ${substrate.name}; give the film's own by ${by})`,
    );
  }
}

async function layerOf(
  spec: LayerSpec,
  flags: PhysicsFlags,
  { substrate, base }: { readonly substrate: Reflection; readonly base: Crystal },
): Promise<Layer> {
  if (spec.hkl !== undefined && flags.surface !== undefined)
    throw new UsageError("--layer …:hkl= is for a symmetric reflection, without --surface");
  const film = await namedCrystal("--layer", spec.crystal);
  const crystal = await reflectionIn(film, flags, { ...OF_LAYER, hkl: spec.hkl, substrate });
  const strain = spec.strain ?? epitaxialStrain(spec, flags, { film, base, substrate });
  return {
    crystal,
    thickness: spec.thickness,
    strain,
    ...optional("strainTop", spec.top),
    ...optional("debyeWaller", spec.dw),
    ...optional("roughness", spec.roughness),
  };
}

/** What an inversion is told of layers; nothing where no option of them is given.
 *  @throws {UsageError} @throws {InvalidParameterError} */
export async function readFoundLayers(
  flags: PhysicsFlags & FoundLayerFlags,
  substrate: Reflection,
): Promise<Pick<InvertOptions, "layers" | "film">> {
  const { layers, film, filmHkl, layer } = flags;
  if (layer !== undefined) {
    if (layers !== undefined || film !== undefined)
      throw new UsageError("--layer names the layers: not with --layers or --film");
    return { layers: await guessesOf(layer, flags, substrate) };
  }
  if (layers === undefined && film === undefined) return {};
  if (filmHkl !== undefined && film === undefined) throw new UsageError("--film-hkl needs --film");
  return {
    layers: layers ?? "auto",
    ...(film !== undefined && {
      film: await reflectionIn(await namedCrystal("--film", film), flags, {
        option: "--film",
        by: "--film-hkl",
        hkl: filmHkl,
        substrate,
      }),
    }),
  };
}

async function guessesOf(
  words: NonNullable<FoundLayerFlags["layer"]>,
  flags: PhysicsFlags,
  substrate: Reflection,
): Promise<(LayerGuess | LayerGuessGroup)[]> {
  const base = await readCrystal(flags),
    all: (LayerGuess | LayerGuessGroup)[] = [];
  let period: LayerGuess[] = [];
  for (const [word] of words) {
    const { repeat, ...spec } = parseFoundLayer(word),
      film = await namedCrystal("--layer", spec.crystal),
      crystal = await reflectionIn(film, flags, { ...OF_LAYER, hkl: spec.hkl, substrate }),
      strain = spec.strain ?? knownStrain(spec, flags, { film, base, substrate });
    period.push({ crystal, ...optional("thickness", spec.thickness), ...optional("strain", strain) });
    if (repeat === undefined) continue;
    all.push({ layers: period, repeats: repeat });
    period = [];
  }
  return [...all, ...period];
}

/** Where it is not known the search finds it. */
function knownStrain(
  spec: Omit<LayerSpec, "thickness">,
  flags: PhysicsFlags,
  crystals: Parameters<typeof epitaxialStrain>[2],
): number | undefined {
  try {
    return epitaxialStrain(spec, flags, crystals);
  } catch (error) {
    if (error instanceof UsageError && spec.relaxation === undefined) return undefined;
    throw error;
  }
}

/** Of a film that fits the substrate but for its relaxation. */
function epitaxialStrain(
  spec: Omit<LayerSpec, "thickness">,
  flags: PhysicsFlags,
  {
    film,
    base,
    substrate,
  }: { readonly film: Crystal; readonly base: Crystal; readonly substrate: Reflection },
): number {
  const { relaxation = 0 } = spec;
  if (relaxation === 1 || film.name === base.name) return 0;
  const surface = epitaxialSurface(flags.surface ?? substrate.hkl, base);
  const isKnown = stiffnessOf(parseAlloy(film.name) ?? film.name) !== undefined;
  if (
    !isKnown ||
    surface === undefined ||
    (spec.hkl !== undefined && spec.hkl.join() !== substrate.hkl.join())
  )
    throw new UsageError(
      `--layer ${spec.crystal} needs strain=% (of its own lattice, along the surface normal) or relaxation=1: ` +
        "what fits it to this substrate's surface is not known",
    );
  return layerStrain(film, { substrate: base, relaxation, surface }).normal;
}
