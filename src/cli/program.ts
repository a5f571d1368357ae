/** The commands, their options and their help. What they do is loaded when they run, so that help is there at once. */

import { Command, CommanderError } from "commander";
import { InvalidParameterError, TakagiError } from "../errors.ts";
import type { Hkl } from "../types.ts";
import { VERSION } from "../version.ts";
import type { ConvertFlags } from "./convert.ts";
import type { EvaluateFlags } from "./evaluate.ts";
import { reasonOf } from "./files.ts";
import type { ProposalFlags } from "./proposals.ts";
import { group, HELP } from "./help.ts";
import { addScanOptions, addSearchOptions } from "./inversionOptions.ts";
import { addFoundLayerOptions, addLayerOptions } from "./layerOptions.ts";
import type { InvertFlags } from "./invert.ts";
import { choice, choices, effort, integer, number, pattern, range, shard, two } from "./parse.ts";
import { addCrystalOptions, addPhysicsOptions } from "./physicsOptions.ts";
import { EXIT, InputError, UsageError, type Terminal } from "./terminal.ts";

const KERNELS = ["f64", "simd", "fast"] as const;
const NOISES = ["poisson", "published", "none"] as const;
const MAX_SEED = 2 ** 32 - 1;
const TABLE_FORMATS = ["parquet", "nexus"] as const;
const TABLE_FORMAT =
  "table.parquet or table.nxs, too, or both (parquet,nexus), with the profiles: by the packages hyparquet-writer and h5wasm";
const FORCE = "write over files that takagi did not write";

const EXIT_CODES = `
Exit codes: 0 done; 1 an input cannot be used, or one of several scans failed; 2 wrong usage; 130 interrupted.
An ambiguous answer is a result, too: see \`verdict\`, \`confidence\` and \`reason\`.
`;

/** Runs the command line.
 *  @param words without the program's own name
 *  @returns the exit code; never throws */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.ok;
  const program = build(terminal, (result) => {
    code = result;
  });
  try {
    if (words.length === 0) {
      terminal.err(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(words, { from: "user" });
    return code;
  } catch (error) {
    return explain(error, terminal);
  }
}

/** What a command is added with. */
interface Adding {
  readonly terminal: Terminal;
  command(name: string, description: string): Command;
  finish(code: number): void;
}

function build(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command("takagi")
    .description("Depth-resolved strain and disorder from X-ray diffraction.")
    .version(VERSION, "--version", "print the version")
    .helpOption("-h, --help", "show help; `takagi help invert` or `takagi invert --help` for a command")
    .configureHelp(HELP)
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  const command = (name: string, description: string) =>
    program.command(name).description(description).helpOption("-h, --help", "show this help");
  for (const add of [
    addInvert,
    addBatch,
    addRepeat,
    addReport,
    addTable,
    addRead,
    addSimulate,
    addGenerate,
    addTrain,
    addEvaluate,
    addProposals,
    addConvert,
    addReflectivity,
    addStructureFactor,
    addMaterials,
    addBackends,
  ])
    add({ command, terminal, finish });
  return program;
}

function addInvert({ command, terminal, finish }: Adding): void {
  const invert = command(
    "invert",
    "Measured scans to profiles of strain and disorder against depth, with no guess from you.",
  );
  invert.argument(
    "<scan...>",
    "XRDML, BRML, RAW, RAS, RASX, or text files of two columns, angle and intensity",
  );
  addPhysicsOptions(invert, true);
  addSearchOptions(invert);
  addFoundLayerOptions(invert);
  addScanOptions(group(invert, "Files"))
    .option(
      "--together",
      "the files are scans of one sample: one profile for all; an --hkl for each in their order, or one for all",
    )
    .option(
      "--out <dir>",
      "write result.json, profile.csv, curve.csv, coefficients for RaDMaX and report.html there; several scans: in a folder each",
    )
    .option("--nexus", "result.nxs, too: NeXus, by the package h5wasm")
    .option("--force", FORCE)
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", INVERT_EXAMPLES + EXIT_CODES)
    .action(
      async (paths: string[], given: { readonly hkl?: readonly Hkl[]; readonly together?: boolean }) => {
        const all = given.hkl ?? [],
          flags = {
            ...given,
            ...(all.length > 0 && { hkl: all[0] }),
            ...(all.length > 1 && { hkls: all }),
          } as InvertFlags;
        finish(
          await (given.together === true
            ? (await import("./together.ts")).runTogether(paths, flags, terminal)
            : (await import("./invert.ts")).runInvert(paths, flags, terminal)),
        );
      },
    );
}

function addBatch({ command, terminal, finish }: Adding): void {
  const batch = command(
    "batch",
    "All scans of many files inverted on all cores, one line of JSON each. Whatever stops it, --resume goes on.",
  );
  batch.argument("[scans...]", "files, and folders with all that is in them; every scan of each file");
  addPhysicsOptions(batch);
  addSearchOptions(batch);
  addFoundLayerOptions(batch);
  addScanOptions(group(batch, "Files"))
    .option("--list <file>", "a text file with the paths of more files, one a line")
    .option("--out <dir>", "folder for results.jsonl, or results-K-of-M.jsonl of a shard, and the seconds");
  group(batch, "Course")
    .option("--workers <n>", "threads (one a core)", integer("--workers", { least: 1, most: 1024 }))
    .option("--shard <K/M>", "part K of M only (1/1)", shard("--shard"))
    .option(
      "--series",
      "scans of one sample family in their order: each starts also from the answer before it, and knows the instrument that the first determined one found; one after the other",
    )
    .option("--resume", "go on where results are there, or begin")
    .option("--format <format>", TABLE_FORMAT, choices("--format", TABLE_FORMATS))
    .addHelpText("after", BATCH_EXAMPLES)
    .action(async (paths: string[], flags: object) =>
      finish(await (await import("./batch.ts")).runBatch(paths, flags, terminal)),
    );
}

function addRepeat({ command, terminal, finish }: Adding): void {
  command(
    "repeat",
    "An inversion once more from the file, the settings and the network that its result.json names; compares every number.",
  )
    .argument("<result>", "result.json of `takagi invert`")
    .option(
      "--files <dir>",
      "where the measured file, CIF and preset are, if neither here nor beside the result",
    )
    .option("--json", "print {same, differences: [{at, was, is}]} and nothing else")
    .addHelpText("after", REPEAT_EXAMPLES + EXIT_CODES)
    .action(async (path: string, flags: object) =>
      finish(await (await import("./repeat.ts")).runRepeat(path, flags, terminal, run)),
    );
}

function addReport({ command, terminal, finish }: Adding): void {
  command("report", "The page of a result.json.")
    .argument("<result>", "result.json of `takagi invert` or of the page")
    .option("--out <file>", "write there instead of printing")
    .option("--force", FORCE)
    .addHelpText("after", REPORT_EXAMPLES + EXIT_CODES)
    .action(async (path: string, flags: object) =>
      finish(await (await import("./report.ts")).runReport(path, flags, terminal)),
    );
}

function addTable({ command, terminal, finish }: Adding): void {
  command(
    "table",
    "The results of a batch: shards joined to results.jsonl, every quantity with its band as table.csv, and pictures.",
  )
    .argument("<results>", "folder that takagi batch wrote")
    .option(
      "--against <name>",
      "what the series goes along: place (in the results), number, omega, wavelength, countingTime, a motor of the file, or a name of --pattern or --values (place)",
    )
    .option("--map <x,y>", "heat maps over two of these", two("--map"))
    .option(
      "--pattern <regexp>",
      "of paths: each named group is a variable, such as T(?<temperature>\\d+)K",
      pattern("--pattern"),
    )
    .option("--values <csv>", "a table with a column file, perhaps scan, and a column for each variable")
    .option("--format <format>", TABLE_FORMAT, choices("--format", TABLE_FORMATS))
    .addHelpText("after", TABLE_EXAMPLES + EXIT_CODES)
    .action(async (folder: string, flags: object) =>
      finish(await (await import("./table.ts")).runTable(folder, flags, terminal)),
    );
}

function addRead({ command, terminal, finish }: Adding): void {
  const read = command(
    "read",
    "What a file of measurements holds: scans, axes, wavelength, counting time. XRDML, BRML, RAW, UXD, RAS, RASX, Rigaku ASCII, x00, NJA, SPEC, NeXus, CSV, text.",
  );
  read.argument("<file>", "its content says what it is, not its name");
  addScanOptions(read)
    .option(
      "--json",
      "print {format, scans: [{axis, twoTheta, intensity, wavelength, countingTime, …}]} and nothing else",
    )
    .addHelpText("after", READ_EXAMPLES + EXIT_CODES)
    .action(async (path: string, flags: object) =>
      finish(await (await import("./read.ts")).runRead(path, flags, terminal)),
    );
}

function addSimulate({ command, terminal, finish }: Adding): void {
  const simulate = command("simulate", "The curve of a profile or of layers: two columns, 2θ and intensity.");
  addProfileOptions(simulate);
  addLayerOptions(simulate);
  addPhysicsOptions(simulate);
  addIntensityOptions(simulate);
  addScanOptions(
    group(simulate, "Angles and output").option(
      "--like <scan>",
      "at the angles of a measured scan, whose wavelength is the default",
    ),
  )
    .option("--range <from:to>", "in degrees 2θ (around all peaks)", range("--range"))
    .option("--step <°>", "of 2θ (0.005)", number("--step", { above: 0, unit: "degrees 2θ" }), 0.005)
    .option(
      "--slices <n>",
      "cut the profile into n equal slices (as many as it needs)",
      integer("--slices", { least: 1, most: 100_000 }),
    )
    .option("--kernel <name>", "f64, simd or fast (simd)", choice("--kernel", KERNELS))
    .option("--out <file>", "write there")
    .option("--force", FORCE)
    .option("--json", "JSON instead of columns")
    .addHelpText("after", SIMULATE_EXAMPLES + EXIT_CODES)
    .action(async (flags: { step: number }) =>
      finish(await (await import("./simulate.ts")).runSimulate(flags, terminal)),
    );
}

function addProfileOptions(simulate: Command): void {
  group(simulate, "Profile")
    .option("--profile <file>", "columns of depth (nm), strain (%) and Debye–Waller factor; or give:")
    .option("--thickness <nm>", "of the strained region", number("--thickness", { above: 0, unit: "nm" }))
    .option(
      "--strain <%>",
      "its maximum; < 0 for compression",
      number("--strain", { above: -50, below: 50, unit: "%" }),
    )
    .option(
      "--peak-depth <nm>",
      "depth of the maximum (a third of the thickness)",
      number("--peak-depth", { least: 0, unit: "nm" }),
    )
    .option(
      "--width-surface <nm>",
      "FWHM towards the surface (half the thickness)",
      number("--width-surface", { above: 0, unit: "nm" }),
    )
    .option(
      "--width-interface <nm>",
      "FWHM towards the interface (half the thickness)",
      number("--width-interface", { above: 0, unit: "nm" }),
    )
    .option(
      "--debye-waller <x>",
      "Debye–Waller factor at the maximum (1)",
      number("--debye-waller", { above: 0, most: 1 }),
    );
}

function addIntensityOptions(simulate: Command): void {
  simulate
    .option(
      "--offset <°>",
      "measured minus true 2θ (0)",
      number("--offset", { above: -10, below: 10, unit: "degrees" }),
    )
    .option("--scale <x>", "intensity of the maximum above background (1)", number("--scale", { above: 0 }))
    .option("--background <x>", "intensity (0)", number("--background", { least: 0 }))
    .option(
      "--background-slope <x>",
      "intensity per degree 2θ, zero at the middle (0)",
      number("--background-slope"),
    )
    .option(
      "--background-decades <x>",
      "log10 of the background at the last angle over that at the first (0)",
      number("--background-decades", { least: -20, most: 20 }),
    )
    .option(
      "--diffuse <x>",
      "intensity of diffuse scattering at the unstrained crystal's peak (0)",
      number("--diffuse", { least: 0 }),
    )
    .option(
      "--diffuse-width <%>",
      "its half width at half maximum, as strain (0.2)",
      number("--diffuse-width", { above: 0, unit: "%" }),
    )
    .option(
      "--dead-time <x>",
      "of the detector, in units of one over the intensity (0)",
      number("--dead-time", { least: 0 }),
    )
    .option("--counts <x>", "as --scale, with counting noise", number("--counts", { above: 0, most: 1e15 }))
    .option("--seed <n>", "of the noise (1)", integer("--seed", { least: 0, most: MAX_SEED }));
}

function addGenerate({ command, terminal, finish }: Adding): void {
  const generate = command(
    "generate",
    "Training samples as .npy files: network inputs and labels, with a manifest. A run that was stopped goes on with the same command.",
  );
  group(generate, "Samples")
    .option("--preset <name>", "name of a preset, or a JSON file with one of your own")
    .option("--count <n>", "samples of all shards together", integer("--count", { least: 1 }))
    .option(
      "--seed <n>",
      "the same seed gives the same samples, on every machine (1)",
      integer("--seed", { least: 0, most: MAX_SEED }),
    )
    .option(
      "--noise <name>",
      "of the counts: poisson, published (as in the paper's program) or none (poisson)",
      choice("--noise", NOISES),
    );
  group(generate, "Files")
    .option("--out <dir>", "for the files; made where it is missing")
    .option("--shard <K/M>", "make part K of M only (1/1)", shard("--shard"))
    .option(
      "--samples-per-file <n>",
      "what is lost at most when a run is stopped (10000)",
      integer("--samples-per-file", { least: 1 }),
    )
    .option("--workers <n>", "threads (one a core)", integer("--workers", { least: 1, most: 1024 }))
    .option("--preview <file>", "draw the first samples instead, as SVG")
    .option("--force", `with --preview: ${FORCE}`)
    .option("--verify <dir>", "compare files with their checksums instead; changes nothing")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", GENERATE_EXAMPLES + EXIT_CODES)
    .action(async (flags: object) =>
      finish(await (await import("./generate.ts")).runGenerate(flags, terminal)),
    );
}

function addTrain({ command, terminal, finish }: Adding): void {
  const train = command(
    "train",
    "A network that reads profiles off scans, trained on samples drawn as they are needed.",
  );
  addTrainingSubject(train);
  addTrainingCourse(train);
  addTrainingResults(train)
    .addHelpText("after", TRAIN_EXAMPLES + EXIT_CODES)
    .action(async (flags: object) => finish(await (await import("./train.ts")).runTrain(flags, terminal)));
}

function addTrainingSubject(train: Command): void {
  group(train, "What")
    .option("--preset <name>", "samples to learn from: name of a preset, or a JSON file with one of your own")
    .option(
      "--noise <name>",
      "of the counts: poisson, published or none (poisson)",
      choice("--noise", NOISES),
    )
    .option(
      "--network <name>",
      "paper (Boulle & Debelle 2023), takagi or five (takagi)",
      choice("--network", ["paper", "takagi", "five"]),
    )
    .option(
      "--loss <name>",
      "range (mean squared error of scaled labels, as in the paper) or score (score)",
      choice("--loss", ["range", "score"]),
    )
    .option(
      "--outputs <n>",
      "what it says: 14, 12 (not width and dynamic range) or 3 (thickness, largest strain, disorder), as in the paper (14)",
      choice("--outputs", ["14", "12", "3"]),
    );
}

function addTrainingCourse(train: Command): void {
  group(train, "How")
    .option("--samples <n>", "samples to see", integer("--samples", { least: 1 }))
    .option("--minutes <x>", "or minutes to go on", number("--minutes", { above: 0 }))
    .option("--optimizer <name>", "adamw or rmsprop (adamw)", choice("--optimizer", ["adamw", "rmsprop"]))
    .option(
      "--schedule <name>",
      "of the learning rate: cosine or plateau (cosine)",
      choice("--schedule", ["cosine", "plateau"]),
    )
    .option("--rate <x>", "learning rate (0.002; rmsprop 0.001)", number("--rate", { above: 0 }))
    .option(
      "--moments <name>",
      "to normalise by: batch, or start (those of the model given by --start; for the end of a training) (batch)",
      choice("--moments", ["batch", "start"]),
    )
    .option(
      "--batch <n>",
      "samples a step (128; a GPU likes 4096)",
      integer("--batch", { least: 2, most: 65536 }),
    )
    .option("--seed <n>", "of samples and random start (1)", integer("--seed", { least: 0, most: MAX_SEED }))
    .option(
      "--backend <name>",
      "tfjs's: node-gpu, webgpu, node, wasm or cpu (the best there is)",
      choice("--backend", ["node-gpu", "webgpu", "node", "webgl", "wasm", "cpu"]),
    )
    .option(
      "--workers <n>",
      "threads (one a core); 0: none besides the program's own",
      integer("--workers", { least: 0, most: 256 }),
    );
}

function addTrainingResults(train: Command): Command {
  return group(train, "Results")
    .option(
      "--out <dir>",
      "for model.json, weights.bin, mixture.bin, bank.bin, learning.svg and checkpoint.bin",
    )
    .option("--resume", "go on from the checkpoint in --out")
    .option(
      "--start <model>",
      "folder of a model to start from; of one with another network or other outputs the convolutions",
    )
    .option("--half", "weights in half precision")
    .option(
      "--mixture <n>",
      "samples that the mixture learns from at the end (a tenth of the training's, at most 300000); 0: none",
      integer("--mixture", { least: 0, most: 100_000_000 }),
    )
    .option(
      "--bank <n>",
      "samples of the bank of residuals that is made at the end (as many as its file holds); 0: none",
      integer("--bank", { least: 0, most: 1_000_000 }),
    )
    .option(
      "--validation <n>",
      "samples that the network is judged by (4096)",
      integer("--validation", { least: 1, most: 1_000_000 }),
    )
    .option(
      "--every <seconds>",
      "between judgements, each with a checkpoint (60)",
      number("--every", { above: 0 }),
    )
    .option("--json", "print one JSON document and nothing else");
}

function addEvaluate({ command, terminal, finish }: Adding): void {
  const evaluate = command(
    "evaluate",
    "What a model is worth: accuracies on fresh samples, in percent, as in Table 2 of Boulle & Debelle 2023.",
  );
  evaluate.argument("<model>", "folder with model.json and weights.bin");
  group(evaluate, "Samples")
    .option("--preset <name>", "name of a preset, or a JSON file (the model's own)")
    .option(
      "--count <n>",
      "samples to draw (20000)",
      integer("--count", { least: 1, most: 10_000_000 }),
      20_000,
    )
    .option(
      "--proposals <n>",
      "samples of these that are asked for proposals, without --refine (2000); 0: none",
      integer("--proposals", { least: 0, most: 10_000_000 }),
      2000,
    )
    .option(
      "--seed <n>",
      "of samples that no training sees, whatever its seed (1)",
      integer("--seed", { least: 0, most: MAX_SEED }),
      1,
    )
    .option("--noise <name>", `${NOISES.join(", ")} (poisson)`, choice("--noise", NOISES), "poisson")
    .option(
      "--max-strain <%>",
      "judge only those whose largest strain is no greater",
      number("--max-strain", { above: 0, unit: "%" }),
    );
  group(evaluate, "How")
    .option(
      "--refine",
      "judge the answers of inversions that start from the network, and what they say of their own certainty",
    )
    .option(
      "--effort <how>",
      "of the search that --refine makes: quick, normal, thorough, or seconds (normal)",
      effort("--effort"),
    )
    .option(
      "--backend <name>",
      "tfjs's: node-gpu, webgpu, node, wasm or cpu (the best there is)",
      choice("--backend", ["node-gpu", "webgpu", "node", "webgl", "wasm", "cpu"]),
    )
    .option(
      "--workers <n>",
      "threads (one a core); 0: none besides the program's own",
      integer("--workers", { least: 0, most: 256 }),
    );
  evaluate
    .option("--out <dir>", "write evaluation.html with the figures of the paper, and evaluation.json, there")
    .option("--force", FORCE)
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", EVALUATE_EXAMPLES + EXIT_CODES)
    .action(async (folder: string, flags: EvaluateFlags) =>
      finish(await (await import("./evaluate.ts")).runEvaluate(folder, flags, terminal)),
    );
}

function addProposals({ command, terminal, finish }: Adding): void {
  const proposals = command(
    "proposals",
    "What a model needs to propose several profiles a scan: a mixture, which is trained to say them, and a bank of residuals, what the model is off by on fresh samples. Written into its folder.",
  );
  proposals.argument("<model>", "folder with model.json and weights.bin");
  group(proposals, "Samples")
    .option(
      "--mixture <n>",
      "samples that the mixture learns from (300000); 0: none is made, and one that is there stays",
      integer("--mixture", { least: 0, most: 100_000_000 }),
    )
    .option(
      "--hypotheses <n>",
      "answers of the mixture (32)",
      integer("--hypotheses", { least: 1, most: 256 }),
    )
    .option(
      "--bank <n>",
      "samples of the bank (as many as its file holds at most); 0: none is made, and one that is there stays",
      integer("--bank", { least: 0, most: 1_000_000 }),
    )
    .option(
      "--seed <n>",
      "of samples that no training, validation or test sees (1)",
      integer("--seed", { least: 0, most: MAX_SEED }),
    )
    .option(
      "--noise <name>",
      "of the counts: poisson, published or none (what the model was trained with)",
      choice("--noise", NOISES),
    );
  proposals
    .option("--json", "print JSON")
    .addHelpText("after", PROPOSALS_EXAMPLES + EXIT_CODES)
    .action(async (folder: string, flags: ProposalFlags) =>
      finish(await (await import("./proposals.ts")).runProposals(folder, flags, terminal)),
    );
}

function addConvert({ command, terminal, finish }: Adding): void {
  command(
    "convert",
    "A model for stock tfjs, or in half precision; models that were converted can be used like others.",
  )
    .argument("<model>", "folder with model.json and weights.bin")
    .option(
      "--to <format>",
      "takagi, or tfjs: what `tf.loadLayersModel` reads (takagi)",
      choice("--to", ["takagi", "tfjs"]),
      "takagi",
    )
    .option("--half", "weights in half precision")
    .option(
      "--out <dir>",
      "for model.json, weights.bin and, where the model has them, mixture.bin and bank.bin",
    )
    .option("--json", "print JSON")
    .addHelpText("after", CONVERT_EXAMPLES + EXIT_CODES)
    .action(async (folder: string, flags: ConvertFlags) =>
      finish(await (await import("./convert.ts")).runConvert(folder, flags, terminal)),
    );
}

function addReflectivity({ command, terminal, finish }: Adding): void {
  command("reflectivity", '|X|² of stacks given slice by slice, from a JSON file {"cases": […]}.')
    .argument(
      "<cases>",
      "JSON file; each case has wavelength, d, cellVolume, f0, fh, fhbar, strain (fractions, interface first), debyeWaller, thicknessNm, thetaDeg and, where they differ from the usual, geometry, filmThicknessNm, substrate, polarisation, monochromatorDeg, asymmetryDeg, deviation",
    )
    .option("--kernel <name>", "f64, simd or fast (simd)", choice("--kernel", KERNELS))
    .option("--json", 'print {"cases": [{"reflectivity": […]}, …]}')
    .addHelpText("after", EXIT_CODES)
    .action(async (path: string, flags: object) =>
      finish(await (await import("./reflectivity.ts")).runReflectivity(path, flags, terminal)),
    );
}

function addStructureFactor({ command, terminal, finish }: Adding): void {
  addCrystalOptions(
    command("structure-factor", "d, cell volume and structure factors (electrons per cell) of a reflection."),
  )
    .option("--json", "print {d, cellVolume, f0: [re, im], fh, fhbar}")
    .addHelpText("after", STRUCTURE_FACTOR_EXAMPLES + EXIT_CODES)
    .action(async (flags: object) =>
      finish(await (await import("./structureFactor.ts")).runStructureFactor(flags, terminal)),
    );
}

function addMaterials({ command, terminal, finish }: Adding): void {
  command("materials", "The built-in crystals.")
    .option("--json", "print JSON")
    .action(async (flags: object) => finish((await import("./materials.ts")).runMaterials(flags, terminal)));
}

function addBackends({ command, terminal, finish }: Adding): void {
  command(
    "backends",
    "What can compute networks here: GPUs, native TensorFlow, WebAssembly; what would be chosen, and why not the others.",
  )
    .option("--allow-software", "take GPUs that the processor imitates too")
    .option("--json", "print JSON")
    .action(async (flags: object) =>
      finish(await (await import("./backends.ts")).runBackends(flags, terminal)),
    );
}

const REPEAT_EXAMPLES = `
Examples:
  takagi repeat results/result.json
  takagi repeat results/result.json --files measurements --json
`;
const REPORT_EXAMPLES = `
Examples:
  takagi report results/result.json --out report.html
`;
const READ_EXAMPLES = `
Examples:
  takagi read scan.xrdml
  takagi read map.rasx --scan 3 --json
`;
const INVERT_EXAMPLES = `
Examples:
  takagi invert scan.xy --material YSZ --hkl 4,0,0 --wavelength 1.5406 --out result
  takagi invert *.xy --cif ZrO2.cif --hkl 4,0,0 --wavelength 1.5406 --mask 73.4:73.6 --fix thickness=320
  takagi invert scan.xrdml --material YSZ --hkl 4,0,0
  takagi invert scan.xrdml --material YSZ --hkl 4,0,0 --known thickness=300±20 --effort thorough
  takagi invert scan.xrdml --material SiC-4H --hkl 0,0,4 --prior films.json
  takagi invert --together 400.xrdml 200.xrdml --material YSZ --hkl 4,0,0 --hkl 2,0,0 --out result
  takagi invert film.dat --material GaAs --hkl 0,0,4 --wavelength 1.5406 --film-thickness 600 --substrate-material Si
`;
const BATCH_EXAMPLES = `
Examples:
  takagi batch scans --material YSZ --hkl 4,0,0 --wavelength 1.5406 --out results --resume
  takagi batch --list files.txt --material SiC-4H --hkl 0,0,4 --out results --shard 3/20 --resume

A scan that cannot be inverted is a line with its error. Exit codes: 0 every scan has its line; 1 the run was stopped by an
input, a disk or the machine; 2 wrong usage; 130 interrupted.
`;
const TABLE_EXAMPLES = `
Examples:
  takagi table results
  takagi table results --pattern 'fluence-(?<fluence>[0-9.e]+)' --against fluence
  takagi table results --map X,Y
  takagi table results --format parquet,nexus
`;
const SIMULATE_EXAMPLES = `
Examples:
  takagi simulate --material YSZ --hkl 4,0,0 --wavelength 1.5406 --thickness 300 --strain 1.5 --debye-waller 0.3
  takagi simulate --material Si --hkl 0,0,4 --wavelength 1.5406 --profile profile.csv --fwhm 0.01 --counts 1e6 --background 5 --out scan.xy
  takagi simulate --material GaAs --hkl 0,0,4 --wavelength 1.540598 --layer In0.2Ga0.8As:8 --layer GaAs:17 --repeat 10 --fwhm 0.01
`;
const GENERATE_EXAMPLES = `
Examples:
  takagi generate --preset cnn2 --count 1500000 --seed 1 --out samples
  takagi generate --preset cnn2 --count 1500000 --seed 1 --out samples-3 --shard 3/16
  takagi generate --preset cnn2 --seed 1 --preview samples.svg
  takagi generate --verify samples
`;
const TRAIN_EXAMPLES = `
Examples:
  takagi train --preset cnn3 --minutes 60 --out model
  takagi train --preset cnn1 --network paper --loss range --optimizer rmsprop --schedule plateau --samples 85000000 --out paper
  takagi train --resume --minutes 120 --out model
  takagi train --preset cnn1 --start model --minutes 30 --out other
`;
const EVALUATE_EXAMPLES = `
Examples:
  takagi evaluate models/zro2-400-cnn3 --count 20000 --seed 1 --out evaluation
  takagi evaluate models/zro2-400-cnn2 --max-strain 2 --noise published --json
  takagi evaluate models/zro2-400-cnn2 --refine --count 1000
  takagi evaluate models/universal --preset measured --refine --count 1000 --out evaluation
`;
const PROPOSALS_EXAMPLES = `
Examples:
  takagi proposals model
  takagi proposals model --mixture 0 --bank 2000 --seed 7
`;
const CONVERT_EXAMPLES = `
Examples:
  takagi convert model --to tfjs --out model-tfjs
  takagi convert model --half --out model-half
`;
const STRUCTURE_FACTOR_EXAMPLES = `
Examples:
  takagi structure-factor --material Si --hkl 0,0,4 --wavelength 1.5406
  takagi structure-factor --cif ZrO2.cif --hkl 4,0,0 --wavelength 1.5406 --json
`;

/** Says what went wrong, in one line, and which exit code that is. */
function explain(error: unknown, terminal: Terminal): number {
  if (terminal.signal.aborted) {
    terminal.err("takagi: interrupted\n");
    return EXIT.interrupted;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok;
    // Without it commander would print help and nothing else.
    const message =
      error.code === "commander.help"
        ? "give a command"
        : error.message.replace(/^error: /, "").replace(/\n+/g, " ");
    terminal.err(`takagi: ${message} (see takagi --help)\n`);
    return EXIT.usage;
  }
  if (
    error instanceof UsageError ||
    (error instanceof InvalidParameterError && error.parameter.startsWith("--"))
  ) {
    terminal.err(`takagi: ${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof TakagiError || error instanceof InputError) {
    terminal.err(`takagi: ${error.message}\n`);
    return EXIT.failed;
  }
  if (isOfFiles(error)) {
    terminal.err(`takagi: ${error.path ?? "a file"}: ${reasonOf(error)} (${error.syscall})\n`);
    return EXIT.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  terminal.err(`takagi: a fault of the program: ${message}\n`);
  return EXIT.failed;
}

/** Whether the file system refused, which is no fault of the program. */
function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof Error && typeof code === "string" && typeof syscall === "string";
}
