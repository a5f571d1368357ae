/** Steps of long work under the name of its stage: between two of them the caller may pause, stop or show how far it is. */

export interface StagedStep {
  /** Of what is climbed, looked at or drawn now. */
  readonly cost: number;
  /** What goes on, as users read it. */
  readonly stage: string;
}

/** The steps of a generator under a stage's name. */
export function* staged<T>(
  steps: Generator<{ readonly cost: number }, T, void>,
  stage: string,
): Generator<StagedStep, T, void> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    yield { cost: value.cost, stage };
  }
}
