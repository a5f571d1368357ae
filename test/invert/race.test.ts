/** Heats of starts: a climb in pieces is the climb at one go, and a race keeps the start from which the scan is explained, though one
 *  curve ranks others before it. */
import { expect, test } from "vitest";
import { begun, climb, raised } from "../../src/invert/climb.ts";
import { distance } from "../../src/invert/distance.ts";
import { Heats, race, type Start } from "../../src/invert/race.ts";
import { filmOf, type SplineFilm } from "../../src/invert/unknowns.ts";
import { simulated } from "./problems.ts";

const KIND = { disorder: "free", isSummed: false } as const;

function run<T>(steps: Generator<unknown, T, void>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The true film with another thickness and strain, and its profile shifted along the depth by so many splines. */
function changed(film: SplineFilm, thickness: number, strain: number, shift: number): SplineFilm {
  const { strainWeights: w } = film;
  return {
    ...film,
    thickness: film.thickness * thickness,
    strainWeights: w.map((_, k) => strain * w[Math.min(Math.max(k + shift, 0), w.length - 1)]!),
  };
}

async function starts(): Promise<Awaited<ReturnType<typeof simulated>> & { film: SplineFilm; all: Start[] }> {
  const own = await simulated(KIND),
    film = filmOf(own.problem.unknowns, own.truth),
    all: Start[] = [];
  for (const thickness of [0.6, 0.8, 1.06, 1.3, 1.7])
    for (const strain of [0.8, 0.97, 1.15])
      for (const shift of [-2, 0, 2])
        all.push({ ...own.problem.place(changed(film, thickness, strain, shift)), from: `${shift}` });
  for (const start of all) own.problem.screen(start, own.problem.errors(1));
  return { ...own, film, all };
}

test("a climb that pauses between its levels comes to the same maximum", async () => {
  const { problem, all } = await starts(),
    start = all.find(
      (own) => distance(filmOf(problem.unknowns, own), filmOf(problem.unknowns, all[22]!)) === 0,
    )!,
    whole = run(climb(problem, begun(start), 0.01));
  let ascent = begun(start);
  for (const level of [1, 3, 9]) {
    ascent = run(raised(problem, ascent, level));
    expect(ascent.level).toBe(Math.min(level, ascent.levels));
  }
  const paused = run(climb(problem, ascent, 0.01));
  expect(Math.abs(paused.fit.cost / whole.fit.cost - 1)).toBeLessThan(1e-3);
  expect(distance(filmOf(problem.unknowns, paused), filmOf(problem.unknowns, whole))).toBeLessThan(1e-3);
});

test("what a race leaves leads to the truth more often than what one curve ranks first", async () => {
  const { problem, film, all } = await starts(),
    errors = problem.errors(1),
    isRight = (start: Start): boolean =>
      distance(filmOf(problem.unknowns, run(climb(problem, begun(start), 0.01))), film) < 0.1,
    rightOf = (some: readonly Start[]): number => some.filter(isRight).length,
    // As far from the truth as proposals of a network for a hard scan are.
    hard = all.filter((start) => distance(filmOf(problem.unknowns, start), film) > 0.15),
    byCurve = [...hard].sort((a, b) => problem.screen(a, errors) - problem.screen(b, errors)).slice(0, 4),
    left = run(race(problem, hard, 4)).map(({ start }) => start as Start);
  expect(rightOf(left)).toBeGreaterThan(rightOf(byCurve));
});

test("each start is in one heat, alike ones once, others where the first heat is not enough, then films of the prior", async () => {
  const { problem, all } = await starts();
  let asked = 0;
  const heats = new Heats(
    problem,
    {
      starts: [...all.slice(0, 6), ...all.slice(0, 6)],
      *others() {
        asked++;
        yield { cost: 0, stage: "others" };
        return all.slice(6, 9);
      },
    },
    Infinity,
  );
  expect(run(heats.next())).toHaveLength(4);
  expect([asked, heats.areLeft]).toEqual([0, true]);
  expect(run(heats.next())).toHaveLength(3);
  expect([asked, heats.areLeft]).toEqual([1, true]);
  const drawn = run(heats.next()),
    thicknesses = all.slice(0, 9).map((start) => filmOf(problem.unknowns, start).thickness);
  expect(drawn).toHaveLength(8);
  for (const { start } of drawn) {
    expect((start as Start).from).toBe("films of the prior");
    // Five standard deviations beyond the thinnest and thickest start.
    const { thickness } = filmOf(problem.unknowns, start);
    expect(thickness).toBeGreaterThan(Math.min(...thicknesses) * Math.exp(-0.75));
    expect(thickness).toBeLessThan(Math.max(...thicknesses) * Math.exp(0.75));
  }
  expect(asked).toBe(1);
});
