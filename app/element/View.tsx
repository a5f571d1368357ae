/** What is seen of a <takagi-view>: the same answer and plots as on the page. */
import { useSignal } from "@preact/signals";
import { useErrorBoundary } from "preact/hooks";
import { plain, type Row, summary } from "takagi";
import { Alert } from "../components/Alert.tsx";
import { Headline, Numbers, Standing } from "../components/Finding.tsx";
import { Grounds } from "../components/Grounds.tsx";
import { pickFile } from "../components/pick.ts";
import { Plots } from "../components/Plots.tsx";
import { Rows } from "../components/Rows.tsx";
import { Solutions } from "../components/Solutions.tsx";
import { distinct } from "../layers.ts";
import { isStack } from "../model.ts";
import type { Drawable } from "../session.ts";
import { ShownContext, useShown } from "../shown/shown.ts";
import { againstSubstrate } from "../stackModel.ts";
import type { Store } from "./store.ts";

export interface ViewProps {
  readonly store: Store;
  readonly open: (file: File) => void;
}

export function View({ store, open }: ViewProps) {
  const isOver = useSignal(false),
    entry = store.settled.value;
  return (
    <ShownContext.Provider value={store.shown}>
      <section
        class="results"
        aria-label="Strain from a scan"
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files") !== true) return;
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) isOver.value = false;
        }}
        onDrop={(event) => {
          const [file] = event.dataTransfer?.files ?? [];
          isOver.value = false;
          if (file === undefined) return;
          event.preventDefault();
          open(file);
        }}
      >
        <Said store={store} />
        {entry === undefined ? (
          <Empty store={store} open={open} />
        ) : (
          <Guarded key={entry.id}>
            <Found entry={entry} store={store} />
          </Guarded>
        )}
        {isOver.value && (
          <div class="over-place" aria-hidden="true">
            Drop a scan
          </div>
        )}
      </section>
    </ShownContext.Provider>
  );
}

/** For those who do not see the screen: what just happened. */
function Said({ store: { entry, progress } }: { readonly store: Store }) {
  const answer = entry.value?.answer;
  return (
    <p class="hidden" role="status">
      {progress.value !== undefined
        ? "The scan is being inverted."
        : answer === undefined
          ? ""
          : summary(answer).lead}
    </p>
  );
}

function Empty({ store: { problem }, open }: ViewProps) {
  return (
    <>
      {problem.value !== undefined && <Alert {...problem.value} />}
      <div class="empty-place">
        <p>Drop a scan here, or</p>
        <button type="button" onClick={() => pickFile("", ([file]) => file !== undefined && open(file))}>
          Open scan
        </button>
      </div>
    </>
  );
}

function Found({ entry, store }: { readonly entry: Drawable; readonly store: Store }) {
  return (
    <>
      <section class="answer reserved" aria-label="Answer">
        <Headline entry={entry} waiting={store.waiting.value} />
        <div class="standing">
          <Standing entry={entry} />
        </div>
        <Numbers entry={entry} />
      </section>
      <Plots entry={entry} layers={<Layers entry={entry} />} />
      <Grounds entry={entry} />
      <Solutions entry={entry} />
    </>
  );
}

/** What cannot be drawn says so, and the host page goes on. */
function Guarded({ children }: { readonly children: preact.ComponentChildren }) {
  const [error] = useErrorBoundary() as [unknown, () => void];
  return error === undefined ? (
    <>{children}</>
  ) : (
    <Alert what="The answer cannot be shown." todo={error instanceof Error ? error.message : String(error)} />
  );
}

/** The layers from the surface down: as found, or as drawn. */
function Layers({ entry }: { readonly entry: Drawable }) {
  const { drawn } = useShown(),
    answer = drawn.shownAnswer.value;
  if (answer === undefined) return <div class="layers" />;
  return (
    <dl class="rows layers">
      <Rows rows={drawn.isDrawnOver.value ? drawnRows(entry, drawn) : summary(answer).profile} />
    </dl>
  );
}

function drawnRows({ model }: Drawable, { stack }: ReturnType<typeof useShown>["drawn"]): Row[] {
  if (model === undefined || !isStack(model) || stack.value === undefined) return [];
  const against = againstSubstrate(model, stack.value),
    layers = distinct(model.layers);
  return layers
    .map(({ thickness }, i): Row => [
      `Layer ${i + 1}`,
      `${plain(thickness, 4)} nm`,
      `strain ${plain(against[i]!)} % against the substrate`,
    ])
    .reverse();
}
