/** Starts in heats, of which the best go on: at the end of a level those with the lower cost, again and again (successive halving,
 *  Jamieson & Talwalkar 2016). A level costs a fifth of a climb or less, and what it leaves tells wrong starts from right ones better
 *  than the one curve by which starts are ranked. */
import { type Ascent, begun, raised } from "./climb.ts";
import { distance } from "./distance.ts";
import { byThickness } from "./films.ts";
import type { Problem } from "./problem.ts";
import { normals, pick, uniforms } from "./random.ts";
import { staged, type StagedStep } from "./staged.ts";
import { filmOf, type Place, type SplineFilm } from "./unknowns.ts";

/** A start, and where it comes from. */
export interface Start extends Place {
  readonly from: string;
}

/** Starts, and others that are looked for where the first heat of these is not enough. After them come films of the prior. */
export interface Starts {
  readonly starts: readonly Start[];
  others?(): Generator<StagedStep, readonly Start[], void>;
}

/** Starts at films. */
export function startsAt<F>(
  place: (film: F) => Start,
  films: readonly F[],
  others?: () => Generator<StagedStep, readonly F[], void>,
): Starts {
  return {
    starts: films.map(place),
    ...(others !== undefined && {
      *others() {
        return (yield* others()).map(place);
      },
    }),
  };
}

/** Starts of a heat. */
const ENTRANTS = 24;
/** Films that are drawn from the prior where starts run out; standard deviations of their ln thickness and ln scale about those of
 *  starts. */
const DRAWN = 200;
const BESIDE = { thickness: 0.15, scale: 0.08 };
/** Relative distance below which two films are one. */
export const SAME = 0.03;
/** Share of a heat's starts that climb to the end, and how many do at least; share that is left after a level, and how many times as
 *  many levels are behind the others at the next look. */
const LEFT = { share: 1 / 3, least: 4 };
const SHARE = 0.4;
const LEVELS = 3;
/** Curves' worth of work until the end of the first level: seven evaluations with derivatives. */
const CURVES = 28;

/** A start, the deviance of its curve at a relative error of 100 %, and what that took. */
interface Entrant extends Start {
  readonly deviance: number;
  readonly work: number;
}

/** The starts in the order of one curve each, none twice. */
export class Heats {
  readonly #problem: Problem;
  readonly #work: number;
  readonly #normal = normals(5);
  readonly #uniform = uniforms(6);
  /** All but those drawn. */
  readonly #given: Start[] = [];
  #unseen: readonly Start[] = [];
  #others: Starts["others"];
  #waiting: Entrant[] = [];
  readonly #films: SplineFilm[] = [];

  /** @param work of a heat's first level, slices · angles: starts beyond it are left out */
  constructor(problem: Problem, { starts, others }: Starts, work: number) {
    this.#problem = problem;
    this.#work = work;
    this.#take(starts);
    this.#others = others;
  }

  get areLeft(): boolean {
    return this.#unseen.length > 0 || this.#waiting.length > 0 || this.#others !== undefined || this.#canDraw;
  }

  get #canDraw(): boolean {
    const { unknowns, films } = this.#problem;
    // Where disorder is tied they find nothing that proposals do not (docs/inversion.md).
    return unknowns.kind === "free" && films.prior.drawShape !== undefined && this.#given.length > 0;
  }

  #take(starts: readonly Start[]): void {
    this.#unseen = starts;
    this.#given.push(...starts);
  }

  /** What a heat leaves, lowest cost first. */
  *next(): Generator<StagedStep, Ascent[], void> {
    if (this.#unseen.length === 0 && this.#others !== undefined) {
      this.#take(yield* this.#others());
      this.#others = undefined;
    }
    if (this.#unseen.length === 0 && this.#waiting.length < ENTRANTS && this.#canDraw)
      this.#unseen = Array.from({ length: DRAWN }, () => this.#drawn());
    this.#waiting = [...(yield* this.#screened()), ...this.#waiting];
    const entrants = this.#entrants();
    return yield* race(
      this.#problem,
      entrants,
      Math.max(Math.ceil(LEFT.share * entrants.length), LEFT.least),
    );
  }

  /** A film of the prior, about as thick as one start and as strained as another. */
  #drawn(): Start {
    const { unknowns: u, films } = this.#problem,
      thick = pick(this.#given, this.#uniform),
      strained = pick(this.#given, this.#uniform),
      x = thick.x.slice();
    x[u.thickness] += BESIDE.thickness * this.#normal();
    x[u.scale] = strained.x[u.scale] + BESIDE.scale * this.#normal();
    films.prior.drawShape!(x, this.#normal, this.#uniform);
    return { x: this.#problem.bound(x), sign: strained.sign, from: "films of the prior" };
  }

  /** Those not yet seen, best first. */
  *#screened(): Generator<StagedStep, Entrant[], void> {
    const problem = this.#problem,
      errors = problem.errors(1),
      entrants: Entrant[] = [];
    for (const start of byThickness(problem.films, this.#unseen)) {
      const before = problem.work,
        deviance = problem.screen(start, errors);
      entrants.push({ ...start, deviance, work: problem.work - before });
      yield { cost: deviance, stage: "looking at starts" };
    }
    this.#unseen = [];
    return entrants.sort((a, b) => a.deviance - b.deviance);
  }

  #entrants(): Entrant[] {
    const heat: Entrant[] = [];
    let left = this.#work;
    while (heat.length < ENTRANTS && this.#waiting.length > 0) {
      const entrant = this.#waiting.shift()!,
        film = filmOf(this.#problem.unknowns, entrant);
      if (this.#films.some((other) => distance(film, other) < SAME)) continue;
      left -= CURVES * entrant.work;
      if (left < 0 && heat.length >= LEFT.least) {
        this.#waiting.unshift(entrant);
        break;
      }
      this.#films.push(film);
      heat.push(entrant);
    }
    return heat;
  }
}

/** @param left how many go on to the end
 *  @returns these, lowest cost first */
export function* race(
  problem: Problem,
  starts: readonly Start[],
  left: number,
): Generator<StagedStep, Ascent[], void> {
  let field = starts.map(begun);
  for (let level = 1; ; level *= LEVELS) {
    const through: Ascent[] = [];
    for (const ascent of byThickness(problem.films, field))
      through.push(yield* staged(raised(problem, ascent, level), (ascent.start as Start).from));
    field = through
      .sort((a, b) => a.cost - b.cost)
      .slice(0, Math.max(Math.ceil(SHARE * through.length), left));
    if (field.length <= left) return field;
  }
}
