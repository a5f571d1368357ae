/** `takagi convert`: a model in another format or precision. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "./files.ts";
import { EXIT, InputError, UsageError, type Terminal } from "./terminal.ts";

export interface ConvertFlags {
  readonly to: "takagi" | "tfjs";
  readonly half?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export async function runConvert(
  folder: string,
  { to, half, out, json }: ConvertFlags,
  terminal: Terminal,
): Promise<number> {
  if (out === undefined) throw new UsageError("give --out, a folder for the model");
  if ((await stat(join(out, "model.json")).catch(() => undefined)) !== undefined)
    throw new InputError(`${out} holds a model already: give another --out`);
  const { encodeModel, loadModel, toLayersModel } = await import("../nn/index.ts");
  const model = await loadModel(folder),
    dtype = half === true ? "float16" : model.card.weights.dtype;
  const files = await (to === "tfjs" ? toLayersModel : encodeModel)(model, dtype);
  // A folder with a model.json is complete.
  for (const name of ["bank.bin", "weights.bin", "model.json"] as const) {
    const content = files[name];
    if (content !== undefined) await writeWhole(join(out, name), content);
  }
  const bytes = files["weights.bin"].length;
  terminal.out(
    json === true
      ? `${JSON.stringify({ folder: out, format: to, dtype, bytes })}\n`
      : `${out}: ${model.card.name} for ${to}, ${dtype}, ${bytes} bytes of weights\n`,
  );
  return EXIT.ok;
}
