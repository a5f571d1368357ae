/** The state of one <takagi-view>: what it shows, and what is done in its plots. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  braggAngle,
  type Inversion,
  type InvertOptions,
  type Progress,
  type Reflection,
  type Scan,
  type Stack,
} from "takagi";
import { distinct, drawnPeriods, itemsOf } from "../layers.ts";
import { atSolution, isStack } from "../model.ts";
import type { Theme } from "../plot/theme.ts";
import type { Drawable, StackModel } from "../session.ts";
import { type Asked, createCurves, type Curves } from "../shown/curves.ts";
import { type Drawn, drawnOf } from "../shown/drawn.ts";
import { createLook, resetLook } from "../shown/look.ts";
import type { Problem } from "../shown/problems.ts";
import type { Peak, Shown, ShownActions } from "../shown/shown.ts";
import { moved } from "../stackModel.ts";
import type { Preview } from "../worker/protocol.ts";
import type { ViewChange } from "./events.ts";
import type { ElementWork } from "./protocol.ts";

export interface StoreHost {
  readonly preview: (ask: ElementWork["preview"]["ask"]) => Promise<Preview>;
  readonly changed: (change: ViewChange) => void;
  readonly fitDrawn: () => void;
}

export interface Store {
  readonly entry: Signal<Drawable | undefined>;
  /** As what is not dragged shows it. */
  readonly settled: ReadonlySignal<Drawable | undefined>;
  readonly options: Signal<InvertOptions>;
  /** The crystal's, before there is an answer. */
  readonly reflection: Signal<Reflection | undefined>;
  readonly progress: Signal<Progress | undefined>;
  readonly problem: Signal<Problem | undefined>;
  readonly isStale: Signal<boolean>;
  /** What has to be given before the scan can be inverted, in words. */
  readonly waiting: Signal<string>;
  readonly theme: Signal<Theme>;
  readonly shown: Shown;
  /** Keeps the curve up with the model.
   *  @returns what ends that */
  readonly follow: () => () => void;
}

let stores = 0;

export function createStore(host: StoreHost): Store {
  const entry = signal<Drawable | undefined>(undefined),
    beforeDrag = signal<Drawable | undefined>(undefined),
    options = signal<InvertOptions>({}),
    reflection = signal<Reflection | undefined>(undefined),
    progress = signal<Progress | undefined>(undefined),
    problem = signal<Problem | undefined>(undefined),
    isStale = signal(false),
    // Read when the element is in a page, before anything is drawn.
    theme = signal({} as Theme);
  const isDragging = computed(() => beforeDrag.value !== undefined),
    look = createLook();
  const curves = createCurves<Asked>(
    (asked) => host.preview(previewOf(asked, entry.peek(), options.peek())),
    ({ isDraft }) => {
      if (drawn.isDrawnOver.peek()) tell(drawn, isDraft, host);
    },
  );
  const drawn = drawnOf(entry, curves.curve, look),
    known = computed(() => drawn.shownAnswer.value?.reflection ?? reflection.value);
  const shown: Shown = {
    selected: entry,
    drawn,
    look,
    theme,
    cursor: `takagi-view ${++stores}`,
    peak: computed(() => peakOf(known.value)),
    wavelength: computed(() => known.value?.wavelength),
    progress,
    problem,
    isStale,
    isDragging,
    actions: actionsOn({ entry, beforeDrag, drawn, host }),
  };
  return {
    entry,
    settled: computed(() => beforeDrag.value ?? entry.value),
    options,
    reflection,
    progress,
    problem,
    isStale,
    waiting: signal(""),
    theme,
    shown,
    follow: () => effect(() => followModel(entry.value, { drawn, isDragging, curves })),
  };
}

/** Tells what is drawn now. */
function tell({ profile, stack, calculated, rms }: Drawn, isDragging: boolean, { changed }: StoreHost): void {
  const [own, curve, layers] = [profile.peek(), calculated.peek(), stack.peek()];
  if (own === undefined || curve === undefined) return;
  changed({
    profile: own,
    ...(layers === undefined ? {} : { stack: layers }),
    calculated: curve,
    rms: rms.peek() ?? NaN,
    isDragging,
  });
}

function actionsOn({
  entry,
  beforeDrag,
  drawn,
  host,
}: {
  readonly entry: Signal<Drawable | undefined>;
  readonly beforeDrag: Signal<Drawable | undefined>;
  readonly drawn: Drawn;
  readonly host: StoreHost;
}): ShownActions {
  const change = (how: (now: Drawable) => Drawable): void => {
    if (entry.value !== undefined) entry.value = how(entry.value);
  };
  const see = (solution: (now: Drawable) => number): void => {
    change((now) => atSolution(now, solution(now)));
    tell(drawn, false, host);
  };
  return {
    startDrag: () => (beforeDrag.value = entry.value),
    drag: (quantity, index, to) =>
      change((now) => {
        const model = now.model && moved(now.model, { quantity, index, to, stack: drawn.stack.peek() });
        return model === undefined ? now : { ...now, model, isEdited: true };
      }),
    endDrag: () => (beforeDrag.value = undefined),
    resetModel: () => see((now) => now.solution),
    chooseSolution: (index) => see(() => index),
    fitDrawn: host.fitDrawn,
  };
}

/** Asks for the curve of a model that was drawn. */
function followModel(
  now: Drawable | undefined,
  {
    drawn,
    isDragging,
    curves,
  }: { readonly drawn: Drawn; readonly isDragging: ReadonlySignal<boolean>; readonly curves: Curves<Asked> },
): void {
  const { model, isEdited, id } = now ?? {};
  if (id === undefined || model === undefined) return;
  if (isEdited !== true) {
    curves.clear();
    return;
  }
  const twoTheta = drawn.twoTheta.value;
  curves.ask({ id, moved: undefined, model, twoTheta, isDraft: isDragging.value });
}

/** A scan that nothing is known of.
 *  @param name of its file */
export function takeScan({ entry, shown }: Store, scan: Scan, name: string): void {
  entry.value = entryOf(scan, name);
  resetLook(shown.look);
}

/** An answer, and the scan that it is of. */
export function takeAnswer(
  { entry, options, shown, isStale }: Store,
  answer: Inversion,
  seconds?: number,
): void {
  const { scan, solutions } = answer,
    before = entry.peek(),
    isSame = before?.scan === scan;
  const stacks =
    answer.stack === undefined
      ? {}
      : {
          stacks: {
            isNumberGiven: (options.peek().layers ?? "auto") !== "auto",
            each: solutions.map(({ stack }) => drawnPeriods(stack?.stack ?? { layers: [] }, {})),
          },
        };
  entry.value = atSolution(
    {
      ...entryOf(scan, isSame ? before.name : ""),
      answer,
      ...stacks,
      ...(seconds === undefined ? {} : { seconds }),
      mask: options.peek().mask ?? [],
    },
    0,
  );
  isStale.value = false;
  if (!isSame) resetLook(shown.look);
}

let entries = 0;

function entryOf(scan: Scan, name: string): Drawable {
  const { twoTheta } = scan;
  return {
    id: String(++entries),
    name,
    scan,
    range: { from: twoTheta[0] ?? 0, to: twoTheta[twoTheta.length - 1] ?? 1, points: twoTheta.length },
    mask: [],
    solution: 0,
    isEdited: false,
  };
}

function peakOf(reflection: Reflection | undefined): Peak | undefined {
  if (reflection === undefined) return undefined;
  const { name, d, wavelength } = reflection;
  return { name, d, twoTheta: 2 * braggAngle(d, wavelength) };
}

function previewOf(
  { model, twoTheta, isDraft }: Asked,
  entry: Drawable | undefined,
  { sample = {}, deviation = "exact" }: InvertOptions,
): ElementWork["preview"]["ask"] {
  const { answer, solution = 0 } = entry ?? {},
    found = answer?.solutions[solution]?.stack?.stack;
  if (answer === undefined) throw new Error("there is no answer to draw over");
  return {
    model,
    reflection: answer.reflection,
    sample,
    instrument: model.instrument,
    deviation,
    twoTheta,
    isDraft,
    ...(isStack(model) && found !== undefined ? { stack: stackOf(model, found) } : {}),
  };
}

/** What was drawn, with the crystals of the layers that were found. */
function stackOf({ layers }: StackModel, { substrate, layers: found }: Stack): Stack {
  const crystals = found.flatMap((item) => ("layers" in item ? item.layers : [item]));
  if (crystals.length !== distinct(layers).length) throw new Error("a layer's crystal is not known");
  let at = 0;
  return {
    substrate,
    layers: itemsOf(layers, ({ thickness, strain, debyeWaller }) => ({
      crystal: crystals[at++]!.crystal,
      thickness,
      strain,
      debyeWaller,
    })),
  };
}
