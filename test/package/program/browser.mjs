/** What pages and their workers do alike. The model comes by its name, as an asset of the bundler. */
import card from "takagi/models/tiny/model.json?url";
import weights from "takagi/models/tiny/weights.bin?url";
import { conform } from "./conformance.mjs";

const get = async (address) => {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  return response;
};

/** Backends that come from packages of their own. */
const GPUS = {
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
};

export async function onPage({ backend }) {
  await GPUS[backend]?.();
  const model = {
    "model.json": await (await get(card)).text(),
    "weights.bin": new Uint8Array(await (await get(weights)).arrayBuffer()),
  };
  const [oracle, scan] = [await (await get("/oracle.json")).json(), await (await get("/scan.xy")).text()];
  let hasEval = true;
  try {
    new Function("return 1")();
  } catch {
    hasEval = false;
  }
  return { hasEval, ...(await conform({ oracle, scan, model, backend })) };
}
