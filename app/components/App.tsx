/** The page: what is seen of the state, and what is dropped, pasted and typed anywhere on it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Entry } from "../session.ts";
import { openFiles, openText } from "../state/files.ts";
import { announcement, fileProblems, redo, settled, undo } from "../state/store.ts";
import { About } from "./About.tsx";
import { Alert } from "./Alert.tsx";
import { Answer } from "./Answer.tsx";
import { EntryBoundary } from "./Boundary.tsx";
import { ExperimentForm } from "./ExperimentForm.tsx";
import { Grounds } from "./Grounds.tsx";
import { Header } from "./Header.tsx";
import { LayerTable } from "./LayerTable.tsx";
import { NetworkPanel } from "./NetworkPanel.tsx";
import { Parameters } from "./Parameters.tsx";
import { pickFile } from "./pick.ts";
import { Plots } from "./Plots.tsx";
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
      <About key={entry === undefined ? "below the welcome" : "below the workbench"} />
      {isOver.value && (
        <div class="over" aria-hidden="true">
          Drop scans, a CIF, a result or a session
        </div>
      )}
    </>
  );
}

function Workbench({ entry }: { readonly entry: Entry }) {
  return (
    <>
      <Tabs />
      <EntryBoundary entry={entry}>
        <div class="results">
          <Answer entry={entry} />
          <Plots entry={entry} layers={<LayerTable entry={entry} />} />
          {entry.scan !== undefined && <Grounds entry={entry} />}
          <Solutions entry={entry} />
          <Series />
        </div>
        <aside aria-label="Settings">
          <ExperimentForm key={`experiment ${entry.id}`} entry={entry} />
          <Parameters key={`parameters ${entry.id}`} entry={entry} />
          {entry.scan !== undefined && entry.layers === undefined && (
            <NetworkPanel key={`network ${entry.id}`} entry={entry} />
          )}
        </aside>
      </EntryBoundary>
    </>
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
      else if (key === "o") pickFile("", (files) => void openFiles(files));
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

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "text";
}
