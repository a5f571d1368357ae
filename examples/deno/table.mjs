// A folder of scans to a table of strains: deno run --allow-read examples/deno/table.mjs [FOLDER]
// In a project of your own: `deno add npm:takagi`. Nothing is written, nothing leaves the machine.
import { invert, material, readScan, reflection } from "takagi";

const folder = Deno.args[0] ?? new URL("../data", import.meta.url).pathname;
const ysz400 = await reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 });

console.log("scan,maxStrain_%,depth_nm,thickness_nm,rms");
for await (const { name, isFile } of Deno.readDir(folder)) {
  if (!isFile) continue;
  try {
    const { maxStrain, maxStrainDepth, thickness, rms } = await invert(
      await readScan(await Deno.readFile(`${folder}/${name}`)),
      ysz400,
    );
    console.log(
      [name, maxStrain.toFixed(3), maxStrainDepth.toFixed(1), thickness.toFixed(1), rms.toFixed(4)].join(","),
    );
  } catch (error) {
    // One file that is no scan does not stop the rest.
    console.error(`${name}: ${error.message}`);
  }
}
