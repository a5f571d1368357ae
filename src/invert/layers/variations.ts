/** Films beside one that was found. */
import type { LayerFilm } from "./layerUnknowns.ts";

/** Two neighbours as one.
 *  @param low the lower one */
function joined(film: LayerFilm, low: number): LayerFilm {
  const a = film[low],
    b = film[low + 1],
    thickness = a.thickness + b.thickness,
    mean = (x: number, y: number): number => (x * a.thickness + y * b.thickness) / thickness;
  return [
    ...film.slice(0, low),
    { thickness, strain: mean(a.strain, b.strain), debyeWaller: mean(a.debyeWaller, b.debyeWaller) },
    ...film.slice(low + 2),
  ];
}

/** Films of one layer less: each layer left out, and each two neighbours as one. */
export function lessened(film: LayerFilm): LayerFilm[] {
  return [
    ...film.map((_, at) => [...film.slice(0, at), ...film.slice(at + 1)]),
    ...film.slice(1).map((_, low) => joined(film, low)),
  ];
}

export function varied(film: LayerFilm, uniform: () => number, normal: () => number): LayerFilm {
  const kind = uniform(),
    at = Math.floor(uniform() * film.length),
    layer = film[at];
  if (film.length > 1 && kind < 0.3) return [...film.slice(0, at), ...film.slice(at + 1)];
  if (film.length > 1 && kind < 0.45) {
    const other = (at + 1) % film.length,
      next = film.slice();
    [next[at], next[other]] = [next[other], next[at]];
    return next;
  }
  if (film.length > 1 && kind < 0.6) return joined(film, Math.min(at, film.length - 2));
  if (kind < 0.72) {
    const share = 0.1 + 0.8 * uniform(),
      apart = 0.1 * normal();
    return [
      ...film.slice(0, at),
      { ...layer, thickness: share * layer.thickness, strain: layer.strain + (1 - share) * apart },
      { ...layer, thickness: (1 - share) * layer.thickness, strain: layer.strain - share * apart },
      ...film.slice(at + 1),
    ];
  }
  return jittered(film, normal);
}

/** All numbers moved a little. */
export function jittered(film: LayerFilm, normal: () => number): LayerFilm {
  return film.map(({ thickness, strain, debyeWaller }) => ({
    thickness: thickness * Math.exp(0.1 * normal()),
    strain: strain + 0.03 * normal(),
    debyeWaller: Math.min(1, debyeWaller + 0.1),
  }));
}
