import { describe, expect, test } from "vitest";
import { ScanFormatError } from "../../src/errors.ts";
import { readScan } from "../../src/io/read.ts";
import { parseScan, type ParseScanOptions } from "../../src/io/xy.ts";

const points = (text: string, options = {}) => {
  const { twoTheta, intensity } = parseScan(text, options);
  return Array.from(twoTheta, (x, i) => [x, intensity[i]]);
};
const wanted = [
  [36.1, 100],
  [36.2, 120.5],
  [36.3, 1200],
];

describe("dresses of a file", () => {
  const dresses: Record<string, string> = {
    spaces: "36.1 100\n36.2   120.5\n  36.3 1200\n",
    tabs: "36.1\t100\n36.2\t120.5\n36.3\t1200",
    commas: "36.1,100\n36.2,120.5\n36.3,1200\n",
    "commas and spaces": "36.1, 100\n36.2 , 120.5\n36.3 ,1200\n",
    semicolons: "36.1;100\n36.2; 120.5\n36.3;1200;\n",
    "decimal commas and semicolons": "36,1; 100\n36,2;120,5\n36,3;1,2e3\n",
    "decimal commas and tabs": "36,1\t100\n36,2\t120,5\n36,3\t1,2e3\n",
    "decimal commas and spaces": "36,1 100\n36,2 120,5\n36,3 1200\n",
    "quoted decimal commas between commas": '"36,1","100"\n"36,2","120,5"\n"36,3","1200"\n',
    "quoted fields": '"Angle","Counts"\n"36.1","100"\n"36.2","120.5"\n"36.3","1200"\n',
    "CR LF": "36.1 100\r\n36.2 120.5\r\n36.3 1200\r\n",
    CR: "36.1 100\r36.2 120.5\r36.3 1200\r",
    "empty lines": "\n\n36.1 100\n\n36.2 120.5\n\n36.3 1200\n\n\n",
    "a byte order mark": "\ufeff36.1 100\n36.2 120.5\n36.3 1200\n",
    "Fortran exponents": "3.61D+01 1.0D+02\n3.62d1 1.205D2\n3.63D+01 1.2D+03\n",
    "plus signs and bare points": "+36.1 100.\n36.2 +120.5\n36.3 1200.\n",
    "header words": "Sample: YSZ, irradiated\n2Theta Intensity\n36.1 100\n36.2 120.5\n36.3 1200\n",
    "a line with the number of points": "3\n36.1 100\n36.2 120.5\n36.3 1200\n",
    comments:
      "# a\n; b\n% c\n! d\n// e\n* of the operator\n' f\n36.1 100\n# between 1 2\n36.2 120.5\n36.3 1200\n* end\n",
    "a third column": "36.1 100 10\n36.2 120.5 11\n36.3 1200 35\n",
    "words after the numbers": "36.1 100 ok\n36.2 120.5 # doubtful\n36.3 1200\n",
    descending: "36.3 1200\n36.2 120.5\n36.1 100\n",
    unsorted: "36.2 120.5\n36.3 1200\n36.1 100\n",
    "an end-of-file mark": "36.1 100\n36.2 120.5\n36.3 1200\n\u001a",
  };
  for (const [name, text] of Object.entries(dresses)) test(name, () => expect(points(text)).toEqual(wanted));

  test("whole numbers with a comma between are two columns", () => {
    expect(points("36,100\n37,120\n")).toEqual([
      [36, 100],
      [37, 120],
    ]);
  });
  test("one decimal comma in a file of whole numbers makes all commas decimal", () => {
    expect(points("36;100\n36,5;120\n37;90\n")).toEqual([
      [36, 100],
      [36.5, 120],
      [37, 90],
    ]);
  });
  test("decimal commas between commas are refused, not misread", () => {
    expect(() => parseScan("36,10,100,5\n36,12,101,5\n36,14,99,0\n")).toThrow(/line 1: decimal commas/);
  });
  test("θ becomes 2θ", () => {
    expect(points("18.05 100\n18.1 120.5\n18.15 1200\n", { angle: "theta" })).toEqual(wanted);
  });
  test("columns may be chosen", () => {
    expect(points("1 100 36.1\n2 120.5 36.2\n3 1200 36.3\n", { columns: [3, 2] })).toEqual(wanted);
  });
  test.each([
    ["other columns before", "No,Counts,2Theta\n1,100,36.1\n2,120.5,36.2\n3,1200,36.3\n"],
    ["calculated ones beside", "2Theta Iobs Icalc Ibkg\n36.1 100 90 5\n36.2 120.5 110 5\n36.3 1200 1100 5\n"],
    ["units in brackets", "Pos. [°2Th.]\tIobs [cts]\n36.1\t100\n36.2\t120.5\n36.3\t1200\n"],
    [
      "units in a line of their own",
      "2Theta Error Intensity\n° 1 1\n36.1 1 100\n36.2 1 120.5\n36.3 1 1200\n",
    ],
    ["in a comment", "# counts  2θ (°)\n100 36.1\n120.5 36.2\n1200 36.3\n"],
    ["names and rows end with a comma", "Angle, PSD,\n36.1, 100,\n36.2, 120.5,\n36.3, 1200,\n"],
    [
      "θ, where that is said",
      "Theta Counts\n18.05 100\n18.1 120.5\n18.15 1200\n",
      { angle: "theta" as const },
    ],
    [
      "ω, where it is read as θ",
      "Omega Counts\n18.05 100\n18.1 120.5\n18.15 1200\n",
      { angle: "theta" as const },
    ],
  ] as [name: string, text: string, options?: ParseScanOptions][])(
    "the header names the columns: %s",
    (_, text, options = {}) => {
      expect(points(text, options)).toEqual(wanted);
    },
  );
  test("ten points that are numbered are not taken for angles", () => {
    const rows = Array.from({ length: 12 }, (_, i) => `${i + 1} ${(36 + i / 100).toFixed(2)} ${100 + i}`);
    expect(() => parseScan(rows.join("\n"))).toThrow(/first column counts the points/);
  });
  test("with the background subtracted, negative intensities are raised, and it is said", () => {
    const scan = parseScan("36.1 -1.5\n36.2 2.5\n36.3 1200\n36.4 0\n36.5 -0.1\n36.6 7\n");
    expect([...scan.intensity]).toEqual([2.5, 2.5, 1200, 0, 2.5, 7]);
    expect(scan.notes).toEqual([
      expect.stringMatching(/2 of 6 intensities were below 0.*smallest positive one, 2\.5/),
    ]);
    expect(scan.countUnit).toBeUndefined();
  });
  test("points counted for other times are brought to the longest, and one count weighs more there", () => {
    const scan = parseScan("Angle,TimePerStep,Intensity\n36.1,1,10\n36.2,1,12\n36.3,4,9\n36.4,4,8\n");
    expect([...scan.intensity]).toEqual([40, 48, 9, 8]);
    expect([...scan.attenuation!]).toEqual([4, 4, 1, 1]);
    expect([scan.countingTime, scan.countUnit]).toEqual([4, 1]);
  });
  test("points of one angle are averaged", () => {
    expect(points("36.1 90\n36.2 120.5\n36.1 110\n36.3 1200\n36.1 100\n")).toEqual(wanted);
  });
});

describe("bytes", () => {
  const text = "36.1 100\r\n36.2 120.5\r\n36.3 1200\r\n";
  const utf16 = (swap: boolean, mark: boolean) => {
    const source = (mark ? "\ufeff" : "") + text;
    return Uint8Array.from(
      [...source].flatMap((c) => {
        const code = c.charCodeAt(0);
        return swap ? [code >> 8, code & 255] : [code & 255, code >> 8];
      }),
    );
  };
  test.each([
    ["UTF-8", new TextEncoder().encode(text)],
    ["UTF-8 with a mark", new TextEncoder().encode("\ufeff" + text)],
    ["UTF-16, low byte first", utf16(false, true)],
    ["UTF-16, high byte first", utf16(true, true)],
    ["UTF-16, low byte first, no mark", utf16(false, false)],
    ["UTF-16, high byte first, no mark", utf16(true, false)],
    ["Windows-1252", Uint8Array.from([0xb0, 0x32, 0xe9, 10, ...new TextEncoder().encode(text)])],
  ])("%s", async (_, bytes) => {
    const scan = await readScan(bytes);
    expect(Array.from(scan.twoTheta, (x, i) => [x, scan.intensity[i]])).toEqual(wanted);
  });
  test("binary data are refused", async () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255);
    await expect(readScan(noise)).rejects.toThrow(ScanFormatError);
    await expect(readScan(noise.map((b) => b | 1))).rejects.toThrow(ScanFormatError);
    expect(() => parseScan("RAW4.00\u0000\u0001\u0002")).toThrow(/binary/);
  });
});

describe("what cannot be read is named with its line", () => {
  test.each([
    ["", undefined, /empty/],
    [" \n\n", undefined, /empty/],
    ["# only\n", undefined, /comments/],
    ["two words\nthree more words\n", undefined, /no line/],
    ["<?xml version='1.0'?>\n<x/>\n", undefined, /XML/],
    ["36.1 100\n", 1, /one point/],
    ["# a\n36.1 100\n36.1 120\n", 2, /same angle/],
    ["100\n120\n130\n", 1, /one column/],
    ["36.1 100\n36.2\n36.3 120\n", 2, /one column/],
    ["36.1 100\n36.2 abc\n36.3 120\n", 2, /"abc" is not a number/],
    ["36.1 100\n\n# c\nNext range\n36.3 120\n", 4, /"Next" is not a number/],
    ["36.1 100\n36.2 1.2.3\n", 2, /"1.2.3"/],
    ["36.1 100\n36.2 0x10\n", 2, /"0x10"/],
    ["36.1 100\n36.2;;100\n", 2, /"" is not/],
    ["36.1 100\n36.2 NaN\n36.3 5\n", 2, /NaN/],
    ["36.1 NaN\n36.2 4\n36.3 5\n", 1, /NaN/],
    ["36.1 100\n36.2 -inf\n", 2, /-inf/],
    ["36.1 100\nnan 10\n", 2, /angle is nan/],
    ["36.1 100\n36.2 1e999\n", 2, /1e999/],
    ["x y\n36.1 100\n36.2 -3\n36.3 -4\n", undefined, /≥ 0: 2 of 3 values are below/],
    ["x y\n36.1 -1\n36.2 0\n36.3 0\n", undefined, /≥ 0: 1 of 3 values/],
    ["36.1 100\n36.2 4\n*START = 5\n", 3, /"\*START" is a keyword/],
    ["_WL = 1.5\n36.1 100\n36.2 4\n", 1, /"_WL" is a keyword/],
    ["[Peaks]\n36.1 100\n36.2 4\n", 1, /"\[Peaks\]" is a keyword/],
    ["36.1 100\n36.2 4 7\n", 2, /row has 3 numbers, and the first one 2/],
    ["30 0.02 36\n8 7 6 5\n5 4 6 7\n", 2, /row has 4 numbers/],
    ["36.1 100 1 2\n36.2 4 1 2\n", 1, /4 columns of numbers and no names/],
    ["Q (1/A)  Intensity\n4.1 100\n4.2 4\n", 1, /header is Q \(1\/A\) \| Intensity, and none of its columns/],
    ["2Theta,Det1,Det2\n36.1,100,5\n36.2,4,6\n", 1, /several of its columns are intensities/],
    ["2Theta Background\n36.1 100\n36.2 4\n", 1, /none holds intensities/],
    ["2theta (rad)\tcounts\n0.1 100\n0.2 4\n", 1, /not in degrees/],
    ["Theta Counts\n36.1 100\n36.2 4\n", 1, /"Theta", which may be θ or 2θ/],
    ["Omega Counts\n36.1 100\n36.2 4\n", undefined, /rocking scan: the header names its angles "Omega"/],
    ["36.1 100\n180 3\n", 2, /2θ/],
    ["0 100\n10 3\n", 1, /2θ/],
    ["-1 100\n10 3\n", 1, /2θ/],
  ])("%j", (text, line, message) => {
    let error: unknown;
    try {
      parseScan(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ScanFormatError);
    expect((error as ScanFormatError).line).toBe(line);
    expect((error as ScanFormatError).message).toMatch(message);
  });
  test("θ beyond 90°", () =>
    expect(() => parseScan("89 1\n90 2\n", { angle: "theta" })).toThrow(/line 2: 2θ/));
  test("a missing column", () =>
    expect(() => parseScan("36.1 100 5\n36.2 120\n", { columns: [1, 3] })).toThrow(
      /line 2: there is no column 3/,
    ));
  test("options that cannot be", () => {
    expect(() => parseScan("1 2\n3 4", { angle: "omega" as "theta" })).toThrow(
      /angle must be one of twoTheta, theta/,
    );
    expect(() => parseScan("1 2\n3 4", { columns: [0, 1] })).toThrow(/columns\[0\]/);
    expect(() => parseScan("1 2\n3 4", { columns: [2, 2] })).toThrow(/different columns/);
  });
});

test("200 000 points are read in a second", () => {
  let text = "";
  for (let i = 0; i < 200_000; i++) text += `${(10 + i * 5e-4).toFixed(4)} ${(i * 7919) % 1000}\n`;
  const begin = performance.now();
  expect(parseScan(text).twoTheta.length).toBe(200_000);
  expect(performance.now() - begin).toBeLessThan(3000);
});
