/** The kernels' memory as the host has it: what is read is never detached. */
import { readFile } from "node:fs/promises";
import { beforeEach, expect, test } from "vitest";
import { InvalidParameterError } from "../../src/errors.ts";
import { loadKernels } from "../../src/wasm/load.ts";
import { Workspace } from "../../src/wasm/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  // An instance of its own: the memory that grows here is no other test's.
  const bytes = await readFile(new URL("../../build/takagi.wasm", import.meta.url));
  workspace = new Workspace((await loadKernels(new Uint8Array(bytes))).exports);
});

/** More bytes than the memory has. */
const beyond = (): number => workspace.kernels.memory.buffer.byteLength + 1;

test("what is written is there after the memory has grown, wherever its values come from", () => {
  const at = workspace.f64(3);
  // The values are computed before any view is made: these allocate more than there is.
  workspace.write(
    at,
    workspace.scope(() => workspace.copy(workspace.put([1, 2, 3, ...new Float64Array(beyond() / 8)]), 3)),
  );
  expect(Array.from(workspace.copy(at, 3))).toEqual([1, 2, 3]);
  workspace.fill(at, 2, 7);
  workspace.bytes(beyond());
  expect(Array.from(workspace.copy(at, 3))).toEqual([7, 7, 3]);
});

test("nothing is allocated while views are looked at, be there room or not", () => {
  const at = workspace.put([1, 2, 3]);
  for (const bytes of [8, beyond()])
    expect(() => workspace.look(({ f64 }) => f64(at, 3)[0]! + workspace.bytes(bytes))).toThrow(/allocated/);
  expect(() => workspace.look(() => workspace.put([1]))).toThrow(/allocated/);
  // It is over with the error, too.
  expect(workspace.bytes(8)).toBeGreaterThan(at);
});

test("views are not kept; numbers and copies are", () => {
  const at = workspace.put([1, 2, 3]);
  expect(() => workspace.look(({ f64 }) => f64(at, 3))).toThrow(/not to be kept/);
  expect(workspace.look(({ f64 }) => f64(at, 3).slice())[2]).toBe(3);
  expect(workspace.look(({ f64 }) => f64(at, 3).reduce((a, b) => a + b))).toBe(6);
});

test("f32 and i32 share the memory of f64", () => {
  const at = workspace.put([0]);
  workspace.look(({ i32 }) => i32(at, 2).set([0, 0x3f800000]));
  expect(Array.from(workspace.copyF32(at, 2))).toEqual([0, 1]);
  expect(Array.from(workspace.copyI32(at, 2))).toEqual([0, 0x3f800000]);
});

test("what a scope allocated is given back, however it ends", () => {
  const before = workspace.bytes(16);
  expect(() =>
    workspace.scope(() => {
      workspace.bytes(4096);
      throw new Error("in the midst");
    }),
  ).toThrow("in the midst");
  expect(workspace.bytes(16)).toBe(before + 16);
  expect(() => workspace.bytes(2 ** 31)).toThrow(InvalidParameterError);
});
