/** Stacks of layers that explain a scan: grown layer by layer from what the curve so far leaves, then varied. */
import { relativeErrorOf } from "../errorModel.ts";
import { normals, uniforms } from "../random.ts";
import type { StagedStep } from "../staged.ts";
import type { Nearness } from "./layerClimb.ts";
import { climbedMode, type LayerMode, type LayerSearchSetting } from "./layerMode.ts";
import { layerDistance } from "./layerProblem.ts";
import { rearranged, recounted, reordered } from "./countedStarts.ts";
import { givenStarts } from "./givenStarts.ts";
import { candidates, withMissing } from "./missingLayers.ts";
import { jittered, lessened, varied } from "./variations.ts";
import type { LayerFilm } from "./layerUnknowns.ts";

/** Modes of each number of layers that grow by one more. */
const KEPT = 2;
/** Climbs by variation: at least, at most; hits that end them. */
const FEWEST = 8;
const MOST = 40;
const AGAIN = 3;
/** Relative error beside counting with which a scan is explained. */
const EXPLAINED = 0.05;
/** Difference of ln evidence up to which a mode is varied. */
const NEAR = 25;
/** Modes that are varied at least. */
const LEAST_NEAR = 3;
/** Rounds of counting anew, and ln evidence that makes another one worth it. */
const ROUNDS = 4;
const BETTER = 3;
/** Share of variations by a layer that may be missing. */
const MISSING = 0.3;

export interface LayersFound {
  /** By evidence, best first. */
  readonly modes: readonly LayerMode[];
  readonly climbs: number;
  readonly reason: "agreed" | "budget";
}

/** @param given numbers of layers whose crystals and order are given; NaN where one is not; none: as many layers as the scan
 *  tells */
export function* searchLayers(
  setting: LayerSearchSetting,
  given: LayerFilm | undefined,
): Generator<StagedStep, LayersFound, void> {
  const pool = new Pool(setting);
  if (given === undefined) {
    yield* pool.climb([], undefined);
    yield* grow(pool);
  } else
    for (const film of yield* givenStarts(setting, given)) {
      if (pool.isSpent && pool.modes.length > 0) break;
      yield* pool.climb(film, undefined);
    }
  const reason = yield* vary(pool, given !== undefined);
  yield* recount(pool, pool.best, given === undefined);
  if (given === undefined) yield* prune(pool, true);
  const modes = pool.modes.filter(({ stack }) => stack.layers.length >= setting.fewestLayers);
  return { modes: modes.length === 0 ? pool.modes : modes, climbs: pool.climbs, reason };
}

/** Modes by evidence, best first, none twice. */
class Pool {
  readonly setting: LayerSearchSetting;
  readonly #begun: number;
  #explained: { readonly mode: LayerMode; readonly is: boolean } | undefined;
  modes: LayerMode[] = [];
  climbs = 0;

  constructor(setting: LayerSearchSetting) {
    this.setting = setting;
    this.#begun = setting.done.work;
  }

  get best(): LayerMode {
    return this.modes[0];
  }

  get isSpent(): boolean {
    return this.setting.done.work - this.#begun > this.setting.work;
  }

  /** Whether the best mode leaves no more than what scans leave. */
  get isExplained(): boolean {
    const { problem, climbed } = this.best;
    if (this.#explained?.mode !== this.best) {
      const mean = problem.objectiveAt(problem.films.precision, climbed.x).mean(climbed),
        { value } = relativeErrorOf(problem.counts, mean, this.setting.error);
      this.#explained = { mode: this.best, is: value <= Math.max(EXPLAINED, this.setting.error) };
    }
    return this.#explained!.is;
  }

  of(layers: number): LayerMode[] {
    return this.modes.filter(({ stack }) => stack.layers.length === layers);
  }

  /** @param like a mode whose instrument is the start's */
  *climb(
    film: LayerFilm,
    like: LayerMode | undefined,
    nearness: Nearness = "far",
  ): Generator<StagedStep, void, void> {
    const { setting } = this;
    this.climbs++;
    const best = this.of(setting.stackOf(film).layers.length)[0],
      mode = yield* climbedMode(setting, film, like, { best, nearness });
    if (mode === undefined) return;
    const own = mode.problem.film(mode.climbed),
      known = this.modes.findIndex(
        (other) =>
          layerDistance(other.problem.film(other.climbed), own) < 0.1 && Math.abs(other.cost - mode.cost) < 6,
      );
    if (known < 0) this.modes.push(mode);
    else {
      const other = this.modes[known];
      this.modes[known] = { ...(mode.cost < other.cost ? mode : other), hits: mode.hits + other.hits };
    }
    this.modes.sort((a, b) => b.lnEvidence - a.lnEvidence);
  }
}

/** One layer more at a time, while that raises the evidence. */
function* grow(pool: Pool): Generator<StagedStep, void, void> {
  const { fewestLayers, mostLayers } = pool.setting;
  for (let n = 0; n < mostLayers; n++) {
    const before = pool.best.lnEvidence;
    for (const mode of pool.of(n).slice(0, KEPT))
      for (const film of yield* candidates(pool.setting, mode)) {
        if (pool.isSpent) return;
        yield* pool.climb(film, mode);
      }
    if (!pool.isExplained) yield* reorder(pool);
    const [best] = pool.of(n + 1);
    if (best !== undefined) yield* recount(pool, best, true);
    yield* prune(pool);
    if (n > 0 && n >= fewestLayers && pool.best.lnEvidence <= before) return;
  }
}

/** The best mode without one of its layers, or with two neighbours as one, again where that raises the evidence: what grew on a
 *  wrong start has layers that mend it.
 *  @param always though the budget is spent */
function* prune(pool: Pool, always = false): Generator<StagedStep, void, void> {
  for (;;) {
    const { best } = pool,
      film = best.problem.film(best.climbed);
    if (film.length <= Math.max(pool.setting.fewestLayers, 1)) return;
    for (const fewer of lessened(film)) {
      if (pool.isSpent && !always) return;
      yield* pool.climb(fewer, best, "there");
    }
    if (pool.best.stack.layers.length >= film.length) return;
  }
}

/** The best mode with its layers in other orders, where it explains nothing. */
function* reorder(pool: Pool): Generator<StagedStep, void, void> {
  const { best } = pool;
  for (const film of yield* reordered(pool.setting, best)) {
    if (pool.isSpent) return;
    yield* pool.climb(film, best);
  }
}

/** A mode with the fringes of each layer counted anew and layers in other places, again where that leads to a better one. */
function* recount(pool: Pool, first: LayerMode, canRearrange: boolean): Generator<StagedStep, void, void> {
  let mode = first;
  for (let round = 0; round < ROUNDS; round++) {
    for (const film of yield* recounted(pool.setting, mode)) {
      if (pool.isSpent) return;
      yield* pool.climb(film, mode, "near");
    }
    if (canRearrange)
      for (const film of yield* rearranged(pool.setting, mode)) {
        if (pool.isSpent) return;
        yield* pool.climb(film, mode);
      }
    const [best] = pool.of(mode.stack.layers.length);
    if (best === undefined || best.lnEvidence <= mode.lnEvidence + BETTER) return;
    mode = best;
  }
}

/** The best modes with a layer moved, gone, split or exchanged, until the best has been met again. */
function* vary(pool: Pool, isGiven: boolean): Generator<StagedStep, LayersFound["reason"], void> {
  const { setting } = pool,
    uniform = uniforms(3),
    normal = normals(4);
  let pruned = pool.best;
  for (let k = 0; k < MOST; k++) {
    if (!isGiven && pool.best.lnEvidence > pruned.lnEvidence + BETTER) {
      yield* prune(pool);
      pruned = pool.best;
    }
    if (k >= FEWEST && pool.best.hits >= AGAIN && pool.isExplained) return "agreed";
    if (pool.isSpent) return "budget";
    const near = pool.modes.filter(
        ({ lnEvidence }, at) => at < LEAST_NEAR || lnEvidence > pool.best.lnEvidence - NEAR,
      ),
      mode = uniform() < 0.6 ? pool.best : near[Math.floor(uniform() * near.length)],
      own = mode.problem.film(mode.climbed),
      film = isGiven
        ? jittered(own, normal)
        : own.length === 0 || uniform() < MISSING
          ? withMissing(setting, mode, uniform)
          : varied(own, uniform, normal);
    if (!isGiven && (film.length < Math.max(setting.fewestLayers, 1) || film.length > setting.mostLayers))
      continue;
    yield* pool.climb(film, mode);
  }
  return "budget";
}
