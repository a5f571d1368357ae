/** The syntax of CIF 1.1: text → data blocks of items. S. R. Hall et al., International Tables G, 2.2.7.
 *  One pass, no backtracking; only the items that a crystal needs are kept. */

import { CifError } from "../errors.ts";

export interface CifValue {
  readonly text: string;
  readonly line: number;
  /** Quoted values are never numbers, and '?' in quotes is not "unknown". */
  readonly quoted: boolean;
}

export interface CifLoop {
  readonly tags: readonly string[];
  /** Row by row. */
  readonly values: readonly CifValue[];
  readonly line: number;
}

export interface CifBlock {
  readonly name: string;
  readonly line: number;
  /** Items outside loops; names in lower case, "." read as "_" (so that DDLm names are known too). */
  readonly items: ReadonlyMap<string, CifValue>;
  readonly loops: readonly CifLoop[];
}

const KEPT = /^_(?:cell_|atom_site_|symmetry_|space_group_|chemical_)/;

type Token =
  | { readonly kind: "value"; readonly value: CifValue }
  | {
      readonly kind: "tag" | "data" | "loop" | "frame" | "other";
      readonly text: string;
      readonly line: number;
    }
  | { readonly kind: "end"; readonly text: ""; readonly line: number };

/** @throws {CifError} for an unclosed text field or quotation, a value without a name, a loop without names, and for text
 *  that has no data block */
export function readCifBlocks(text: string): readonly CifBlock[] {
  const next = tokens(text);
  const blocks: CifBlock[] = [];
  let items = new Map<string, CifValue>();
  let loops: CifLoop[] = [];
  // Definitions inside save frames are not the crystal's.
  let inFrame = false;
  let token = next();
  while (token.kind !== "end") {
    if (token.kind === "data") {
      items = new Map();
      loops = [];
      inFrame = false;
      blocks.push({ name: token.text, line: token.line, items, loops });
      token = next();
      continue;
    }
    if (blocks.length === 0)
      throw new CifError("not a CIF: no data_ block before the first item", lineOf(token));
    switch (token.kind) {
      case "frame":
        inFrame = token.text !== "";
        token = next();
        break;
      case "tag": {
        const { text: name, line } = token;
        token = next();
        if (token.kind !== "value") throw new CifError(`${shorten(name)} has no value`, line);
        if (!inFrame && KEPT.test(name) && !items.has(name)) items.set(name, token.value);
        token = next();
        break;
      }
      case "loop": {
        const { line } = token;
        const tags: string[] = [];
        for (token = next(); token.kind === "tag"; token = next()) tags.push(token.text);
        if (tags.length === 0) throw new CifError("loop_ without names", line);
        const kept = !inFrame && tags.some((tag) => KEPT.test(tag));
        const values: CifValue[] = [];
        for (; token.kind === "value"; token = next()) if (kept) values.push(token.value);
        if (kept) loops.push({ tags, values, line });
        break;
      }
      case "value":
        throw new CifError(`value ${shorten(token.value.text)} without a name`, token.value.line);
      default:
        token = next();
    }
  }
  if (blocks.length === 0) throw new CifError("not a CIF: no data_ block");
  return blocks;
}

function lineOf(token: Token): number {
  return token.kind === "value" ? token.value.line : token.line;
}

export function shorten(text: string): string {
  const clean = text.replace(/\s+/g, " ");
  return JSON.stringify(clean.length > 40 ? `${clean.slice(0, 37)}...` : clean);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** A function that gives one token a call. */
function tokens(text: string): () => Token {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  let lineStart = true;

  function skipBlanks(): void {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 35) {
        while (at < text.length && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
        if (at >= text.length) return;
      } else if (!isBlank(code)) return;
      countLine(at);
    }
  }

  /** A line ends at \n, \r\n or a lone \r. */
  function countLine(index: number): void {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) line++;
    lineStart = code === 10 || code === 13;
  }

  /** From the semicolon that opens a line to the one that opens a later line. */
  function textField(): Token {
    const opened = line;
    const start = at + 1;
    for (at = start; at < text.length; at++) {
      if (lineStart && text.charCodeAt(at) === 59) {
        const value: CifValue = { text: text.slice(start, at), line: opened, quoted: true };
        at++;
        lineStart = false;
        return { kind: "value", value };
      }
      countLine(at);
    }
    throw new CifError("text field opened by ; is never closed", opened);
  }

  /** To the same quotation mark before a blank; it may not pass the end of the line. */
  function quotation(mark: number): Token {
    const start = at + 1;
    for (at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10 || code === 13) break;
      if (code === mark && (at + 1 >= text.length || isBlank(text.charCodeAt(at + 1)))) {
        const value: CifValue = { text: text.slice(start, at), line, quoted: true };
        at++;
        lineStart = false;
        return { kind: "value", value };
      }
    }
    throw new CifError(
      `quotation ${shorten(text.slice(start - 1, Math.min(at, start + 40)))} is never closed`,
      line,
    );
  }

  return () => {
    skipBlanks();
    if (at >= text.length) return { kind: "end", text: "", line };
    const code = text.charCodeAt(at);
    if (code === 59 && (lineStart || at === 0)) {
      lineStart = false;
      return textField();
    }
    if (code === 39 || code === 34) return quotation(code);
    const start = at;
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
    lineStart = false;
    const word = text.slice(start, at);
    if (code === 95) return { kind: "tag", text: word.toLowerCase().replaceAll(".", "_"), line };
    const lower = word.slice(0, 8).toLowerCase();
    if (lower.startsWith("data_")) return { kind: "data", text: word.slice(5), line };
    if (lower === "loop_") return { kind: "loop", text: word, line };
    if (lower.startsWith("save_")) return { kind: "frame", text: word.slice(5), line };
    if (lower === "stop_" || lower === "global_") return { kind: "other", text: word, line };
    return { kind: "value", value: { text: word, line, quoted: false } };
  };
}
