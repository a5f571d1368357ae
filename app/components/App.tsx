/** The page: what is seen of the state, and what is dropped, pasted and typed anywhere on it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { countUnit, CurvePlot, ResidualPlot } from "../plot/CurvePlot.tsx";
import { ProfilePlot } from "../plot/ProfilePlot.tsx";
import type { Entry } from "../session.ts";
import { resetModel } from "../state/actions.ts";
import { openFiles, openText } from "../state/files.ts";
import { invert } from "../state/inversion.ts";
import { rms, shownAnswer } from "../state/preview.ts";
import { announcement, fileProblems, jobs, redo, selected, settled, undo } from "../state/store.ts";
import { brushMode, zoom, zoomBy } from "../state/view.ts";
import { digits } from "../words.ts";
import { Alert, Answer } from "./Answer.tsx";
import { ExperimentForm } from "./ExperimentForm.tsx";
import { Header } from "./Header.tsx";
import { NetworkPanel } from "./NetworkPanel.tsx";
import { Parameters } from "./Parameters.tsx";
import { Series } from "./Series.tsx";
import { Solutions } from "./Solutions.tsx";
import { Tabs } from "./Tabs.tsx";
import { Welcome } from "./Welcome.tsx";

export function App() {
  const isOver = useSignal(false);
  useEffect(() => listen((over) => (isOver.value = over)), []);
  const entry = settled.value;
  return (
    <>
      <Header />
      <p class="hidden" role="status">
        {announcement}
      </p>
      {fileProblems.value.length > 0 && (
        <div class="problems">
          {fileProblems.value.map((problem) => (
            <Alert key={problem.what} {...problem} />
          ))}
          <button type="button" class="quiet" onClick={() => (fileProblems.value = [])}>
            Dismiss
          </button>
        </div>
      )}
      {entry === undefined ? (
        <main>
          <Welcome />
        </main>
      ) : (
        <Workbench entry={entry} />
      )}
      <footer>
        Nothing is uploaded: scans stay in this browser. takagi is free software under the MIT licence.
      </footer>
      {isOver.value && (
        <div class="over" aria-hidden="true">
          Drop scans, a CIF or a session
        </div>
      )}
    </>
  );
}

function Workbench({ entry }: { readonly entry: Entry }) {
  const { twoTheta } = entry.scan ?? {};
  const full = [
    twoTheta?.[0] ?? entry.range.from,
    twoTheta?.[twoTheta.length - 1] ?? entry.range.to,
  ] as const;
  return (
    <>
      <Tabs />
      <main class="workbench">
        <div class="results">
          <Answer entry={entry} />
          <section class="plots" aria-label="Plots">
            <div class="scan">
              <div class="tools" role="group" aria-label="Plot of the scan">
                {entry.scan !== undefined &&
                  (["zoom", "mask"] as const).map((mode) => (
                    <button
                      type="button"
                      key={mode}
                      aria-pressed={brushMode.value === mode}
                      title={
                        mode === "zoom"
                          ? "Brush over the plot to zoom"
                          : "Brush over what the fit shall leave out"
                      }
                      onClick={() => (brushMode.value = mode)}
                    >
                      {mode}
                    </button>
                  ))}
                <button type="button" aria-label="Zoom in" onClick={() => zoomBy(0.5, full)}>
                  +
                </button>
                <button
                  type="button"
                  aria-label="Zoom out"
                  disabled={zoom.value === undefined}
                  onClick={() => zoomBy(2, full)}
                >
                  −
                </button>
                <button
                  type="button"
                  disabled={zoom.value === undefined}
                  onClick={() => (zoom.value = undefined)}
                >
                  all
                </button>
              </div>
              <CurvePlot
                key={`${entry.scan === undefined} ${countUnit.value}`}
                hasResiduals={entry.scan !== undefined}
              />
              {entry.scan !== undefined && <ResidualPlot />}
            </div>
            <div class={`profiles ${entry.model === undefined ? "empty" : ""}`}>
              <ByHand />
              {entry.model === undefined && (
                <p class="nothing">
                  Strain and Debye–Waller factor against depth
                  <br />
                  appear here once the scan is inverted.
                </p>
              )}
              <ProfilePlot key="strain" quantity="strain" />
              <ProfilePlot key="debyeWaller" quantity="debyeWaller" />
            </div>
          </section>
          <Solutions entry={entry} />
          <Series />
        </div>
        <aside aria-label="Settings">
          <ExperimentForm key={`experiment ${entry.id}`} entry={entry} />
          <Parameters key={`parameters ${entry.id}`} entry={entry} />
          {entry.scan !== undefined && <NetworkPanel key={`network ${entry.id}`} entry={entry} />}
        </aside>
      </main>
    </>
  );
}

/** Of constant height, so that nothing moves under a pointer that drags. */
function ByHand() {
  const entry = selected.value,
    answer = shownAnswer.value;
  if (entry === undefined || answer === undefined || !entry.isEdited)
    return <p class="by-hand">{entry?.model !== undefined && "Drag the points: the curve follows."}</p>;
  return (
    <p class="by-hand">
      <span>
        Changed by hand: rms {digits(rms.value ?? NaN)}, the fit’s {digits(answer.rms)}
      </span>
      <button
        type="button"
        class="link"
        disabled={jobs.value.has(entry.id)}
        title="A fit that begins at the profile as you drew it"
        onClick={() => void invert(entry.id, true)}
      >
        Fit from here
      </button>
      <button type="button" class="link" onClick={() => resetModel(entry.id)}>
        Back to the fit
      </button>
    </p>
  );
}

/** Files and text that are dropped or pasted anywhere, and keys. */
function listen(over: (isOver: boolean) => void): () => void {
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  const listeners: { readonly [K in keyof DocumentEventMap]?: (event: DocumentEventMap[K]) => void } = {
    dragover: (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over(true);
    },
    dragleave: (event) => {
      if (event.relatedTarget === null) over(false);
    },
    drop: (event) => {
      event.preventDefault();
      over(false);
      void openFiles([...(event.dataTransfer?.files ?? [])]);
    },
    paste: (event) => {
      if (isTyping(event.target)) return;
      const { files, text } = {
        files: [...(event.clipboardData?.files ?? [])],
        text: event.clipboardData?.getData("text/plain") ?? "",
      };
      if (files.length > 0) void openFiles(files);
      else if (text.trim() !== "") void openText(text);
    },
    keydown: (event) => {
      if (!(event.ctrlKey || event.metaKey) || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) undo();
      else if (key === "y" || (key === "z" && event.shiftKey)) redo();
      else if (key === "o") pickAnyFile();
      else return;
      event.preventDefault();
    },
  };
  const entries = Object.entries(listeners) as [string, EventListener][];
  for (const [name, listener] of entries) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of entries) document.removeEventListener(name, listener);
  };
}

function pickAnyFile(): void {
  document.querySelector<HTMLButtonElement>(".bar nav button")?.click();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "text";
}
