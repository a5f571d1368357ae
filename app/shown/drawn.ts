/** What an entry has to draw, one signal for each array: plots follow those that they draw, and a frame of a drag redraws no
 *  other. */
import { computed, type ReadonlySignal } from "@preact/signals";
import {
  FAR_OUT,
  type Inversion,
  onSubstrate,
  type Profile,
  rmsLog,
  type Stack,
  weightedResiduals,
} from "takagi";
import { type Handle, handlesOf, isStack, type Quantity } from "../model.ts";
import { anglesOf, chosen, type Drawable, isDrawn, type Mask } from "../session.ts";
import { stackHandles } from "../stackModel.ts";
import type { Asked, Curves } from "./curves.ts";
import type { Look } from "./look.ts";

export interface Drawn {
  /** Degrees; the same array for as long as they are the same. */
  readonly twoTheta: ReadonlySignal<Float64Array>;
  readonly measured: ReadonlySignal<Float64Array | undefined>;
  /** The solution that is shown; its bands are drawn also while the model is dragged away from it. */
  readonly shownAnswer: ReadonlySignal<Inversion | undefined>;
  /** Whether the curve is that of a profile drawn by hand over an answer. */
  readonly isDrawnOver: ReadonlySignal<boolean>;
  readonly profile: ReadonlySignal<Profile | undefined>;
  /** Its arrays; of layers with their substrate. */
  readonly line: { readonly [K in keyof Profile]: ReadonlySignal<Float64Array | undefined> };
  /** The layers that are shown, where the profile is one of layers. */
  readonly stack: ReadonlySignal<Stack | undefined>;
  readonly calculated: ReadonlySignal<Float64Array | undefined>;
  readonly rms: ReadonlySignal<number | undefined>;
  /** Offset of 2θ of what is drawn, degrees. */
  readonly offset: ReadonlySignal<number>;
  readonly masks: ReadonlySignal<readonly Mask[]>;
  /** What one count adds to the intensity of the scan that is shown. */
  readonly countUnit: ReadonlySignal<number>;
  /** Angles at which nothing was counted: a logarithmic axis has no place for them. */
  readonly zeros: ReadonlySignal<ArrayLike<number>>;
  /** In standard deviations. */
  readonly residuals: ReadonlySignal<Float64Array | undefined>;
  /** How many of the points that are not masked lie far out; empty where none does. */
  readonly farOut: ReadonlySignal<string>;
  /** Points that can be dragged. */
  readonly handles: Readonly<Record<Quantity, ReadonlySignal<readonly Handle[]>>>;
}

/** @param curve of the model, by who computes it */
export function drawnOf(
  selected: ReadonlySignal<Drawable | undefined>,
  curve: Curves<Asked>["curve"],
  { isLog }: Look,
): Drawn {
  const model = modelOf(selected, curve),
    { twoTheta, measured, profile, stack } = model;
  const whole = computed(() =>
    profile.value === undefined || stack.value === undefined ? profile.value : onSubstrate(profile.value),
  );
  const line = {
    depth: computed(() => whole.value?.depth),
    strain: computed(() => whole.value?.strain),
    debyeWaller: computed(() => whole.value?.debyeWaller),
  };
  const masks = computed<readonly Mask[]>(() => selected.value?.mask ?? []),
    countUnit = computed(() => selected.value?.answer?.countUnit ?? selected.value?.scan?.countUnit ?? 1);
  const zeros = computed(() =>
    measured.value === undefined || !isLog.value
      ? []
      : twoTheta.value.filter((_, i) => measured.value![i] === 0),
  );
  const handlesNow = (quantity: Quantity): readonly Handle[] => {
    const now = selected.value?.model;
    if (now === undefined) return [];
    if (!isStack(now)) return handlesOf(now, quantity);
    // Debye–Waller factors of layers stand in their table.
    return quantity === "debyeWaller" || stack.value === undefined ? [] : stackHandles(now, stack.value);
  };
  const handles = {
    strain: computed(() => handlesNow("strain")),
    debyeWaller: computed(() => handlesNow("debyeWaller")),
  };
  return { ...model, line, masks, countUnit, zeros, handles, ...residualsOf({ ...model, masks, countUnit }) };
}

type ModelSignals = Pick<
  Drawn,
  | "twoTheta"
  | "measured"
  | "shownAnswer"
  | "isDrawnOver"
  | "profile"
  | "stack"
  | "calculated"
  | "rms"
  | "offset"
>;

function modelOf(
  selected: ReadonlySignal<Drawable | undefined>,
  curve: Curves<Asked>["curve"],
): ModelSignals {
  const range = computed(() => JSON.stringify(selected.value?.range));
  const scanAngles = computed(() => selected.value?.scan?.twoTheta);
  const twoTheta = computed(() => {
    void range.value;
    const entry = selected.peek();
    return scanAngles.value ?? (entry === undefined ? new Float64Array(0) : anglesOf(entry));
  });
  const measured = computed(() => selected.value?.scan?.intensity);
  const answer = computed(() => selected.value?.answer),
    solution = computed(() => selected.value?.solution ?? 0),
    isEdited = computed(() => selected.value?.isEdited === true);
  const shownAnswer = computed(() => chosen({ answer: answer.value, solution: solution.value }));
  const id = computed(() => selected.value?.id);
  /** What was computed of the model; absent until it is, and where the fit's own curve is shown. */
  const latest = computed(() => {
    const { asked, preview } = curve.value ?? {};
    return asked?.id === id.value &&
      preview?.intensity.length === twoTheta.value.length &&
      (isEdited.value || shownAnswer.value === undefined)
      ? preview
      : undefined;
  });
  return {
    twoTheta,
    measured,
    shownAnswer,
    isDrawnOver: computed(() => isDrawn(selected.value)),
    profile: computed(() => latest.value?.profile ?? shownAnswer.value?.profile),
    stack: computed(() =>
      latest.value === undefined ? shownAnswer.value?.stack?.stack : latest.value.stack,
    ),
    calculated: computed(() => latest.value?.intensity ?? shownAnswer.value?.calculated),
    rms: computed(() => {
      const intensity = latest.value?.intensity;
      return intensity === undefined || measured.value === undefined
        ? shownAnswer.value?.rms
        : rmsLog(measured.value, intensity);
    }),
    offset: computed(() => (selected.value?.model ?? shownAnswer.value)?.instrument.offset ?? 0),
  };
}

function residualsOf({
  twoTheta,
  measured,
  calculated,
  countUnit,
  shownAnswer,
  masks,
}: ModelSignals & Pick<Drawn, "masks" | "countUnit">): Pick<Drawn, "residuals" | "farOut"> {
  const residuals = computed(() =>
    measured.value === undefined || calculated.value === undefined
      ? undefined
      : weightedResiduals({
          scan: { twoTheta: twoTheta.value, intensity: measured.value },
          calculated: calculated.value,
          countUnit: countUnit.value,
          relativeError: shownAnswer.value?.relativeError ?? 0,
        }),
  );
  const isUsed = (i: number): boolean => {
    const angle = twoTheta.value[i]!;
    return !masks.value.some(([from, to]) => angle >= from && angle <= to);
  };
  const farOut = computed(() => {
    if (residuals.value === undefined) return "";
    const fitted = residuals.value.filter((_, i) => isUsed(i)),
      beyond = fitted.filter((value) => Math.abs(value) > FAR_OUT).length;
    return beyond === 0 ? "" : `${beyond} of ${fitted.length} beyond ±${FAR_OUT}σ`;
  });
  return { residuals, farOut };
}
