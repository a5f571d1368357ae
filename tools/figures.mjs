// Draws the pictures of README.md from the example scan: node tools/figures.mjs (after npm run build)
import { readFile, writeFile } from "node:fs/promises";
import { curveFigure, invert, material, profileFigure, readScan, reflection } from "../dist/index.js";

const scan = await readScan(await readFile(new URL("../examples/data/irradiated-ysz.xy", import.meta.url)));
const answer = await invert(scan, await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }));
await writeFile(new URL("../docs/scan.svg", import.meta.url), curveFigure(answer));
await writeFile(new URL("../docs/profile.svg", import.meta.url), profileFigure(answer));
