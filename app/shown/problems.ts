/** Errors in a physicist's words, with what to do. */

export interface Problem {
  readonly what: string;
  readonly todo: string;
  /** The field of the form that it belongs to. */
  readonly field?:
    | "hkl"
    | "wavelength"
    | "crystal"
    | "substrate"
    | "filmThickness"
    | "surface"
    | "layers"
    | "mask"
    | "held"
    | "network";
}

const HINTS: Readonly<Record<string, string>> = {
  SCAN_FORMAT:
    "takagi reads columns of 2θ and intensity as text, and the files of common diffractometers. Export the scan as text (.xy, .csv) if this is another format.",
  CIF_FORMAT:
    "Open the file in a text editor at that place, or take the structure from another database entry.",
  UNREACHABLE_REFLECTION: "Choose other Miller indices, or a shorter wavelength.",
  KERNEL_LOAD: "Reload the page; if that does not help, the server sends incomplete files.",
  WORKER: "Reload the page; if that does not help, try another browser.",
  MODEL: "Go on without the network, or choose another model.",
  BACKEND: "Go on without the network: rough starts find most profiles, too.",
};

const BY_PARAMETER: readonly (readonly [pattern: RegExp, problem: Omit<Problem, "what">])[] = [
  [
    /^scan\.twoTheta/,
    { todo: "Check crystal, reflection and wavelength; or the file has θ instead of 2θ.", field: "hkl" },
  ],
  [
    /^scan/,
    {
      todo: "Choose the reflection whose peak is in this scan, or measure longer: the crystal's own peak must stand out.",
    },
  ],
  [/^mask/, { todo: "Remove a masked range.", field: "mask" }],
  [/^(hkl|surface)/, { todo: "Give three whole numbers, such as 4 0 0.", field: "hkl" }],
  [
    /^wavelength|^lines/,
    { todo: "Wavelengths from 0.42 Å to 3.09 Å can be computed; Cu Kα1 is 1.5406 Å.", field: "wavelength" },
  ],
  [
    /^sample\.filmThickness|^filmThickness/,
    { todo: "Give the thickness of the whole film in nm.", field: "filmThickness" },
  ],
  [/^sample\.substrate|^substrate/, { todo: "Choose the crystal under the film.", field: "substrate" }],
  [/^(layers|film)/, { todo: "Choose another crystal or reflection for the layers.", field: "layers" }],
  [
    /^sample\.geometry/,
    { todo: "Layers lie on a single crystal, their substrate: choose that geometry under “Sample”." },
  ],
  [/^deviation/, { todo: "Choose “exact” under “Beam and resolution”." }],
  [/^network$/, { todo: "Choose another one, or open its model.json and weights.bin.", field: "network" }],
  [/^files$/, { todo: "Choose both files at once, or drop them together." }],
  [/^fix/, { todo: "Free the parameter, or hold it at another value.", field: "held" }],
];

export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const { code, parameter } = error as { readonly code?: string; readonly parameter?: string };
  if (code === undefined) return { what: sentence(message), todo: "" };
  const known =
    parameter === undefined ? undefined : BY_PARAMETER.find(([pattern]) => pattern.test(parameter));
  if (known !== undefined) return { what: sentence(inWords(message)), ...known[1] };
  return {
    what: sentence(message),
    todo: HINTS[code] ?? "",
    ...(code === "UNREACHABLE_REFLECTION" ? { field: "hkl" } : {}),
  };
}

export function problemOfFile(name: string, error: unknown): Problem {
  const { what, todo } = problemOf(error);
  return { what: `${name}: ${what}`, todo };
}

/** Names of the program's parameters as they are called on the page. */
function inWords(message: string): string {
  return message
    .replace(
      /^scan\.twoTheta must be a range that holds the reflection, at (\S+) for this crystal and wavelength \(are the angles θ or 2θ\?\); got "?([^"]*)"?$/,
      "the scan ($2) does not reach the reflection, at $1 for this crystal and wavelength",
    )
    .replace(/^scan\.intensity must be a peak/, "the scan must show a peak")
    .replace(/^scan must be of/, "the scan must be of")
    .replace(/^scan\.intensity/, "the intensity")
    .replace(/^mask must be one/, "the masked ranges must be such")
    .replace(/^sample\./, "");
}

function sentence(text: string): string {
  const isFile = /^[\w-]+\.\w/.test(text);
  return (isFile ? text : text.charAt(0).toUpperCase() + text.slice(1)) + (/[.!?]$/.test(text) ? "" : ".");
}
