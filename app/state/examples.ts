/** Scans to try, beside the page. */
import { openFiles } from "./files.ts";
import { fileProblems } from "./store.ts";

export const EXAMPLES = [{ file: "irradiated-ysz.xy", words: "Irradiated YSZ, simulated counts" }] as const;

export async function openExample(file: string): Promise<void> {
  try {
    const response = await fetch(new URL(`examples/${file}`, document.baseURI));
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    await openFiles([new File([await response.arrayBuffer()], file)]);
  } catch {
    fileProblems.value = [
      {
        what: "The example could not be fetched.",
        todo: "Reload the page once with a network; from then on it works without.",
      },
    ];
  }
}
