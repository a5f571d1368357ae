/** The numbers of a text of columns, and which columns they are from. */

import { ScanFormatError } from "../errors.ts";
import type { ScanAxis } from "../types.ts";
import { dataLine, detectDialect, type Dialect, fieldsOf, isComment, numberOf } from "./columns.ts";
import { columnsNamed, namesIn, type TableColumns } from "./header.ts";
import { eachLine, MAX_FILE_BYTES, requireText } from "./text.ts";

/** Points of one scan: 180° in steps of 0.0002°. */
export const MAX_POINTS = 1e6;

/** Columns without names that are taken for angle, intensity and an error. */
const MOST_UNNAMED = 3;
/** Lines above the numbers among which their names are looked for. */
const HEADER_LINES = 3;

export interface Table {
  /** Degrees, as they stand in the file and in its order; what they are, `axis` and `isTheta` say. */
  readonly angles: Float64Array;
  readonly intensity: Float64Array;
  readonly times?: Float64Array;
  readonly axis?: ScanAxis;
  readonly axisName?: string;
  readonly isTheta: boolean;
  readonly unit?: "counts" | "cps";
  readonly headerLine?: number;
  /** Line of a point, from 1. */
  lineOf(point: number): number;
}

/** A keyword of a format that has a reader of its own or none: never to be passed over. */
const KEYWORD = /^(?:\*[A-Z][A-Z0-9_]+\b|_[A-Za-z0-9][\w-]*|&[A-Za-z]\w*=|\[[A-Za-z][^\]]*\])/;

/** @param columns counted from 1, where they are given
 *  @throws {ScanFormatError} naming the line */
export function readTable(text: string, columns?: readonly [angle: number, intensity: number]): Table {
  if (text.length > MAX_FILE_BYTES)
    throw new ScanFormatError(
      `the file has ${text.length} characters, more than the ${MAX_FILE_BYTES} that are read`,
    );
  requireText(text);
  const reader = new TableReader(detectDialect(text), columns);
  eachLine(text, (line, number) => reader.meet(line, number));
  return reader.table(text);
}

class TableReader {
  readonly #dialect: Dialect;
  readonly #given: readonly [number, number] | undefined;
  readonly #angles = new Column();
  readonly #intensity = new Column();
  readonly #times = new Column();
  readonly #lines = new Column();
  #columns: TableColumns | undefined;
  #named = false;
  #width = 0;
  #lastLines: { text: string; number: number; isComment: boolean }[] = [];
  #headerLine: number | undefined;
  #dataLines = 0;
  #oneColumn = 0;

  constructor(dialect: Dialect, given: readonly [number, number] | undefined) {
    this.#dialect = dialect;
    this.#given = given;
  }

  meet(whole: string, number: number): void {
    const raw = whole.replace("\u001a", "").trim();
    if (raw === "") return;
    const keyword = KEYWORD.exec(raw.replace(/^"/, ""))?.[0];
    if (keyword !== undefined)
      throw new ScanFormatError(
        `${JSON.stringify(shortened(keyword))} is a keyword of no format that is read; where it is a remark, put # before it`,
        number,
      );
    if (isComment(raw)) {
      if (this.#columns === undefined)
        this.#remember(raw.replace(/^(?:[#;%!*']|\/\/)+\s*/, ""), number, true);
      return;
    }
    this.#dataLines++;
    const line = dataLine(raw);
    const fields = fieldsOf(line, this.#dialect);
    if (this.#columns === undefined) {
      if (!this.#isFirstRow(fields, number)) {
        this.#remember(line, number, false);
        return;
      }
      this.#choose(fields, number);
    }
    this.#row(fields, number);
  }

  table(text: string): Table {
    const count = this.#angles.length;
    if (count === 0) throw nothingFound(text, this.#dataLines, this.#oneColumn);
    if (count === 1) throw new ScanFormatError("there is one point only", this.#lines.values[0]);
    this.#requireNoIndex();
    const { axis, axisName, isTheta, unit, time } = this.#columns!;
    const lines = this.#lines.values;
    return {
      angles: this.#angles.values,
      intensity: this.#intensity.values,
      ...(time === undefined ? {} : { times: this.#times.values }),
      ...(axis === undefined ? {} : { axis }),
      ...(this.#named ? { axisName } : {}),
      isTheta: isTheta === true,
      ...(unit === undefined ? {} : { unit }),
      ...(this.#headerLine === undefined ? {} : { headerLine: this.#headerLine }),
      lineOf: (point) => lines[point]!,
    };
  }

  #remember(text: string, number: number, comment: boolean): void {
    this.#lastLines.unshift({ text, number, isComment: comment });
    this.#lastLines.length = Math.min(this.#lastLines.length, HEADER_LINES);
  }

  #number(fields: readonly string[], column: number): number | undefined {
    return numberOf(fields[column], this.#dialect);
  }

  #isFirstRow(fields: readonly string[], number: number): boolean {
    if (this.#given !== undefined) {
      const [a, b] = this.#given;
      return this.#number(fields, a - 1) !== undefined && this.#number(fields, b - 1) !== undefined;
    }
    const isNumber = this.#number(fields, 0) !== undefined;
    if (isNumber && isOneField(fields)) this.#oneColumn ||= number;
    return numbersOf(fields, this.#dialect) >= 2;
  }

  /** Which columns are read, as given, or by the names above them. */
  #choose(fields: readonly string[], number: number): void {
    this.#width = numbersOf(fields, this.#dialect);
    if (this.#given !== undefined) {
      const [a, b] = this.#given;
      this.#columns = { angle: a - 1, intensity: b - 1, axisName: "" };
      return;
    }
    const width = fields.at(-1) === "" ? fields.length - 1 : fields.length;
    for (const { text, number: at, isComment: comment } of this.#lastLines) {
      const names = namesIn(text, width);
      if (names === undefined || !names.some((name) => /\p{L}/u.test(name))) continue;
      this.#columns = columnsNamed(names, { isComment: comment, line: at });
      if (this.#columns === undefined) continue;
      this.#named = true;
      this.#headerLine = at;
      return;
    }
    if (this.#width > MOST_UNNAMED)
      throw new ScanFormatError(
        `there are ${this.#width} columns of numbers and no names above them; choose those of angle and intensity (\`columns\`, --columns)`,
        number,
      );
    this.#columns = { angle: 0, intensity: 1, axisName: "" };
  }

  #row(fields: readonly string[], number: number): void {
    const { angle: angleColumn, intensity: intensityColumn, time } = this.#columns!;
    const angle = this.#number(fields, angleColumn);
    const value = this.#number(fields, intensityColumn);
    if (angle === undefined || value === undefined) throw this.#wrong(fields, number);
    this.#requireFinite("angle", angle, fields[angleColumn]!, number);
    this.#requireFinite("intensity", value, fields[intensityColumn]!, number);
    if (this.#given === undefined) this.#requireWidth(fields, number);
    if (this.#angles.length === MAX_POINTS)
      throw new ScanFormatError(`there are more than ${MAX_POINTS} points`, number);
    this.#angles.push(angle);
    this.#intensity.push(value);
    this.#lines.push(number);
    if (time !== undefined) this.#times.push(this.#number(fields, time) ?? NaN);
  }

  #requireFinite(what: string, value: number, field: string, number: number): void {
    if (!Number.isFinite(value)) throw new ScanFormatError(`the ${what} is ${shortened(field)}`, number);
  }

  /** Rows of other lengths are rows of something else, such as several intensities a line. */
  #requireWidth(fields: readonly string[], number: number): void {
    const width = numbersOf(fields, this.#dialect);
    if (width !== this.#width)
      throw new ScanFormatError(`the row has ${width} numbers, and the first one ${this.#width}`, number);
  }

  #wrong(fields: readonly string[], number: number): ScanFormatError {
    const { angle, intensity } = this.#columns!;
    if (this.#number(fields, 0) !== undefined && isOneField(fields))
      return new ScanFormatError("there is one column only", number);
    const which = this.#number(fields, angle) === undefined ? angle : intensity;
    if (fields.length <= which) return new ScanFormatError(`there is no column ${which + 1}`, number);
    return new ScanFormatError(`${JSON.stringify(shortened(fields[which]!))} is not a number`, number);
  }

  /** Three columns without names may be number, angle and intensity. */
  #requireNoIndex(): void {
    const [first, second] = [this.#angles.values, this.#intensity.values];
    if (this.#named || this.#given !== undefined || this.#width !== 3 || first.length < 10) return;
    if (!first.every((value, i) => value === first[0]! + i && Number.isInteger(value))) return;
    const rises = second.every((value, i) => i === 0 || value > second[i - 1]!);
    const falls = second.every((value, i) => i === 0 || value < second[i - 1]!);
    if (rises || falls)
      throw new ScanFormatError(
        "the first column counts the points, and the second runs evenly: choose those of angle and intensity (`columns`, --columns)",
        this.#lines.values[0],
      );
  }
}

/** Numbers at the beginning of a row. */
function numbersOf(fields: readonly string[], dialect: Dialect): number {
  let count = 0;
  while (count < fields.length && numberOf(fields[count], dialect) !== undefined) count++;
  return count;
}

function isOneField(fields: readonly string[]): boolean {
  return fields.length === 1 || (fields.length === 2 && fields[1] === "");
}

function nothingFound(text: string, lines: number, oneColumn: number): ScanFormatError {
  if (text.trim() === "") return new ScanFormatError("the file is empty");
  if (oneColumn > 0)
    return new ScanFormatError("there is one column only; angle and intensity are needed", oneColumn);
  if (text.trimStart().startsWith("<"))
    return new ScanFormatError("the file is XML, not columns of numbers; `readScan` reads XRDML");
  return new ScanFormatError(
    lines === 0 ? "the file has comments only" : "no line has an angle and an intensity",
  );
}

/** Numbers that become more. */
class Column {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view. */
  get values(): Float64Array<ArrayBuffer> {
    return this.#values.subarray(0, this.#length);
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }
}

function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 27)}...` : text;
}
