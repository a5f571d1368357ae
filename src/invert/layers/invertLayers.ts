/** A scan of layers to the answer. */
import type { Inversion, Reflection, Solution } from "../../types.ts";
import { shownDraws, verdictFrom } from "../answerParts.ts";
import { confidenceOf, isDetermined } from "../confidence.ts";
import type { Known } from "../prior.ts";
import type { ScanSetting } from "../scanProblem.ts";
import type { StagedStep } from "../staged.ts";
import type { Places } from "../unknowns.ts";
import { layerProfile, layerSolution } from "./layerAnswer.ts";
import { LAYER_MODEL } from "./layerConfidenceModel.ts";
import { givenLayers, type LayersOption, MOST_LAYERS } from "./layerOptions.ts";
import { THICKNESS } from "./layerProblem.ts";
import { distinctLayers, withNumbers } from "./layerUnknowns.ts";
import { type LayersAsked, type LayersSolved, solveLayers } from "./solveLayers.ts";

export interface LayersWanted {
  readonly layers: LayersOption;
  /** Crystal of layers whose number is found; the substrate's if absent. */
  readonly film?: Reflection;
  readonly mostStrain: number;
  knownOf(unknowns: Places): readonly Known[];
}

/** What the layers' part of an answer holds. */
export type LayersAnswer = Solution &
  Pick<Inversion, "solutions" | "verdict" | "verdictReason" | "confidence" | "features" | "draws">;

export function* layersOfScan(
  setting: ScanSetting,
  { layers, film, mostStrain, knownOf }: LayersWanted,
  work: number,
): Generator<StagedStep, LayersSolved, void> {
  const given = typeof layers === "object" ? givenLayers(setting.reflection, layers) : undefined,
    asked: LayersAsked = {
      crystal: film ?? setting.reflection,
      isSupposed: film === undefined && given === undefined,
      fewest: typeof layers === "number" ? layers : 0,
      most: typeof layers === "number" ? layers : MOST_LAYERS,
      ...(given !== undefined && { given }),
      mostStrain,
      knownOf: ({ unknowns }) => knownOf(unknowns),
    };
  return yield* solveLayers(setting, asked, work);
}

export function layersAnswer(solved: LayersSolved): LayersAnswer {
  const solutions = solved.solutions.map((solution) => layerSolution(solved, solution));
  return {
    ...solutions[0],
    solutions,
    ...verdictOnLayers(solved, solutions[0]),
    features: { ...solved.features },
    draws: shownDraws(solved.posterior.draws, (film) => layerProfile(withNumbers(solved.stack, film))),
  };
}

/** Largest confidence in layers that the simulated ones do not speak for. */
const UNSEEN = 0.5;

/** Whether some layer's band of strain leaves the substrate's lattice out: layers that differ from it by disorder alone explain
 *  whatever the instrument does not. */
export function isStrained({ stack }: Pick<Solution, "stack">): boolean {
  return stack !== undefined && stack.layers.some(({ strainAgainst: { lower, upper } }) => lower * upper > 0);
}

function verdictOnLayers(
  { features, excess, solutions }: LayersSolved,
  answer: Solution,
): ReturnType<typeof verdictFrom> {
  const others = solutions.length - 1,
    count = distinctLayers(solutions[0].stack).length,
    isThick = answer.stack!.layers.some(({ thickness }) => thickness.value > THICKNESS[1]),
    unseen = isThick
      ? `a layer is thicker than ${THICKNESS[1]} nm, more than any of the simulated stacks that the confidence comes from; `
      : isStrained(answer)
        ? ""
        : "no layer's strain differs from that of the substrate by more than its error; ",
    own = confidenceOf(features, LAYER_MODEL),
    confidence = unseen === "" ? own : Math.min(own, UNSEEN);
  return verdictFrom({
    excess,
    confidence,
    isDetermined: isDetermined(confidence, LAYER_MODEL),
    unexplained: "no stack of uniform layers was found that explains the scan within its noise",
    chance: `${Math.round(100 * confidence)} % of simulated stacks with such a search and posterior are right in every layer`,
    others:
      unseen +
      (others === 0
        ? ""
        : `${others} other ${others === 1 ? "stack explains" : "stacks explain"} the scan about as well as this one of ${count} layers; `),
  });
}
