/** `takagi simulate`: the curve of a profile, as an instrument would measure it. */

import { stat } from "node:fs/promises";
import { braggAngle } from "../crystal/lattice.ts";
import { InvalidParameterError } from "../errors.ts";
import { decodeText } from "../io/text.ts";
import { pseudoVoigtProfile } from "../profile/pseudoVoigt.ts";
import { createSimulator, type Kernel, type Simulator } from "../simulate/simulator.ts";
import { stackProfile } from "../profile/stack.ts";
import type { Curve, Instrument, Profile, Reflection, Sample, Stack } from "../types.ts";
import { missing, optional, readInstrument, readReflection, readSample } from "./experiment.ts";
import { inFile, readBytes } from "./files.ts";
import type { LayerFlags } from "./layerOptions.ts";
import { readStack } from "./layers.ts";
import { checkOutput, writeOutput } from "./outputs.ts";
import type { PhysicsFlags } from "./physicsOptions.ts";
import { readScanFile, withWavelength, type ScanFlags } from "./scanFile.ts";
import { parseProfile } from "./profileFile.ts";
import { EXIT, UsageError, type Terminal } from "./terminal.ts";
import { VERSION } from "../version.ts";
import { nameFrom } from "../words.ts";

/** Half width of diffuse scattering where none is given, % of strain. */
const DIFFUSE_WIDTH = 0.2;

export interface SimulateFlags extends PhysicsFlags, ScanFlags, LayerFlags {
  readonly profile?: string;
  /** Path of a scan whose angles are taken. */
  readonly like?: string;
  readonly thickness?: number;
  readonly strain?: number;
  readonly peakDepth?: number;
  readonly widthSurface?: number;
  readonly widthInterface?: number;
  readonly debyeWaller?: number;
  readonly range?: readonly [from: number, to: number];
  readonly step: number;
  readonly offset?: number;
  readonly background?: number;
  readonly backgroundSlope?: number;
  readonly backgroundDecades?: number;
  readonly diffuse?: number;
  readonly diffuseWidth?: number;
  readonly deadTime?: number;
  readonly scale?: number;
  readonly counts?: number;
  readonly seed?: number;
  readonly kernel?: Kernel;
  readonly slices?: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const MAX_POINTS = 1_000_000;

export async function runSimulate(given: SimulateFlags, terminal: Terminal): Promise<number> {
  if (given.like === undefined && given.scan !== undefined) throw new UsageError("--scan needs --like");
  if (given.like !== undefined && given.range !== undefined)
    throw new UsageError("give --like or --range, not both");
  await requireFreeOutput(given);
  const like = given.like === undefined ? undefined : (await readScanFile(given.like, given)).scan;
  const flags = like === undefined ? given : withWavelength(given, given.like!, like);
  if (flags.counts !== undefined && flags.scale !== undefined)
    throw new UsageError("give --scale or --counts, not both");
  if (flags.seed !== undefined && flags.counts === undefined) throw new UsageError("--seed needs --counts");
  const isLayered = flags.layer !== undefined || flags.repeat !== undefined;
  if (isLayered) requireNoProfile(flags);
  const written = isLayered ? undefined : await readProfile(flags);
  const reflection = await readReflection(flags);
  const stack = await readStack(flags, reflection);
  const sample = isLayered ? {} : await readSample(flags);
  const profile = written ?? stackProfile(stack!);
  const instrument = instrumentOf(flags);
  const twoTheta = like?.twoTheta ?? anglesOf(flags, reflection, profile);
  const simulator = await createSimulator();
  const curve =
    stack === undefined
      ? profileCurve(simulator, flags, { profile, reflection, sample, twoTheta, instrument })
      : stackCurve(simulator, flags, { stack, twoTheta, instrument });
  const seed = flags.seed ?? 1;
  const intensity = flags.counts === undefined ? curve.intensity : simulator.counts(curve.intensity, seed);

  let text: string;
  if (flags.json === true) {
    text = `${JSON.stringify({
      takagi: VERSION,
      twoTheta: [...twoTheta],
      intensity: [...intensity],
      ...(flags.counts === undefined ? {} : { mean: [...curve.intensity], seed }),
      reflectivity: [...curve.reflectivity],
      profile: {
        depthNm: [...profile.depth],
        strainPercent: [...profile.strain],
        debyeWaller: [...profile.debyeWaller],
      },
      ...(stack === undefined ? {} : { stack }),
      instrument,
      reflection,
    })}\n`;
  } else {
    const what = flags.counts === undefined ? "intensity" : `counts (seed ${seed})`;
    const shown = like === undefined ? [flags.step, twoTheta[0]!] : Array.from(twoTheta);
    const decimals = Math.min(
      9,
      shown.reduce((most, value) => Math.max(most, (String(value).split(".")[1] ?? "").length), 0),
    );
    const rows = Array.from(intensity, (value, i) => `${twoTheta[i]!.toFixed(decimals)} ${value}\n`);
    text = `# takagi ${VERSION}: ${nameFrom(reflection.name)}, wavelength ${reflection.wavelength} Å; 2θ (°), ${what}\n${rows.join("")}`;
  }
  if (flags.out === undefined) terminal.out(text);
  else await writeOutput(flags.out, text, { force: flags.force });
  return EXIT.ok;
}

/** Said before the work; what is read is never written over, whoever made it. */
async function requireFreeOutput({ out, force, ...inputs }: SimulateFlags): Promise<void> {
  if (out === undefined) return;
  await checkOutput(out, { force });
  const written = await stat(out).catch(() => undefined);
  for (const option of ["like", "profile", "cif", "substrateCif"] as const) {
    const path = inputs[option],
      read = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (written !== undefined && read?.ino === written.ino && read.dev === written.dev)
      throw new UsageError(`--out is ${path}, which is read: choose another file`);
  }
}

function profileCurve(
  simulator: Simulator,
  flags: SimulateFlags,
  {
    profile,
    reflection,
    sample,
    twoTheta,
    instrument,
  }: {
    readonly profile: Profile;
    readonly reflection: Reflection;
    readonly sample: Sample;
    readonly twoTheta: Float64Array;
    readonly instrument: Instrument;
  },
): Curve {
  return simulator.simulate(profile, reflection, twoTheta, {
    sample,
    instrument,
    ...optional("deviation", flags.deviation),
    ...optional("kernel", flags.kernel),
    ...optional("slices", flags.slices),
  });
}

function stackCurve(
  simulator: Simulator,
  { kernel, deviation }: SimulateFlags,
  {
    stack,
    twoTheta,
    instrument,
  }: { readonly stack: Stack; readonly twoTheta: Float64Array; readonly instrument: Instrument },
): Curve {
  if (kernel === "fast") throw new UsageError("--kernel fast is for profiles; layers have f64 and simd");
  return simulator.simulateStack(stack, twoTheta, {
    instrument,
    ...optional("deviation", deviation),
    ...optional("kernel", kernel),
  });
}

/** Options of a profile in one crystal, which layers have no use for. */
const OF_A_PROFILE = {
  profile: "--profile",
  thickness: "--thickness",
  strain: "--strain",
  peakDepth: "--peak-depth",
  widthSurface: "--width-surface",
  widthInterface: "--width-interface",
  debyeWaller: "--debye-waller",
  slices: "--slices",
  geometry: "--geometry",
  filmThickness: "--film-thickness",
  substrateMaterial: "--substrate-material",
  substrateCif: "--substrate-cif",
  substrateHkl: "--substrate-hkl",
} as const satisfies { readonly [K in keyof SimulateFlags]?: string };

function requireNoProfile(flags: SimulateFlags): void {
  for (const [name, option] of Object.entries(OF_A_PROFILE))
    if (flags[name as keyof SimulateFlags] !== undefined)
      throw new UsageError(`${option} is for a profile, not for layers (--layer)`);
}

async function readProfile(flags: SimulateFlags): Promise<Profile> {
  const { profile: path, thickness, strain } = flags;
  if (path !== undefined) {
    const shape = [
      "thickness",
      "strain",
      "peakDepth",
      "widthSurface",
      "widthInterface",
      "debyeWaller",
    ] as const;
    if (shape.some((name) => flags[name] !== undefined))
      throw new UsageError("give --profile, or --thickness and --strain with what belongs to them, not both");
    const text = decodeText(await readBytes(path));
    return await inFile(path, () => parseProfile(text));
  }
  if (thickness === undefined)
    throw missing("--thickness", "of the strained region in nm; or give --profile FILE");
  if (strain === undefined) throw missing("--strain", "its maximum in %; or give --profile FILE");
  const {
    peakDepth = thickness / 3,
    widthSurface = thickness / 2,
    widthInterface = thickness / 2,
    debyeWaller = 1,
  } = flags;
  if (!(peakDepth <= thickness))
    throw new InvalidParameterError("--peak-depth", `≤ --thickness, ${thickness} nm`, peakDepth);
  return pseudoVoigtProfile({
    thickness,
    height: strain,
    depth: peakDepth,
    widthSurface,
    widthInterface,
    debyeWallerMin: debyeWaller,
  });
}

/** Even angles over the range asked for, or over all Bragg peaks that the profile can have with some room around them. */
function anglesOf(
  { range, step, offset = 0 }: SimulateFlags,
  reflection: Reflection,
  { strain }: Profile,
): Float64Array {
  if (range !== undefined && !(range[0] > 0 && range[1] < 180)) {
    throw new InvalidParameterError("--range", "between 0° and 180°, both excluded", range.join(":"));
  }
  const [from, to] = range ?? strainedRange(reflection, strain, { step, offset });
  const points = Math.floor((to - from) / step + 1e-6) + 1;
  if (points < 2)
    throw new InvalidParameterError("--step", `less than the range, ${(to - from).toPrecision(4)}°`, step);
  if (points > MAX_POINTS)
    throw new InvalidParameterError(
      "--step",
      `at least ${((to - from) / MAX_POINTS).toPrecision(2)}° for this range`,
      step,
    );
  // Rounded, so that the angles that are printed are those that were calculated.
  return Float64Array.from({ length: points }, (_, i) => Number((from + i * step).toFixed(9)));
}

function strainedRange(
  { d, wavelength }: Reflection,
  strain: Float64Array,
  { step, offset }: { step: number; offset: number },
): [number, number] {
  const peak = (percent: number) =>
    offset + 2 * braggAngle(Math.max(d * (1 + percent / 100), wavelength / 2), wavelength);
  const from = peak(strain.reduce((a, b) => Math.max(a, b), 0));
  const to = peak(strain.reduce((a, b) => Math.min(a, b), 0));
  const room = 0.3 + 0.3 * (to - from);
  // From a multiple of the step, for angles that are easy to read.
  return [Math.max(1e-3, Math.ceil((from - room) / step) * step || step), Math.min(179.999, to + room)];
}

/** What the curve is seen through and with. */
function instrumentOf(flags: SimulateFlags): Instrument {
  return {
    ...readInstrument(flags),
    ...optional("offset", flags.offset),
    ...optional("scale", flags.counts ?? flags.scale),
    ...optional("background", flags.background),
    ...optional("backgroundSlope", flags.backgroundSlope),
    ...optional("backgroundDecades", flags.backgroundDecades),
    ...(flags.diffuse === undefined
      ? {}
      : { diffuse: { height: flags.diffuse, halfWidth: flags.diffuseWidth ?? DIFFUSE_WIDTH } }),
    ...optional("deadTime", flags.deadTime),
  };
}
