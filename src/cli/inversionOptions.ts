/** Options of inversions and of the files that scans are in. */

import type { Command } from "commander";
import { group } from "./help.ts";
import { columns, effort, fixed, FIXABLE, integer, known, number, numbers, ranges } from "./parse.ts";

/** How is searched, and what is known beforehand. */
export function addSearchOptions(invert: Command): void {
  group(invert, "Search")
    .option("--fix <name=value>", `hold at a value: ${FIXABLE.join(", ")}; repeatable`, fixed("--fix"))
    .option("--mask <from:to>", "leave out a range of 2θ; repeatable", ranges("--mask"))
    .option(
      "--known <name=value±deviation>",
      "known from elsewhere, with its standard deviation; repeatable",
      known("--known"),
    )
    .option(
      "--prior <preset>",
      "what films are like before the scan is seen: a preset, a preset file, or none (universal)",
    )
    .option(
      "--effort <how>",
      "quick, normal, thorough, or seconds of one core of a fast machine (normal)",
      effort("--effort"),
    )
    .option(
      "--most-strain <x>",
      "largest strain, % (12)",
      number("--most-strain", { least: 0.05, most: 45, unit: "%" }),
    )
    .option(
      "--splines <n>",
      "cubic B-splines of the strain (10); with another number no prior",
      integer("--splines", { least: 1, most: 60 }),
    )
    .option(
      "--count-unit <x>",
      "what one count adds to the intensity (read off the scan)",
      number("--count-unit", { above: 0 }),
    )
    .option(
      "--relative-error <x>",
      "of every intensity beside the counting (found from the scan)",
      number("--relative-error", { least: 0, most: 1 }),
    )
    .option(
      "--model <dir>",
      "network whose proposals are starts (the shipped one, where it knows such scans)",
    )
    .option("--no-model", "search without a network");
}

/** Which scan of which file. */
export function addScanOptions(command: Command): Command {
  return command
    .option(
      "--scan <k>",
      "of a file that holds several; `takagi read` lists them; k,l,… joins regions of one scan",
      numbers("--scan"),
    )
    .option("--project", "add up the scans of a map at each 2θ (all, or those of --scan)")
    .option("--theta", "angles in text files are θ, not 2θ; of a rocking scan: 2θ = 2ω")
    .option(
      "--columns <a,b>",
      "columns of angle and intensity in text files (as their header names them, else 1,2)",
      columns("--columns"),
    )
    .option("--detector <name>", "SPEC: the column of the intensity (the last one)")
    .option("--monitor <name>", "SPEC: the column that counts are divided by, or none (Monitor, mon, I0)")
    .option("--attenuation <name>", "SPEC: the column of the absorber's factor, or none")
    .option("--path <group>", "NeXus: the group of the data (the file's default plot)");
}
