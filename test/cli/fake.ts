/** The command line run inside the test: what it prints, and with which code it ends. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/program.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function takagi(
  words: readonly string[],
  options: { interactive?: boolean; signal?: AbortSignal } = {},
): Promise<Outcome> {
  let out = "";
  let err = "";
  const start = performance.now();
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: options.interactive ?? false,
    signal: options.signal ?? new AbortController().signal,
    seconds: () => (performance.now() - start) / 1000,
  };
  return { code: await run(words, terminal), out, err };
}

export function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "takagi-cli-"));
}

/** A CIF of fluorite-like zirconia. */
export const ZIRCONIA_CIF = `data_ZrO2
_chemical_formula_sum 'Zr O2'
_cell_length_a 5.14335
_cell_length_b 5.14335
_cell_length_c 5.14335
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_space_group_IT_number 225
_space_group_name_H-M_alt 'F m -3 m'
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Zr 0 0 0
O 0.25 0.25 0.25
`;
