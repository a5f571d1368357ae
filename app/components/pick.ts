/** The browser's dialogues for files, in and out. */
import type { Saved } from "../state/exports.ts";
import { fileProblems } from "../state/store.ts";

export function pickFile(accept: string, take: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = accept;
  input.addEventListener("change", () => take([...(input.files ?? [])]));
  input.showPicker();
}

export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  // Browsers save by a link alone.
  link.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Downloads a file that is made now, or says why it could not be made. */
export async function saving(make: () => Promise<Saved> | Saved): Promise<void> {
  try {
    const { name, content } = await make();
    download(name, content);
  } catch (error) {
    fileProblems.value = [
      { what: "The file could not be made.", todo: error instanceof Error ? error.message : "" },
    ];
  }
}
