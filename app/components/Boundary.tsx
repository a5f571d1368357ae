/** What stands in the place of parts that cannot be drawn: the rest of the page stays, and so does the work. */
import type { ComponentChildren } from "preact";
import { useEffect, useErrorBoundary } from "preact/hooks";
import { EMPTY, type Entry } from "../session.ts";
import { remove } from "../state/actions.ts";
import { sessionFile } from "../state/exports.ts";
import { replace } from "../state/store.ts";
import { Alert } from "./Alert.tsx";
import { download } from "./pick.ts";

/** The workbench of one scan: where it cannot be drawn, the others go on. */
export function EntryBoundary({
  entry,
  children,
}: {
  readonly entry: Entry;
  readonly children: ComponentChildren;
}) {
  const [error, again] = useErrorBoundary() as [unknown, () => void];
  // Undoing may have mended it.
  useEffect(() => {
    if (error !== undefined) again();
  }, [entry]);
  if (error === undefined) return <main class="workbench">{children}</main>;
  return (
    <main class="broken">
      <Alert
        what={`${entry.name} cannot be shown.`}
        todo={`${wordsOf(error)}. Close it and open its file again; the other scans stay.`}
      />
      <button type="button" onClick={() => remove(entry.id)}>
        Close it
      </button>
      <SaveButton />
    </main>
  );
}

/** About the whole page. */
export function PageBoundary({ children }: { readonly children: ComponentChildren }) {
  const [error, again] = useErrorBoundary() as [unknown, () => void];
  if (error === undefined) return <>{children}</>;
  const afresh = (): void => {
    replace(EMPTY);
    again();
  };
  return (
    <main class="broken">
      <Alert
        what="The page cannot be shown."
        todo={`${wordsOf(error)}. Save the session as a file, then start afresh.`}
      />
      <SaveButton />
      <button type="button" onClick={afresh}>
        Start afresh
      </button>
    </main>
  );
}

function SaveButton() {
  const save = (): void => {
    const { name, content } = sessionFile();
    download(name, content);
  };
  return (
    <button type="button" onClick={save}>
      Save the whole session
    </button>
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
