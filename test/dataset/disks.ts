/** Disks that fill up, die or are watched. */
import * as nodeFs from "node:fs/promises";
import { stat } from "node:fs/promises";
import type { FileSystem } from "../../src/dataset/wholeFiles.node.ts";

type Write = (buffer: Uint8Array, from: number, length: number) => Promise<{ bytesWritten: number }>;
type Handle = nodeFs.FileHandle;

/** Lets every step of a disk pass through `before`, which may throw. */
function guarded(
  before: (step: string, path: string, handle?: { write: Write; buffer: Uint8Array }) => Promise<void>,
): FileSystem {
  const fs = nodeFs as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>;
  const plain = Object.fromEntries(
    ["mkdir", "readdir", "readFile", "rename", "rm", "stat"].map((step) => [
      step,
      async (...words: unknown[]) => {
        await before(step, String(words[0]));
        return fs[step]!(...words);
      },
    ]),
  );
  const open = async (...words: Parameters<typeof nodeFs.open>): Promise<Handle> => {
    const path = String(words[0]);
    await before("open", path);
    const handle = await nodeFs.open(...words);
    const isFolder = (await stat(path)).isDirectory();
    const write = handle.write.bind(handle) as Write;
    const sync = handle.sync.bind(handle);
    return Object.assign(handle, {
      write: async (buffer: Uint8Array, from: number, length: number) => {
        await before("write", path, { write, buffer: buffer.subarray(from, from + length) });
        return write(buffer, from, length);
      },
      sync: async () => {
        await before(isFolder ? "sync folder" : "sync", path);
        await sync();
      },
    } as unknown as Handle);
  };
  return { ...plain, open } as unknown as FileSystem;
}

/** A disk that takes so many bytes. Like a real one it first writes less than asked, and then refuses. */
export function diskOf(bytes: number): FileSystem {
  let left = bytes;
  return guarded(async (step, _path, writing) => {
    if (step !== "write" || writing === undefined) return;
    if (writing.buffer.length <= left) {
      left -= writing.buffer.length;
      return;
    }
    if (left > 0) await writing.write(writing.buffer, 0, left);
    left = 0;
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
  });
}

/** A disk that dies before a step, half through it where that is a write, and does nothing any more. */
export function dyingDisk(steps: number): FileSystem {
  let left = steps;
  return guarded(async (_step, _path, writing) => {
    left -= 1;
    if (left >= 0) return;
    if (left === -1 && writing !== undefined)
      await writing.write(writing.buffer, 0, Math.floor(writing.buffer.length / 2));
    throw new Error("the machine has stopped");
  });
}

export function watchedDisk() {
  const steps: { readonly step: string; readonly path: string }[] = [];
  const disk = guarded(async (step, path) => void steps.push({ step, path }));
  return { disk, steps };
}
