/** Every format: what was measured comes back, and nothing else is taken for it. */
import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { InvalidParameterError, ScanFormatError } from "../../src/errors.ts";
import { readScan, readScans } from "../../src/io/read.ts";
import { sharedPath, testWithShared } from "../support/shared.ts";
import {
  ALPHA1,
  ALPHA2,
  brml,
  COUNTS,
  ras,
  rasx,
  raw1,
  raw2,
  raw3,
  raw4,
  text,
  WRITERS,
  xrdml,
} from "./files.ts";

const ALL = { ...WRITERS, raw1, raw2 };
const formats = Object.entries(ALL);
const spoken = Object.entries(WRITERS);
const rounded = (values: ArrayLike<number> | undefined) =>
  Array.from(values ?? [], (value) => Math.round(value * 1e5) / 1e5);

describe.each(formats)("%s", (name, write) => {
  test("angles, counts, wavelength and counting time come back", async () => {
    const scan = await readScan(write());
    expect(rounded(scan.twoTheta)).toEqual(COUNTS.map((_, i) => 72 + Math.round(2 * i) / 100));
    expect([...scan.intensity]).toEqual(COUNTS);
    expect(scan.wavelength).toBeCloseTo(ALPHA1, 7);
    expect(scan.countingTime).toBeCloseTo(2, 9);
    expect(scan.countUnit).toBe(1);
    expect(scan.attenuation).toBeUndefined();
  });

  test("the format is told by the content, and both lines are listed", async () => {
    const { format, scans } = await readScans(write());
    expect(name.startsWith(format)).toBe(true);
    expect(scans).toHaveLength(1);
    const [line, second] = scans[0]!.lines!;
    expect([line!.weight, second!.weight]).toEqual([1, 0.5]);
    expect(second!.wavelength).toBeCloseTo(ALPHA2, 6);
  });

  test("several scans are listed in order, and one is chosen", async () => {
    const file = write([{}, { twoTheta: 50, omega: 25, counts: [1, 2, 3] }]);
    await expect(readScan(file)).rejects.toThrow(
      /holds 2 scans.*1: .*72° … 72\.18°, 10 points; 2: .*50° … 50\.04°, 3 points/,
    );
    expect((await readScan(file, { scan: 1 })).intensity).toHaveLength(COUNTS.length);
    const second = await readScan(file, { scan: 2 });
    expect([rounded(second.twoTheta), [...second.intensity]]).toEqual([
      [50, 50.02, 50.04],
      [1, 2, 3],
    ]);
    await expect(readScan(file, { scan: 3 })).rejects.toThrow(InvalidParameterError);
  });

  test("cut off anywhere, it is refused", async () => {
    const file = write();
    // After its last scan, RAS has one more line, which some files lack.
    const end =
      name === "ras" ? new TextDecoder().decode(file).indexOf("_END\r\n*RAS_DATA_END") : file.length;
    for (let cut = 1; cut <= 60; cut++) {
      const length = Math.floor((end * (60 - cut)) / 60);
      await expect(readScans(file.subarray(0, length)), `${length} of ${file.length} bytes`).rejects.toThrow(
        ScanFormatError,
      );
    }
    await expect(readScans(file.subarray(0, end - 3))).rejects.toThrow(ScanFormatError);
  });

  test("one point only is no scan", async () => {
    await expect(readScans(write([{ counts: [5] }]))).rejects.toThrow(/one point only/);
  });
});

describe.each(spoken)("%s says what moved", (_, write) => {
  test("sample and detector, the detector alone, the sample alone", async () => {
    const { scans } = await readScans(write([{}, { axis: "2theta", omega: 1 }, { axis: "omega" }]));
    expect(scans.map(({ axis }) => axis)).toEqual(["2theta-omega", "2theta", "omega"]);
    const [coupled, detector, sample] = scans.map(({ twoTheta, omega }) => [
      rounded(twoTheta).slice(0, 2),
      rounded(omega).slice(0, 2),
    ]);
    expect(coupled).toEqual([
      [72, 72.02],
      [36, 36.01],
    ]);
    expect(detector).toEqual([
      [72, 72.02],
      [1, 1],
    ]);
    expect(sample).toEqual([
      [72, 72],
      [36, 36.02],
    ]);
  });

  test("a rocking scan is no 2θ scan, unless it is read as θ", async () => {
    const file = write([{ axis: "omega" }]);
    await expect(readScan(file)).rejects.toThrow(
      /rocking scan: its angles are ω, with the detector at 2θ = 72°/,
    );
    const scan = await readScan(file, { angle: "theta" });
    expect(rounded(scan.twoTheta).slice(0, 3)).toEqual([72, 72.04, 72.08]);
    expect(scan.axis).toBe("omega");
    await expect(readScan(write(), { angle: "theta" })).rejects.toThrow(InvalidParameterError);
  });

  test("sample and comment are as written", async () => {
    expect((await readScans(write())).scans[0]).toMatchObject({ sample: "YSZ & more", comment: "4 < 5" });
  });
});

describe("attenuation", () => {
  const attenuation = COUNTS.map((count) => (count > 100 ? 182.5 : 1));
  const multiplied = COUNTS.map((count, i) => count * attenuation[i]!);
  test.each([
    ["counts of XRDML 2.x are multiplied", xrdml([{ attenuation }])],
    ["intensities of XRDML 1.x are already", xrdml([{ attenuation }], { version: "1.3" })],
    ["RAS", ras([{ attenuation }])],
    ["RASX", rasx([{ attenuation }])],
    ["BRML holds what is multiplied already", brml([{ attenuation }])],
  ])("%s, and where one count weighs more is told", async (_, file) => {
    const scan = await readScan(file);
    expect([...scan.intensity]).toEqual(multiplied);
    expect([...scan.attenuation!]).toEqual(attenuation);
    expect(scan.countUnit).toBe(1);
  });
});

test("a list of positions, a descending scan and one that repeats an angle", async () => {
  const listed = await readScan(xrdml([{}], { positions: "list" }));
  expect(rounded(listed.twoTheta).slice(0, 2)).toEqual([72, 72.02]);
  const falling = await readScan(
    xrdml([{ twoTheta: 72.18, omega: 36.09, step: -0.02, attenuation: COUNTS.map((_, i) => i + 1) }]),
  );
  expect(rounded(falling.twoTheta)[0]).toBe(72);
  expect(falling.attenuation![0]).toBe(COUNTS.length);
  expect(falling.intensity[0]).toBe(COUNTS.at(-1)! * COUNTS.length);
  const repeated = await readScan(
    strToU8("*RAS_DATA_START\n*RAS_INT_START\n30 4 1\n30 6 1\n31 2 1\n*RAS_INT_END\n"),
  );
  expect([[...repeated.twoTheta], [...repeated.intensity]]).toEqual([
    [30, 31],
    [5, 2],
  ]);
});

test("the line that is meant leads: Kβ where the file intends it", async () => {
  expect((await readScan(xrdml([{}], { intended: "K-Beta" }))).wavelength).toBe(1.39225);
  const text = new TextDecoder().decode(ras());
  const alpha1 = await readScans(text.replace('WAVE_TYPE "Ka"', 'WAVE_TYPE "Ka1"'));
  expect(alpha1.scans[0]!.lines).toEqual([{ wavelength: ALPHA1, weight: 1 }]);
});

test("rates: one count is the inverse of the counting time", async () => {
  const text = new TextDecoder()
    .decode(ras([{ countingTime: 4 }]))
    .replace('UNIT_Y "counts"', 'UNIT_Y "cps"');
  expect((await readScan(text)).countUnit).toBeCloseTo(0.25, 12);
});

test("records of RAW 4 may be longer than the intensity in them", async () => {
  expect([...(await readScan(raw4([{}], { recordSize: 8 }))).intensity]).toEqual(COUNTS);
});

test("scans of archives come in the order of their numbers", async () => {
  const { scans } = await readScans(
    rasx(Array.from({ length: 12 }, (_, i) => ({ twoTheta: 40 + i, omega: 20 + i / 2 }))),
  );
  expect(scans.map(({ twoTheta }) => twoTheta![0])).toEqual(Array.from({ length: 12 }, (_, i) => 40 + i));
});

test("text of columns is a file with one scan; bytes come in any usual form", async () => {
  const bytes = text();
  expect(await readScans(bytes)).toMatchObject({ format: "text", scans: [{ countUnit: 1 }] });
  expect(await readScan(bytes.buffer as ArrayBuffer)).toEqual(await readScan(bytes));
  expect(await readScan(new TextDecoder().decode(bytes))).toEqual(await readScan(bytes));
  await expect(readScan(5 as never)).rejects.toThrow(InvalidParameterError);
});

describe("foreign files", () => {
  test.each([
    ["XML of another kind", strToU8("<svg/>"), /XML of another kind \(its root is svg\)/],
    ["an archive of another kind", zipSync({ "a.txt": strToU8("hello") }), /neither BRML nor RASX/],
    ["an empty archive", zipSync({}), /neither BRML nor RASX/],
    ["no bytes", new Uint8Array(0), /empty/],
    ["a picture", Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]), /binary/],
    [
      "XRDML without scans",
      strToU8('<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.3"></xrdMeasurements>'),
      /holds no scan/,
    ],
    [
      "a scan of another motor",
      strToU8(
        new TextDecoder()
          .decode(xrdml())
          .replace("Gonio", "Phi")
          .replace(/<positions axis="(2Theta|Omega)".*?<\/positions>/g, ""),
      ),
      /Phi, not of 2θ/,
    ],
  ])("%s", async (_, bytes, message) => {
    await expect(readScan(bytes)).rejects.toThrow(message);
  });

  test("damage inside an archive is noticed by its checksums", async () => {
    const file = zipSync(
      { "Data0/Profile0.txt": strToU8("30\t4\t1\r\n31\t5\t1\r\n32\t6\t1\r\n") },
      { level: 0 },
    );
    const at = new TextDecoder("latin1").decode(file).indexOf("31\t5");
    file[at + 3] = "7".charCodeAt(0);
    await expect(readScan(file)).rejects.toThrow(/damaged: Data0\/Profile0.txt is not what was packed/);
  });
});

describe("files made to do harm", () => {
  const profile = (content: Uint8Array) => zipSync({ "Data0/Profile0.txt": content });
  const spoil = (file: Uint8Array, size: number) => {
    // The size unpacked, in the list of files.
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const directory = view.getUint32(file.length - 22 + 16, true);
    view.setUint32(directory + 24, size, true);
    return file;
  };
  const xml = (body: string) => strToU8(`<xrdMeasurements>${body}</xrdMeasurements>`);
  test.each([
    ["an archive of zeros without end", () => profile(new Uint8Array(65e6)), /more than the 64000000 bytes/],
    [
      "one that says it is small",
      () => spoil(profile(new Uint8Array(2e7)), 1000),
      /unpacks to more than it says/,
    ],
    [
      "one that says it is large",
      () => spoil(profile(new Uint8Array(10)), 3e9),
      /more than the 64000000 bytes/,
    ],
    [
      "entities of entities",
      () =>
        strToU8(
          '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><xrdMeasurements>&b;</xrdMeasurements>',
        ),
      /document type/,
    ],
    ["tags in tags", () => xml("<a>".repeat(5e4) + "</a>".repeat(5e4)), /nested/i],
    ["more tags than any measurement has", () => xml("<a/>".repeat(1.1e6)), /more than 200000 tags/],
    [
      "attributes without end",
      () => xml(`<a ${"b='c' ".repeat(1.1e6)}/>`),
      /more than 200000 tags and attributes/,
    ],
    [
      "tags of its parser's own",
      () => xml("<__proto__><polluted>1</polluted></__proto__><constructor/>"),
      /./,
    ],
    ["more points than fit", () => raw4Of(4e9), /points, more than/],
    ["more ranges than bytes", () => raw3Of(4e9), /scans, more than/],
  ])("%s: refused in time and memory", async (_, make, message) => {
    const error: unknown = await readScan(make()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ScanFormatError);
    expect((error as Error).message).toMatch(message);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  function raw4Of(points: number): Uint8Array {
    const file = raw4();
    const at = new TextDecoder("latin1").decode(file).indexOf("Locked") - 32;
    new DataView(file.buffer).setUint32(at + 88, points, true);
    return file;
  }
  function raw3Of(ranges: number): Uint8Array {
    const file = raw3();
    new DataView(file.buffer).setUint32(12, ranges, true);
    return file;
  }
});

describe("measured files", () => {
  const shared = testWithShared("../shared/data/formats", "data/formats");
  const cases = [
    [
      "attenuation.xrdml",
      {
        format: "xrdml",
        version: "1.3",
        points: 1000,
        from: 0.005,
        to: 9.995,
        wavelength: 1.540598,
        time: 1,
        axis: "2theta-omega",
        highest: 3449514,
        attenuation: 131.32,
      },
    ],
    [
      "reflectivity-1.xrdml",
      {
        format: "xrdml",
        version: "2.0",
        points: 994,
        from: 0.0325,
        to: 4.9975,
        wavelength: 1.540598,
        time: 5,
        axis: "2theta-omega",
        highest: 20659002,
        attenuation: 182,
      },
    ],
    [
      "scan.brml",
      {
        format: "brml",
        points: 3736,
        from: 0.03,
        to: 7.5,
        wavelength: 1.5406,
        time: 5,
        axis: "2theta-omega",
        highest: 362555072,
      },
    ],
    [
      "scan-raw4.raw",
      {
        format: "raw",
        version: "4",
        points: 4059,
        from: 37.0001,
        to: 120.0046,
        wavelength: 1.5406,
        time: 288,
        axis: "2theta-omega",
        highest: 94855,
      },
    ],
    [
      "scan.ras",
      {
        format: "ras",
        points: 1401,
        from: 2,
        to: 30,
        wavelength: 1.540593,
        time: 4.8,
        axis: "2theta",
        highest: 173128,
      },
    ],
    [
      "scan.rasx",
      {
        format: "rasx",
        points: 2151,
        from: 8.5,
        to: 30,
        wavelength: 1.540593,
        time: 0.6,
        axis: "2theta-omega",
        highest: 639,
      },
    ],
  ] as const;
  for (const [name, wanted] of cases) {
    shared(`${name}: wavelength, points, angles, counting time`, async () => {
      const bytes = readFileSync(sharedPath(`data/formats/${name}`));
      const { format, version, scans } = await readScans(bytes);
      expect({ format, version, scans: scans.length }).toEqual({
        format: wanted.format,
        version: "version" in wanted ? wanted.version : undefined,
        scans: 1,
      });
      const scan = await readScan(bytes);
      expect(scan.twoTheta).toHaveLength(wanted.points);
      expect(scan.twoTheta[0]).toBeCloseTo(wanted.from, 9);
      expect(scan.twoTheta.at(-1)).toBeCloseTo(wanted.to, 4);
      expect([scan.wavelength, scan.axis, scan.countUnit]).toEqual([wanted.wavelength, wanted.axis, 1]);
      expect(scan.countingTime).toBeCloseTo(wanted.time, 9);
      expect(Math.max(...scan.intensity)).toBe(wanted.highest);
      expect(scan.attenuation === undefined ? undefined : Math.max(...scan.attenuation)).toBe(
        "attenuation" in wanted ? wanted.attenuation : undefined,
      );
    });
  }

  shared("an attenuator that switches leaves no step in the curve", async () => {
    const scan = await readScan(readFileSync(sharedPath("data/formats/reflectivity-1.xrdml")));
    const factors = scan.attenuation!;
    const switches = Array.from(factors.keys()).filter((i) => i > 0 && factors[i] !== factors[i - 1]);
    expect(switches.length).toBeGreaterThan(0);
    for (const i of switches)
      expect(Math.abs(Math.log10(scan.intensity[i]! / scan.intensity[i - 1]!))).toBeLessThan(0.15);
  });
});

test.each([
  ["xrdml", xrdml],
  ["brml", brml],
  ["ras", ras],
  ["rasx", rasx],
] as const)(
  "%s: where the stage stood comes with each scan of a map, angles of the scan do not",
  async (_, write) => {
    const { scans } = await readScans(write([{ motors: { X: 1.5, Y: -2 } }, { motors: { X: 3, Y: -2 } }]));
    expect(scans.map(({ motors }) => motors)).toEqual([
      { X: 1.5, Y: -2 },
      { X: 3, Y: -2 },
    ]);
  },
);
