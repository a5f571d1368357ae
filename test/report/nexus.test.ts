/** Results as NeXus, read back by h5wasm and by the reader of scans. */
import * as h5wasm from "h5wasm";
import { expect, test } from "vitest";
import { parseResult, readScan, readScans, resultJson, resultNexus } from "../../src/index.ts";
import type { Hdf5Library } from "../../src/io/formats/hdf5.ts";
import type { Hdf5Writer } from "../../src/report/nexusNodes.ts";
import { syntheticInversion } from "./synthetic.ts";

const writer = h5wasm as unknown as Hdf5Writer,
  reader = h5wasm as unknown as Hdf5Library;

/** What the file holds, by path. */
async function opened(bytes: Uint8Array): Promise<(path: string) => { value: unknown; attrs: object }> {
  const { FS } = await h5wasm.ready;
  FS.writeFile("read.nxs", bytes);
  const file = new h5wasm.File("read.nxs", "r");
  return (path) => file.get(path) as unknown as { value: unknown; attrs: object };
}

test("profile, curve, process and the whole result come back", async () => {
  const inversion = syntheticInversion(),
    details = { name: "YSZ β", run: { date: "2026-01-02T03:04:05.000Z", seconds: 2 } },
    at = await opened(await resultNexus(inversion, { ...details, hdf5: writer }));
  const attribute = (path: string, name: string): unknown =>
    (at(path).attrs as Record<string, { value: unknown }>)[name]!.value;
  expect(attribute("entry", "NX_class")).toBe("NXentry");
  expect(attribute("entry", "default")).toBe("profile");
  for (const [path, signal, axes] of [
    ["entry/profile", "strain", "depth"],
    ["entry/curve", "measured", "two_theta"],
  ] as const)
    expect(["NX_class", "signal", "axes"].map((name) => attribute(path, name))).toEqual([
      "NXdata",
      signal,
      axes,
    ]);
  expect(attribute("entry/process", "NX_class")).toBe("NXprocess");
  expect(at("entry/title").value).toBe("YSZ β");
  expect(at("entry/process/date").value).toBe(details.run.date);
  expect(at("entry/profile/depth").value).toEqual(inversion.profile.depth);
  expect(at("entry/profile/strain").value).toEqual(inversion.profile.strain);
  expect(attribute("entry/profile/depth", "units")).toBe("nm");
  expect(at("entry/profile/debye_waller_upper").value).toEqual(inversion.debyeWallerBand.upper);
  const { inversion: again, name } = parseResult(at("entry/process/result/data").value as string);
  expect(resultJson(again, { ...details, name })).toEqual(
    JSON.parse(JSON.stringify(resultJson(inversion, details))),
  );
});

test("the file's curve is a scan again", async () => {
  const inversion = syntheticInversion(),
    bytes = await resultNexus(inversion, { name: "x", hdf5: writer });
  const scan = await readScan(bytes, { hdf5: reader, path: "entry/curve" });
  expect(scan.twoTheta).toEqual(inversion.scan.twoTheta);
  expect(scan.intensity).toEqual(inversion.scan.intensity);
  // Its default plot is the profile, which is none.
  await expect(readScans(bytes, { hdf5: reader })).rejects.toThrow();
});
