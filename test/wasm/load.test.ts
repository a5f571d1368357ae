import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Layout } from "../../assembly/layout.ts";
import type { KernelLoadError } from "../../src/errors.ts";
import type { KernelSource } from "../../src/wasm/source.ts";
import * as nodeSource from "../../src/wasm/source.node.ts";
import * as webSource from "../../src/wasm/source.web.ts";

const SOURCES: KernelSource[] = [nodeSource, webSource];
const simdFile = new URL("../../build/takagi.wasm", import.meta.url);
const scalarFile = new URL("../../build/takagi.scalar.wasm", import.meta.url);
const bytesOf = async (file: URL): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(file));

/** A module with a page of memory and functions () → i32 that return small constants. */
function fakeKernels(functions: Record<string, number>): Uint8Array<ArrayBuffer> {
  const names = Object.keys(functions);
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const section = (id: number, items: number[][]) => [
    id,
    1 + items.flat().length,
    items.length,
    ...items.flat(),
  ];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, 0, 1, 0x7f]]),
    ...section(
      3,
      names.map(() => [0]),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [[...text("memory"), 2, 0], ...names.map((name, i) => [...text(name), 0, i])]),
    ...section(
      10,
      names.map((name) => [4, 0, 0x41, functions[name]!, 0x0b]),
    ),
  ]);
}

/** The loader as a program meets it that has just started: nothing loaded yet. */
let loadKernels: typeof import("../../src/wasm/load.ts").loadKernels;
beforeEach(async () => {
  vi.resetModules();
  ({ loadKernels } = await import("../../src/wasm/load.ts"));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.doUnmock("#wasm-source");
  vi.doUnmock("node:fs/promises");
});

/** The error's class is that of the module registry at hand, hence by name and code. */
async function failure(promise: Promise<unknown>): Promise<KernelLoadError> {
  const error: unknown = await promise.then(
    () => expect.unreachable("the load must fail"),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "KernelLoadError", code: "KERNEL_LOAD" });
  return error as KernelLoadError;
}

function response(body: BodyInit, status = 200): Response {
  return new Response(body, { status });
}

describe("the kernels shipped with the package", () => {
  test("have the layout of this code, their own memory and SIMD", async () => {
    const kernels = await loadKernels();
    expect(kernels.exports.layoutVersion()).toBe(Layout.Version);
    expect(kernels.exports.memory.buffer.byteLength).toBeGreaterThan(0);
    expect(kernels.simd).toBe(true);
  });

  test("import nothing, in both builds", async () => {
    for (const file of [simdFile, scalarFile]) {
      expect(WebAssembly.Module.imports(new WebAssembly.Module(await bytesOf(file)))).toEqual([]);
    }
  });

  test("are loaded once for callers at the same time and later", async () => {
    const instantiate = vi.spyOn(WebAssembly, "instantiate");
    const [first, second] = await Promise.all([loadKernels(), loadKernels()]);
    expect(second).toBe(first);
    expect(await loadKernels()).toBe(first);
    expect(instantiate).toHaveBeenCalledTimes(1);
  });

  test("are the scalar ones on a machine without SIMD, which is told", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const compile = vi.spyOn(WebAssembly, "compile");
    const { simd } = await loadKernels();
    expect(simd).toBe(false);
    expect(new Uint8Array(compile.mock.calls[0]![0] as Uint8Array<ArrayBuffer>)).toEqual(
      await bytesOf(scalarFile),
    );
  });

  test("are tried again after a failed load", async () => {
    const openBuild = vi.fn(nodeSource.openBuild).mockRejectedValueOnce(new Error("disk on fire"));
    vi.doMock("#wasm-source", () => ({ ...nodeSource, openBuild }));
    const error = await failure(loadKernels());
    expect(error.message).toContain("disk on fire");
    expect(error.cause).toMatchObject({ message: "disk on fire" });
    expect((await loadKernels()).exports.layoutVersion()).toBe(Layout.Version);
    expect(openBuild).toHaveBeenCalledTimes(2);
  });

  test("that were never built: the message says what to run", async () => {
    vi.doMock("node:fs/promises", () => ({ readFile: () => Promise.reject(new Error("ENOENT")) }));
    const { message } = await failure(loadKernels());
    expect(message).toContain("build/takagi.wasm");
    expect(message).toContain("npm run build");
  });

  test("are neither read nor compiled when the module is imported", async () => {
    const compile = vi.spyOn(WebAssembly, "compile");
    const instantiate = vi.spyOn(WebAssembly, "instantiate");
    const source = vi.fn(() => nodeSource);
    vi.doMock("#wasm-source", source);
    vi.resetModules();
    await import("../../src/wasm/load.ts");
    for (const spy of [compile, instantiate, source]) expect(spy).not.toHaveBeenCalled();
  });
});

describe("kernels from elsewhere", () => {
  const withServer = (answer: () => Response) => vi.stubGlobal("fetch", () => Promise.resolve(answer()));

  test.each<[string, () => unknown]>([
    ["a compiled module", async () => new WebAssembly.Module(await bytesOf(simdFile))],
    ["bytes", () => bytesOf(simdFile)],
    ["a buffer", async () => (await bytesOf(simdFile)).buffer],
    [
      "a view into a larger buffer",
      async () =>
        new DataView(
          Uint8Array.of(9, 9, ...(await bytesOf(simdFile)), 9).buffer,
          2,
          (await bytesOf(simdFile)).length,
        ),
    ],
    ["a response", async () => response(await bytesOf(simdFile))],
    ["a file URL", () => simdFile],
    ["the text of a file URL", () => simdFile.href],
    ["a path", () => fileURLToPath(simdFile)],
    [
      "a data URL",
      async () => `data:application/wasm;base64,${Buffer.from(await bytesOf(simdFile)).toString("base64")}`,
    ],
  ])("%s", async (_, make) => {
    const { exports, simd } = await loadKernels((await make()) as Uint8Array<ArrayBuffer>);
    expect(exports.layoutVersion()).toBe(Layout.Version);
    expect(simd).toBe(true);
  });

  test("a promise of a response, as fetch gives", async () => {
    const promise = bytesOf(scalarFile).then((bytes) => response(bytes));
    expect((await loadKernels(promise)).simd).toBe(false);
  });

  test("are an instance of their own at each call", async () => {
    const bytes = await bytesOf(simdFile);
    const [first, second] = await Promise.all([loadKernels(bytes), loadKernels(bytes)]);
    expect(second.exports.memory).not.toBe(first.exports.memory);
    expect((await loadKernels()).exports.memory).not.toBe(first.exports.memory);
  });

  test("of another layout are refused", async () => {
    const { message } = await failure(
      loadKernels(fakeKernels({ layoutVersion: Layout.Version + 1, hasSimd: 1 })),
    );
    expect(message).toContain(`layout ${Layout.Version + 1}, this code has ${Layout.Version}`);
  });

  test("of the right layout and no SIMD are taken, and say so", async () => {
    expect((await loadKernels(fakeKernels({ layoutVersion: Layout.Version, hasSimd: 0 }))).simd).toBe(false);
  });

  test("that are some other WebAssembly are refused", async () => {
    const { message } = await failure(loadKernels(fakeKernels({ add: 1 })));
    expect(message).toContain("no takagi kernels");
  });

  test("a page in place of the file is named as what it is", async () => {
    const { message } = await failure(loadKernels(response("<!doctype html><p>Not here")));
    expect(message).toContain("<!doctype html>");
  });

  test("a server's refusal gives its status", async () => {
    withServer(() => response("", 404));
    const { message } = await failure(loadKernels("https://example.org/takagi.wasm"));
    expect(message).toContain("HTTP 404");
  });

  test("a broken file keeps the compiler's error as cause", async () => {
    const bytes = (await bytesOf(simdFile)).slice(0, 100);
    expect((await failure(loadKernels(bytes))).cause).toBeInstanceOf(WebAssembly.CompileError);
  });

  test("the SIMD build on a machine without SIMD: the message names the other file", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const { message } = await failure(loadKernels((await bytesOf(simdFile)).slice(0, 100)));
    expect(message).toContain("takagi.scalar.wasm");
  });

  test("something else altogether", async () => {
    const { message } = await failure(loadKernels(42 as unknown as string));
    expect(message).toMatch(/must be .*; got 42/);
  });
});

describe("sources", () => {
  test("read a URL and a path to one file alike", async () => {
    const path = fileURLToPath(scalarFile);
    for (const place of [scalarFile, path, pathToFileURL(path).href]) {
      expect(new Uint8Array((await nodeSource.openUrl(place)) as Uint8Array<ArrayBuffer>)).toEqual(
        await bytesOf(scalarFile),
      );
    }
  });

  test("of the web fetch each build from beside themselves", async () => {
    const fetched: string[] = [];
    vi.stubGlobal("fetch", (url: URL) => {
      fetched.push(url.href);
      return Promise.resolve(response(""));
    });
    await webSource.openBuild("simd");
    await webSource.openBuild("scalar");
    expect(fetched).toEqual([simdFile.href, scalarFile.href]);
    expect(
      SOURCES.every(({ openBuild, openUrl }) => [openBuild, openUrl].every((f) => typeof f === "function")),
    ).toBe(true);
  });
});
