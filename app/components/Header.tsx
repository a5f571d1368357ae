/** The bar at the top: open, undo, save, look. */
import { addSimulation } from "../state/actions.ts";
import { EXAMPLES, openExample } from "../state/examples.ts";
import { exportsOf, resultsTable, sessionFile } from "../state/exports.ts";
import { openFiles } from "../state/files.ts";
import { canRedo, canUndo, redo, settled, settledSession, undo } from "../state/store.ts";
import { pickFile, saving } from "./pick.ts";

export function Header() {
  return (
    <header class="bar">
      <a class="brand" href="./" aria-label="takagi">
        takagi
      </a>
      <nav aria-label="Actions">
        <button type="button" onClick={() => pickFile("", (files) => void openFiles(files))}>
          Open<span class="wide"> scan</span>
        </button>
        <Menu id="new" words="Try">
          {EXAMPLES.map(({ file, words }) => (
            <button type="button" key={file} onClick={() => void openExample(file)}>
              Example: {words}
            </button>
          ))}
          <button type="button" onClick={addSimulation}>
            Simulate without a scan
          </button>
        </Menu>
        <span class="pairs">
          <button
            type="button"
            aria-label="Undo"
            title="Undo (Ctrl Z)"
            disabled={!canUndo.value}
            onClick={undo}
          >
            <Arrow />
          </button>
          <button
            type="button"
            aria-label="Redo"
            title="Redo (Ctrl Shift Z)"
            disabled={!canRedo.value}
            onClick={redo}
          >
            <Arrow isMirrored />
          </button>
        </span>
        <ExportMenu />
      </nav>
    </header>
  );
}

function ExportMenu() {
  const entry = settled.value;
  if (entry === undefined) return null;
  return (
    <Menu id="export" words="Save">
      {exportsOf(entry).map(({ words, make }) => (
        <button type="button" key={words} onClick={() => void saving(() => make(entry))}>
          {words}
        </button>
      ))}
      {settledSession.value.entries.length > 1 && (
        <button type="button" onClick={() => void saving(resultsTable)}>
          Table of all results, CSV
        </button>
      )}
      <button type="button" class="apart" onClick={() => void saving(sessionFile)}>
        Whole session, to open here again
      </button>
    </Menu>
  );
}

/** A menu that the browser opens and closes. */
function Menu({
  id,
  words,
  children,
}: {
  readonly id: string;
  readonly words: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <span class="menu">
      <button type="button" popovertarget={`menu-${id}`}>
        {words} <span aria-hidden="true">▾</span>
      </button>
      <div
        id={`menu-${id}`}
        popover="auto"
        class="list"
        onClick={(event) => event.currentTarget.hidePopover()}
      >
        {children}
      </div>
    </span>
  );
}

function Arrow({ isMirrored = false }: { readonly isMirrored?: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class={isMirrored ? "mirrored" : ""}>
      <path d="M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7" />
    </svg>
  );
}
