/** `takagi convert`: a model in another format or precision. */
import { writeOutputs } from "./outputs.ts";
import { requireNoModel } from "./modelFolder.ts";
import { EXIT, UsageError, type Terminal } from "./terminal.ts";

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
  await requireNoModel(out);
  const { encodeModel, loadModel, toLayersModel } = await import("../nn/index.ts");
  const model = await loadModel(folder),
    dtype = half === true ? "float16" : model.card.weights.dtype;
  const files = await (to === "tfjs" ? toLayersModel : encodeModel)(model, dtype);
  const { "model.json": card, ...others } = files;
  // A folder with a model.json is complete.
  await writeOutputs(out, { ...others, "model.json": card });
  const bytes = files["weights.bin"].length;
  terminal.out(
    json === true
      ? `${JSON.stringify({ folder: out, format: to, dtype, bytes })}\n`
      : `${out}: ${model.card.name} for ${to}, ${dtype}, ${bytes} bytes of weights\n`,
  );
  return EXIT.ok;
}
