/** Every error that takagi throws on purpose. Each has a stable `code`, so that programs need not read messages. */

import { printable } from "./words.ts";

/** What went wrong, in words that stay the same from version to version. */
export type ErrorCode =
  | "INVALID_PARAMETER"
  | "NOT_FINITE"
  | "UNREACHABLE_REFLECTION"
  | "SCAN_FORMAT"
  | "CIF_FORMAT"
  | "RESULT_FORMAT"
  | "KERNEL_LOAD"
  | "KERNEL_STATUS"
  | "WORKER"
  | "DATASET"
  | "MODEL"
  | "BACKEND";

/** What all errors of the package are. */
export class TakagiError extends Error {
  /** What went wrong, for programs; the message is for people. */
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    // Messages quote what stands in files.
    super(printable(message), options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Shows a value in an error message: short, and unambiguous about NaN, strings and arrays. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined || value === null)
    return String(value);
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return `${value.constructor.name} of length ${(value as ArrayLike<unknown>).length}`;
  }
  return typeof value;
}

/** A parameter has a value that it cannot have: `thickness must be > 0 nm; got NaN`. */
export class InvalidParameterError extends TakagiError {
  /** Its name, with a dot before each field: `sample.filmThickness`. */
  readonly parameter: string;
  /** What it should have been. */
  readonly expected: string;
  constructor(parameter: string, expected: string, got: unknown) {
    super("INVALID_PARAMETER", `${parameter} must be ${expected}; got ${show(got)}`);
    this.parameter = parameter;
    this.expected = expected;
  }
}

/** An array holds NaN or an infinity where a number is needed. */
export class NotFiniteError extends TakagiError {
  /** Array in which it stands. */
  readonly parameter: string;
  /** Place of the first value that is not finite. */
  readonly index: number;
  constructor(parameter: string, index: number, got: unknown) {
    super("NOT_FINITE", `${parameter}[${index}] must be a finite number; got ${show(got)}`);
    this.parameter = parameter;
    this.index = index;
  }
}

/** The reflection does not exist at this wavelength (λ > 2d), or is forbidden (F_H = 0). */
export class UnreachableReflectionError extends TakagiError {
  constructor(message: string) {
    super("UNREACHABLE_REFLECTION", message);
  }
}

/** A file of measured data cannot be read. */
export class ScanFormatError extends TakagiError {
  /** Where in the file, from 1; undefined where it is no one line. */
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super("SCAN_FORMAT", line === undefined ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}

/** A crystallographic information file cannot be read. */
export class CifError extends TakagiError {
  /** Where in the file, from 1; undefined where it is no one line. */
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super("CIF_FORMAT", line === undefined ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}

/** A file is no result.json of takagi, or a damaged one. */
export class ResultError extends TakagiError {
  constructor(message: string, options?: ErrorOptions) {
    super("RESULT_FORMAT", message, options);
  }
}

/** The WebAssembly kernels cannot be loaded, or are of another version than this code. */
export class KernelLoadError extends TakagiError {
  constructor(message: string, options?: ErrorOptions) {
    super("KERNEL_LOAD", message, options);
  }
}

/** A kernel refused its input; the host's own checks should have caught it. */
export class KernelStatusError extends TakagiError {
  /** What the kernel returned. */
  readonly status: number;
  constructor(kernel: string, status: number, meaning: string) {
    super("KERNEL_STATUS", `${kernel}: ${meaning} (status ${status})`);
    this.status = status;
  }
}

/** The workers of a pool cannot do their work: they keep dying, cannot be started, or the pool is closed. */
export class WorkerError extends TakagiError {
  constructor(message: string, options?: ErrorOptions) {
    super("WORKER", message, options);
  }
}

/** A folder of samples cannot be used: it holds other samples than those asked for, is damaged, or cannot be written. */
export class DatasetError extends TakagiError {
  constructor(message: string, options?: ErrorOptions) {
    super("DATASET", message, options);
  }
}

/** No backend of tfjs can do what is asked for here. */
export class BackendError extends TakagiError {
  /** Each that was tried, and why it was refused. */
  readonly reports: readonly { readonly name: string; readonly reason?: string }[];
  constructor(message: string, reports: readonly { readonly name: string; readonly reason?: string }[]) {
    super("BACKEND", message);
    this.reports = reports;
  }
}

/** A model or a checkpoint cannot be used: it is damaged, truncated, or of another version. */
export class ModelError extends TakagiError {
  constructor(message: string, options?: ErrorOptions) {
    super("MODEL", message, options);
  }
}

export function requireFinite(name: string, value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new InvalidParameterError(name, "a finite number", value);
}

/** Throws unless value > 0; NaN does not pass. */
export function requirePositive(name: string, value: number, unit = ""): void {
  if (!(typeof value === "number" && value > 0 && Number.isFinite(value))) {
    throw new InvalidParameterError(name, `> 0${unit === "" ? "" : ` ${unit}`}`, value);
  }
}

/** Throws unless lower ≤ value ≤ upper; NaN does not pass. */
export function requireWithin(name: string, value: number, lower: number, upper: number, unit = ""): void {
  if (!(typeof value === "number" && value >= lower && value <= upper)) {
    throw new InvalidParameterError(
      name,
      `within [${lower}, ${upper}]${unit === "" ? "" : ` ${unit}`}`,
      value,
    );
  }
}

export function requireInteger(name: string, value: number, lower: number, upper: number): void {
  if (!(Number.isInteger(value) && value >= lower && value <= upper)) {
    throw new InvalidParameterError(name, `an integer within [${lower}, ${upper}]`, value);
  }
}

export function requireOneOf<T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): asserts value is T {
  if (!allowed.includes(value as T))
    throw new InvalidParameterError(name, `one of ${allowed.join(", ")}`, value);
}

/** Throws NotFiniteError at the first NaN or infinity. */
export function requireFiniteArray(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new NotFiniteError(name, i, values[i]);
  }
}
