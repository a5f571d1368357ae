/** The layers of an answer as rows of its tables. */
import type { FoundStack, Inversion } from "../types.ts";
import { percentOf, plain, together, withError, written, type WrittenNumber } from "./numbers.ts";
import type { Row } from "./page.ts";

/** One layer of an answer as text: what a table of layers says of it. */
export interface LayerRow {
  /** Such as "Layer 2 (surface)", counted from below. */
  readonly title: string;
  /** Crystal and reflection. */
  readonly name: string;
  /** How often it lies in the stack. */
  readonly repeats: number;
  /** nm. */
  readonly thickness: WrittenNumber;
  /** %, of the layer's own relaxed lattice, along the surface normal. */
  readonly strain: WrittenNumber;
  /** %, against the substrate's lattice. */
  readonly strainAgainst: WrittenNumber;
  /** 1 for a perfect layer. */
  readonly debyeWaller: WrittenNumber;
  /** Numbers that the scan does not determine, each a sentence's part. */
  readonly notes: readonly string[];
}

/** The layers of an answer as text, from the surface down, as the report's table has them.
 *  @example for (const { title, name, thickness } of layerTable(answer.stack)) console.log(title, name, thickness.value); */
export function layerTable({ layers }: Pick<FoundStack, "layers">): LayerRow[] {
  const count = layers.length;
  return layers
    .slice()
    .reverse()
    .map((layer, i): LayerRow => ({
      title: `Layer ${count - i}${i === 0 ? " (surface)" : ""}`,
      name: layer.name,
      repeats: layer.repeats,
      thickness: written(layer.thickness),
      strain: written(layer.strain),
      strainAgainst: written(layer.strainAgainst),
      debyeWaller: written(layer.debyeWaller),
      notes: layer.atBound.map((number) => `${WORDS[number]} at its bound: not determined`),
    }));
}

/** Each layer from the surface down, then the periods of superlattices. */
export function layerRows({ layers, periods }: FoundStack): Row[] {
  if (layers.length === 0) return [["Layers", "none", "the substrate alone explains the scan"]];
  return [
    ...layerTable({ layers }).map((layer): Row => [
      layer.title,
      `${together(layer.thickness)} nm, ${together(layer.strain)} %`,
      remarkOf(layer),
    ]),
    ...periods.map(({ repeats, thickness, strainAgainst }): Row => [
      "Period",
      `${withError(thickness)} nm, ${withError(strainAgainst)} %`,
      `${repeats} periods; mean strain against the substrate's lattice`,
    ]),
  ];
}

/** One sentence. */
export function layerLead({ stack }: Inversion): string {
  const { layers } = stack!;
  if (layers.length === 0) return "No layer: the scan is that of the bare substrate.";
  const words = layers
    .slice()
    .reverse()
    .map(
      ({ name, repeats, thickness, strain, strainAgainst }) =>
        `${repeats > 1 ? `${repeats} × ` : ""}${withError(thickness)} nm of ${name} with a strain of ${withError(strain)} %` +
        (withError(strain) === withError(strainAgainst)
          ? ""
          : ` (${withError(strainAgainst)} % against the substrate's lattice)`),
    );
  return `${layers.length === 1 ? "One layer" : `${layers.length} layers, from the surface down`}: ${words.join("; ")}.`;
}

/** What the confidence rests on, in words. */
export function layerGrounds({
  mass,
  hits,
  climbs,
  gapOfNumber,
  lnEfficiency,
}: Inversion["features"]): [value: string, remark: string] {
  return [
    `in ${percentOf(mass ?? NaN)} of the posterior all layers are these`,
    [
      `${climbs} climbs, ${plain(hits ?? NaN, 2)} ended here`,
      gapOfNumber !== undefined && gapOfNumber < 60
        ? `ln evidence ${plain(gapOfNumber, 2)} above the best stack of another number of layers`
        : "no stack of another number of layers comes near",
      `efficiency of the draws ${percentOf(Math.exp(lnEfficiency ?? NaN))}`,
    ].join("; "),
  ];
}

/** Whether the scan allows one stack or several. */
export function layerUniqueness({ solutions, weight, confidence }: Inversion): string {
  const others = solutions.slice(1).map((solution) => numbersOf(solution)),
    sure = `The confidence of ${percentOf(confidence)} says how often an answer with such a search and posterior was right in every layer among simulated stacks.`;
  if (others.length === 0)
    return `No other stack has a share of the posterior that counts. ${sure} A stack that was not found cannot be excluded.`;
  const [verb, noun] = others.length === 1 ? ["explains", "stack"] : ["explain", "stacks"];
  return `${others.length} other ${noun} of uniform layers ${verb} this scan with ${percentOf(1 - weight)} of the posterior, from below: ${others.join("; ")}. The scan does not decide between them. ${sure}`;
}

/** One stack on one line, from below. */
export function numbersOf({ stack }: Pick<Inversion, "stack">): string {
  return stack === undefined || stack.layers.length === 0
    ? "no layer"
    : stack.layers
        .map(
          ({ repeats, thickness, strain }) =>
            `${repeats > 1 ? `${repeats} × ` : ""}${withError(thickness)} nm at ${withError(strain)} %`,
        )
        .join(" / ");
}

function remarkOf({ name, repeats, strainAgainst, debyeWaller, notes }: LayerRow): string {
  return [
    name,
    ...(repeats > 1 ? [`${repeats} times`] : []),
    `${together(strainAgainst)} % against the substrate's lattice`,
    `Debye–Waller factor ${together(debyeWaller)}`,
    ...notes,
  ].join("; ");
}

const WORDS = { thickness: "thickness", strain: "strain", debyeWaller: "Debye–Waller factor" } as const;
