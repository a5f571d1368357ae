/** All profiles that explain the scan, to click through. */
import { layerTable, percentOf, plain, type Solution } from "takagi";
import type { Drawable } from "../session.ts";
import { useShown } from "../shown/shown.ts";
import { Thumbnail } from "../plot/Thumbnail.tsx";

export function Solutions({ entry }: { readonly entry: Drawable }) {
  const solutions = entry.answer?.solutions ?? [],
    { chooseSolution } = useShown().actions;
  if (solutions.length < 2) return null;
  const isOfLayers = solutions[0]!.stack !== undefined,
    deepest = (isOfLayers ? 1.1 : 1) * Math.max(...solutions.map(({ thickness }) => thickness));
  const strains = solutions.flatMap(({ profile }) => [...profile.strain]);
  const y = [Math.min(0, ...strains), Math.max(0.01, ...strains)] as const;
  return (
    <section aria-labelledby="solutions-title">
      <h2 id="solutions-title">
        {solutions.length} {isOfLayers ? "stacks" : "profiles"} explain this scan{" "}
        <small>choose one to see it</small>
      </h2>
      <div class="cards">
        {solutions.map(({ profile, rms, weight, ...solution }, i) => (
          <button
            type="button"
            class="card"
            key={i}
            aria-pressed={entry.solution === i}
            onClick={() => chooseSolution(i)}
          >
            <Thumbnail
              x={[0, deepest]}
              y={y}
              label={`Strain of solution ${i + 1}`}
              lines={[
                ...(i === 0 ? [] : [{ ...drawn(solutions[0]!, deepest), className: "ghost" }]),
                { ...drawn({ profile, ...solution }, deepest), className: "line" },
              ]}
            />
            <span class="caption">
              {i === 0 ? "Best" : `Solution ${i + 1}`}
              <small>{sayingOf(solution)}</small>
              <small>
                rms {plain(rms)} · {percentOf(weight)} of the posterior
              </small>
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** Strain against depth; layers end at the substrate. */
function drawn(
  { profile: { depth, strain }, stack }: Pick<Solution, "profile" | "stack">,
  deepest: number,
): { x: Float64Array; y: Float64Array } {
  if (stack === undefined) return { x: depth, y: strain };
  return {
    x: Float64Array.of(...depth, depth[depth.length - 1]!, deepest),
    y: Float64Array.of(...strain, 0, 0),
  };
}

/** A solution in a few words: where its strain is largest, or how many layers it has, with their thicknesses from the surface
 *  down. */
function sayingOf({
  stack,
  maxStrain,
  maxStrainDepth,
}: Pick<Solution, "stack" | "maxStrain" | "maxStrainDepth">): string {
  if (stack === undefined) return `${plain(maxStrain)} % at ${maxStrainDepth.toFixed(0)} nm`;
  const { length } = stack.layers;
  if (length === 0) return "no layer";
  const each = layerTable(stack).map(
    ({ thickness, repeats }) => `${repeats > 1 ? `${repeats} × ` : ""}${thickness.value}`,
  );
  return `${length === 1 ? "1 layer" : `${length} layers`}: ${each.join(" / ")} nm`;
}
