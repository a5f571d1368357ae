/** Files and pasted text coming in: scans, crystals, sessions. */
import { TakagiError } from "takagi";
import type { ModelFiles } from "takagi/nn";
import type { CrystalChoice } from "../crystals.ts";
import { WorkError } from "../worker/failures.ts";
import { addNetwork, addScans, changeExperiment, lastExperiment } from "./actions.ts";
import { quick } from "./crew.ts";
import { type Problem, problemOfFile } from "../shown/problems.ts";
import { entryOfResult, isResult } from "./resultFile.ts";
import { decodeSession, mergedSession, SessionFileError } from "./sessionFile.ts";
import { announcement, commit, fileProblems, selected, waitingCrystal } from "./store.ts";

const LARGEST = 100e6;

/** Opens each file by what is in it; what cannot be read is told and does not stop the rest. A CIF that comes with scans, or
 *  before any, is the crystal of these scans. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const failed: Problem[] = [];
  fileProblems.value = [];
  const crystalsFirst = [...files].sort((a, b) => Number(isCif(b)) - Number(isCif(a)));
  for (const file of crystalsFirst) {
    try {
      await open(file, files);
    } catch (error) {
      failed.push(
        error instanceof SessionFileError || error instanceof WorkError || error instanceof TakagiError
          ? problemOfFile(file.name, error)
          : { what: `${file.name} could not be read.`, todo: "Is it a folder, or was it moved meanwhile?" },
      );
    }
  }
  fileProblems.value = failed;
}

export function openText(text: string): Promise<void> {
  return openFiles([new File([text], "pasted scan.xy")]);
}

async function open(file: File, together: readonly File[]): Promise<void> {
  if (file.size > LARGEST)
    throw new WorkError({
      code: "SCAN_FORMAT",
      message: `the file has ${Math.round(file.size / 1e6)} MB; scans have at most 100`,
    });
  const bytes = await file.arrayBuffer();
  if (/\.bin$/i.test(file.name)) {
    if (!together.some(({ name }) => /\.json$/i.test(name)))
      throw new WorkError({
        code: "MODEL",
        message: "these are the weights of a network; open its model.json together with them",
        parameter: "files",
      });
    return;
  }
  if (/\.json$/i.test(file.name)) {
    const text = new TextDecoder().decode(bytes);
    if (isModel(text)) return openModel(text, together);
    if (isResult(text)) return openResult(text);
    const added = decodeSession(text);
    commit((now) => mergedSession(now, added));
    announcement.value = `Session with ${added.entries.length} scans opened.`;
    return;
  }
  const last = lastExperiment(),
    crystal = waitingCrystal.value;
  const read = await quick.call("read", {
    name: file.name,
    bytes,
    ...(last === undefined ? {} : { last }),
    ...(crystal === undefined ? {} : { crystal }),
  });
  if (read.kind === "scans") {
    addScans(read.scans);
    announcement.value = `${file.name} opened.`;
    // All scans that came together are of it.
    if (file === together.filter((other) => !isCif(other)).at(-1)) waitingCrystal.value = undefined;
  } else if (selected.value === undefined || together.some((other) => !isCif(other))) {
    waitingCrystal.value = read.crystal;
    announcement.value = `Crystal ${read.crystal.name} is ready for its scan.`;
  } else {
    changeExperiment(selected.value.id, { crystal: read.crystal });
    announcement.value = `Crystal ${read.crystal.name} taken.`;
  }
}

/** The answer as it was, which is not searched again. */
function openResult(text: string): void {
  const entry = entryOfResult(text);
  commit((now) => ({ ...now, entries: [...now.entries, entry], selected: entry.id }));
  announcement.value = `Result ${entry.name} opened.`;
}

/** A crystal from a file that was chosen for a field; what cannot be read is told. */
export async function readCrystal(
  file: File | undefined,
  take: (crystal: CrystalChoice) => void,
): Promise<void> {
  if (file === undefined) return;
  fileProblems.value = [];
  try {
    const read = await quick.call("read", { name: file.name, bytes: await file.arrayBuffer() });
    if (read.kind === "cif") take(read.crystal);
    else fileProblems.value = [{ what: `${file.name} is no CIF.`, todo: "Choose the file of a crystal." }];
  } catch (error) {
    fileProblems.value = [problemOfFile(file.name, error)];
  }
}

function isCif({ name }: File): boolean {
  return /\.cif$/i.test(name);
}

/** A network: its model.json, with what was opened together with it: the weights, and the mixture and the bank of residuals if
 *  any. */
async function openModel(json: string, together: readonly File[]): Promise<void> {
  const beside = (["mixture.bin", "bank.bin"] as const).map(
      (name) => [name, together.find((file) => file.name.toLowerCase().endsWith(name))] as const,
    ),
    weights = together.find(
      (file) => /\.bin$/i.test(file.name) && !beside.some(([, other]) => other === file),
    );
  if (weights === undefined)
    throw new WorkError({
      code: "MODEL",
      message: "this is the card of a network; open its weights.bin together with it",
      parameter: "files",
    });
  const bytes = async (file: File): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await file.arrayBuffer());
  const found = await Promise.all(
      beside.map(async ([name, file]) => (file === undefined ? [] : [[name, await bytes(file)] as const])),
    ),
    files: ModelFiles = {
      "model.json": json,
      "weights.bin": await bytes(weights),
      ...Object.fromEntries(found.flat()),
    },
    card = await quick.call("model", { files });
  addNetwork(card, files, selected.value?.id);
}

/** Whether it is not a session: what is wrong with a model, its reader says. */
function isModel(text: string): boolean {
  try {
    return "weights" in (JSON.parse(text) as object) || "weightsManifest" in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}
