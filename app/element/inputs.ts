/** What a <takagi-view> is told, by attributes and properties, as an inversion takes it. */
import { type Hkl, InvalidParameterError, type InvertOptions, type Reflection, type Scan } from "takagi";
import { PARSERS, type ViewTheme } from "./attributes.ts";
import type { NamedReflection, PortableOptions } from "./protocol.ts";

export interface Inputs {
  readonly theme: ViewTheme;
  readonly options: PortableOptions;
  /** The reflection that was given, or what names it; absent where something is missing. */
  readonly reflection: Reflection | NamedReflection | undefined;
  /** What has to be given before the scan can be inverted. */
  readonly missing: readonly string[];
}

export interface Given {
  /** Text of an attribute; null where it is absent. */
  readonly attribute: (name: string) => string | null;
  readonly scan: Scan | undefined;
  readonly reflection: Reflection | undefined;
  readonly options: InvertOptions;
}

/** Options that cannot be used in a worker, and what is done instead. */
const NOT_HERE = ["network", "predictor", "wasm", "signal", "onProgress"] as const;

/** @throws {InvalidParameterError} which names the attribute, or the option */
export function inputsOf({ attribute, scan, reflection, options }: Given): Inputs {
  const parsed = <K extends keyof typeof PARSERS>(name: K): ReturnType<(typeof PARSERS)[K]> | undefined => {
    const text = attribute(name);
    return text === null ? undefined : (PARSERS[name](text) as ReturnType<(typeof PARSERS)[K]>);
  };
  const theme = parsed("theme") ?? "auto",
    effort = parsed("effort"),
    hkl = parsed("hkl"),
    wavelength = parsed("wavelength") ?? scan?.wavelength,
    material = attribute("material") ?? undefined;
  for (const name of NOT_HERE)
    if (options[name] !== undefined)
      throw new InvalidParameterError(
        `options.${name}`,
        "absent in <takagi-view>: invert with it by the SDK, and give the answer as `inversion`",
        String(options[name]),
      );
  const named = { material, hkl, wavelength };
  return {
    theme,
    options: { ...options, ...(effort === undefined ? {} : { effort }) },
    reflection: reflection ?? complete(named),
    missing: reflection === undefined ? missingOf(named) : [],
  };
}

interface Naming {
  readonly material: string | undefined;
  readonly hkl: Hkl | undefined;
  readonly wavelength: number | undefined;
}

function complete({ material, hkl, wavelength }: Naming): NamedReflection | undefined {
  return material === undefined || hkl === undefined || wavelength === undefined
    ? undefined
    : { material, hkl, wavelength };
}

function missingOf(named: Naming): string[] {
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [name] : []));
}
