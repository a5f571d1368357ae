/** Stacks of layers: whether they can be, their strain against the substrate, their profile against depth. */
import { InvalidParameterError, requireInteger, requirePositive, requireWithin } from "../errors.ts";
import type { Layer, LayerGroup, Profile, Reflection, Stack } from "../types.ts";
import { RADIANS } from "../units.ts";

/** Largest |strain| of a layer, %. */
const MOST_STRAIN = 50;
export const MOST_LAYERS = 10_000;
/** A layer may scatter more than the crystal that stands for it. */
const MOST_FACTOR = 2;
const THICKEST = 1e6;

/** Throws unless every layer has a thickness > 0 nm, strains within ±50 %, a Debye–Waller factor in [0, 2], a roughness
 *  ≥ 0 nm, and the substrate's wavelength.
 *  @throws {InvalidParameterError} */
export function validateStack(stack: Stack): void {
  if (stack.roughness !== undefined)
    requireWithin("stack.roughness", stack.roughness, 0, Number.MAX_VALUE, "nm");
  let count = 0;
  stack.layers.forEach((item, i) => {
    const name = `stack.layers[${i}]`;
    if (!("layers" in item)) {
      validateLayer(name, item, stack.substrate);
      count += 1;
      return;
    }
    requireInteger(`${name}.repeats`, item.repeats, 1, MOST_LAYERS);
    if (item.layers.length === 0)
      throw new InvalidParameterError(`${name}.layers`, "at least one layer", item.layers);
    item.layers.forEach((layer, k) => validateLayer(`${name}.layers[${k}]`, layer, stack.substrate));
    count += item.layers.length * item.repeats;
  });
  if (count > MOST_LAYERS)
    throw new InvalidParameterError("stack.layers", `at most ${MOST_LAYERS} layers, repeats counted`, count);
}

function validateLayer(name: string, layer: Layer, substrate: Reflection): void {
  requirePositive(`${name}.thickness`, layer.thickness, "nm");
  requireWithin(`${name}.thickness`, layer.thickness, 0, THICKEST, "nm");
  requireWithin(`${name}.strain`, layer.strain ?? 0, -MOST_STRAIN, MOST_STRAIN, "%");
  requireWithin(`${name}.strainTop`, layer.strainTop ?? 0, -MOST_STRAIN, MOST_STRAIN, "%");
  requireWithin(`${name}.debyeWaller`, layer.debyeWaller ?? 1, 0, MOST_FACTOR);
  requireWithin(`${name}.roughness`, layer.roughness ?? 0, 0, Number.MAX_VALUE, "nm");
  if (Math.abs(layer.crystal.wavelength / substrate.wavelength - 1) > 1e-9)
    throw new InvalidParameterError(
      `${name}.crystal.wavelength`,
      `the substrate's, ${substrate.wavelength} Å`,
      layer.crystal.wavelength,
    );
}

/** Layers from below, superlattices written out. */
export function layersOf(stack: Stack): Layer[] {
  return stack.layers.flatMap((item: Layer | LayerGroup) =>
    "layers" in item ? Array.from({ length: item.repeats }, () => item.layers).flat() : [item],
  );
}

/** Of all layers together, nm. */
export function stackThickness(stack: Stack): number {
  return layersOf(stack).reduce((sum, layer) => sum + layer.thickness, 0);
}

/** Spacing along the surface normal of what lies d apart along the planes' normal: H_z = 2π cos φ/d. */
function normalSpacing({ d, asymmetry = 0 }: Reflection): number {
  return d / Math.cos(asymmetry * RADIANS);
}

/** From a strain of the layer's own relaxed lattice to that against the substrate's lattice, both along the surface normal
 *  in %: 1 + e_substrate = (1 + e) d/d_substrate (d cos φ_substrate/(d_substrate cos φ) where the planes are inclined).
 *  @example strainAgainst(substrate, { crystal, strain: 0 }) // relaxed: the mismatch of the lattices */
export function strainAgainst(
  substrate: Reflection,
  layer: { readonly crystal: Reflection; readonly strain: number },
): number {
  const ratio = normalSpacing(layer.crystal) / normalSpacing(substrate);
  return 100 * ((1 + layer.strain / 100) * ratio - 1);
}

/** The other way: the strain of the layer's own lattice (%), of one that is `strain` % against the substrate's. */
export function strainOn(
  substrate: Reflection,
  layer: { readonly crystal: Reflection; readonly strain: number },
): number {
  const ratio = normalSpacing(substrate) / normalSpacing(layer.crystal);
  return 100 * ((1 + layer.strain / 100) * ratio - 1);
}

/** Strain against the substrate (%) and Debye–Waller factor of a stack against depth (nm): two points a layer, at its
 *  edges; depths of one interface differ by 1e-9 of the stack, so that they ascend. Roughness is not drawn.
 *  @param between points of the whole stack between those edges, about: each layer has its share by thickness
 *  @throws {InvalidParameterError} */
export function stackProfile(stack: Stack, between = 0): Profile {
  validateStack(stack);
  const layers = layersOf(stack);
  if (layers.length === 0) throw new InvalidParameterError("stack.layers", "at least one layer", layers);
  const whole = stackThickness(stack),
    gap = 1e-9 * whole;
  const depth: number[] = [],
    strain: number[] = [],
    debyeWaller: number[] = [];
  let top = 0;
  for (const {
    crystal,
    thickness,
    strain: low = 0,
    strainTop = low,
    debyeWaller: w = 1,
  } of layers.reverse()) {
    const bottom = top + thickness,
      from = top === 0 ? 0 : top + gap,
      steps = Math.max(Math.round((between * (bottom - top)) / whole), 1);
    for (let i = 0; i <= steps; i++) {
      depth.push(i === steps ? bottom : from + ((bottom - top) * i) / steps);
      const own = i === steps ? low : strainTop + ((low - strainTop) * i) / steps;
      strain.push(strainAgainst(stack.substrate, { crystal, strain: own }));
      debyeWaller.push(w);
    }
    top = bottom;
  }
  return {
    depth: Float64Array.from(depth),
    strain: Float64Array.from(strain),
    debyeWaller: Float64Array.from(debyeWaller),
  };
}

/** A profile of layers with the substrate below it, as far down as any picture shows: a step at the lower edge of the layers. */
export function onSubstrate({ depth, strain, debyeWaller }: Profile): Profile {
  const whole = depth[depth.length - 1];
  return {
    depth: Float64Array.of(...depth, whole * (1 + 1e-9), whole * 10),
    strain: Float64Array.of(...strain, 0, 0),
    debyeWaller: Float64Array.of(...debyeWaller, 1, 1),
  };
}
