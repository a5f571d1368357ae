/** Node, Deno, Bun: `server.mjs BACKEND` prints what was computed; the model is opened by its name, if there is one. */
import { readFile } from "node:fs/promises";
import { conform } from "./conformance.mjs";

const backend = process.argv[2];
const here = (name) => readFile(new URL(name, import.meta.url), "utf8");
const ofPackage = (name) => readFile(new URL(import.meta.resolve(`takagi/models/tiny/${name}`)));

const [oracle, scan] = [JSON.parse(await here("oracle.json")), await here("scan.xy")];
const model =
  process.argv[3] === "train"
    ? undefined
    : {
        "model.json": (await ofPackage("model.json")).toString(),
        "weights.bin": await ofPackage("weights.bin"),
      };
console.log(JSON.stringify(await conform({ oracle, scan, model, backend })));
process.exit(0);
