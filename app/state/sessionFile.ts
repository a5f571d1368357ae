/** A session as a file, and back. Arrays of numbers are tagged, and what JSON has no word for is spelled out. */
import type { Session } from "../session.ts";
import { soundSession } from "./sessionCheck.ts";

/** Raised when old programs cannot read new files. */
export const FORMAT = 4;
/** Of files that lack what is new: sessions of profiles alone. */
export const OLDER_FORMAT = 3;
const KIND = "takagi session";

const ARRAYS = { Float64Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;

export class SessionFileError extends Error {}

export function encodeSession(session: Session): string {
  return JSON.stringify({ kind: KIND, format: FORMAT, session }, (_, value: unknown) => {
    if (value instanceof Float64Array || value instanceof Uint8Array) {
      return {
        array: value instanceof Float64Array ? "Float64Array" : "Uint8Array",
        values: Array.from(value, (v) => (Number.isFinite(v) ? v : String(v))),
      };
    }
    return value;
  });
}

/** @throws {SessionFileError} */
export function decodeSession(text: string): Session {
  let file: unknown;
  try {
    file = JSON.parse(text, (_, value: unknown) => {
      const { array, values } = (value ?? {}) as { array?: ArrayName; values?: unknown[] };
      return array !== undefined && array in ARRAYS && Array.isArray(values)
        ? ARRAYS[array].from(values.map(Number))
        : value;
    });
  } catch {
    throw new SessionFileError("the file is not JSON, or was cut off");
  }
  const { kind, format, session } = (file ?? {}) as { kind?: unknown; format?: unknown; session?: Session };
  if (kind !== KIND || session === undefined)
    throw new SessionFileError("the file is JSON, but no session of takagi");
  if (format !== FORMAT && format !== OLDER_FORMAT)
    throw new SessionFileError(
      `the session was saved by another version of this page (format ${String(format)}; this one reads ${FORMAT})`,
    );
  const { session: sound, lost } = soundSession(session);
  if (lost > 0) throw new SessionFileError("the session is incomplete or damaged");
  return sound;
}

/** Entries of a file beside those that are there; those of the same id are replaced. */
export function mergedSession(now: Session, added: Session): Session {
  const ids = new Set(added.entries.map(({ id }) => id));
  const { variable } = now;
  return {
    ...(variable === undefined ? {} : { variable }),
    ...added,
    entries: [...now.entries.filter(({ id }) => !ids.has(id)), ...added.entries],
  };
}
