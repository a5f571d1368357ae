/** The table of docs/runtimes.md. */
import { readFile, writeFile } from "node:fs/promises";

export interface Row {
  readonly runtime: string;
  readonly version: string;
  readonly where: string;
  readonly backend: string;
  /** From the start of the process, page or worker to the first curve, ms. */
  readonly coldStart: number;
  /** Bytes. */
  readonly size: number | undefined;
}

const START = "<!-- table: npm run runtimes -->",
  END = "<!-- end of table -->";

/** Puts the rows between the marks of a file, in the order in which the tests ran. */
export async function writeTable(path: string, rows: readonly Row[]): Promise<void> {
  const text = await readFile(path, "utf8"),
    from = text.indexOf(START),
    to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${path} must have the marks ${START} and ${END}`);
  const lines = rows.map(
    ({ runtime, version, where, backend, coldStart, size }) =>
      `| ${[runtime, version, where, backend, "yes", coldStart.toFixed(0), size === undefined ? "" : Math.ceil(size / 1000)].join(" | ")} |`,
  );
  const table = [
    "| runtime | version | where | tfjs backend | passed | cold start, ms | size, kB |",
    "|---|---|---|---|---|--:|--:|",
    ...lines,
  ];
  await writeFile(path, `${text.slice(0, from)}${START}\n${table.join("\n")}\n${text.slice(to)}`);
}
