/** The command line: the only place that prints or exits. */

import { printable } from "../words.ts";
import { reasonOf } from "./files.ts";
import { run } from "./program.ts";
import { EXIT, type Terminal } from "./terminal.ts";

const controller = new AbortController();
process.on("SIGINT", () => {
  // Whoever presses Ctrl-C twice does not want to wait for the end of a step.
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  controller.abort();
});
// A reader that has enough, such as `head`, is no error; a full disk is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  process.stderr.write(`takagi: cannot write to the standard output: ${reasonOf(error)}\n`);
  process.exit(EXIT.failed);
});
// Messages that nobody can be told stop no work.
process.stderr.on("error", () => undefined);

const terminal: Terminal = {
  // What is printed quotes files and their names; the line of progress alone returns to its start.
  out: (text) => void process.stdout.write(printable(text)),
  err: (text) => void process.stderr.write(text.split("\r").map(printable).join("\r")),
  interactive: process.stderr.isTTY === true,
  signal: controller.signal,
  // The clock of performance starts with the process.
  seconds: () => performance.now() / 1000,
};

// Not process.exit, which would cut off what is still being written to a pipe.
process.exitCode = await run(process.argv.slice(2), terminal);
