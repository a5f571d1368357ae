/** XML of measurement files as a tree, with limits; no document types, so that no entity can grow. */

import { XMLParser, XMLValidator } from "fast-xml-parser";
import { ScanFormatError } from "../../errors.ts";

/** Characters of one document. */
export const MAX_XML_LENGTH = 64e6;
/** Tags and attributes of one document. */
const MAX_MARKS = 200_000;
/** Characters of one document besides its long texts. */
const MAX_MARKUP = 8e6;
/** From this length on, a text is long. */
const LONG = 200;

/** An element. */
export class Element {
  readonly name: string;
  readonly #content: Content;
  readonly #texts: readonly string[];

  constructor(name: string, content: unknown, texts: readonly string[]) {
    this.name = name;
    this.#content =
      typeof content === "object" && content !== null ? (content as Content) : { "#text": String(content) };
    this.#texts = texts;
  }

  /** Without the spaces around it; "" where there is none. */
  get text(): string {
    const text = String(this.#content["#text"] ?? "");
    const long = LIFTED.exec(text);
    return unescaped(long === null ? text : (this.#texts[Number(long[1])] ?? "")).trim();
  }

  attribute(name: string): string | undefined {
    const value = this.#content[`@_${name}`];
    return typeof value === "string" ? unescaped(value) : undefined;
  }

  /** Children of a name, in order. */
  all(name: string): Element[] {
    const found = Object.hasOwn(this.#content, name) ? this.#content[name] : undefined;
    return Array.isArray(found) ? found.map((content) => new Element(name, content, this.#texts)) : [];
  }

  /** The first element along a path of names. */
  at(...path: readonly string[]): Element | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    for (const child of this.all(name)) {
      const found = child.at(...rest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The first element of a name at any depth, this one's children first. */
  find(name: string): Element | undefined {
    const [direct] = this.all(name);
    if (direct !== undefined) return direct;
    for (const key of Object.keys(this.#content)) {
      for (const child of this.all(key)) {
        const found = child.find(name);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

type Content = Readonly<Record<string, unknown>>;

/** Stands for a long text while the parser, which goes character by character, is at work. */
const MARK = "\ue000";
const LIFTED = /^\ue000(\d+)\ue000$/;

/** The root of a document.
 *  @throws {ScanFormatError} too long, not well-formed, nested deeper than 100, or with a document type */
export function parseXml(text: string): Element {
  if (text.length > MAX_XML_LENGTH)
    throw new ScanFormatError(
      `the XML has ${text.length} characters, more than the ${MAX_XML_LENGTH} that are read`,
    );
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new ScanFormatError("the XML has a document type, which is not read");
  if (marksIn(text) > MAX_MARKS)
    throw new ScanFormatError(`the XML has more than ${MAX_MARKS} tags and attributes`);
  const { short, texts } = withoutLongTexts(text.replaceAll(MARK, "?").replace(/^\ufeff/, ""));
  if (short.length > MAX_MARKUP)
    throw new ScanFormatError(`the XML has more than ${MAX_MARKUP} characters besides its data`);
  let tree: Record<string, unknown>;
  try {
    const wellFormed = XMLValidator.validate(short);
    if (wellFormed !== true)
      throw new ScanFormatError(`the XML is damaged: ${wellFormed.err.msg}`, wellFormed.err.line);
    tree = new XMLParser({
      ignoreAttributes: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
      jPath: false,
      parseTagValue: false,
      processEntities: false,
      removeNSPrefix: true,
    }).parse(short) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ScanFormatError) throw error;
    const wrong = new ScanFormatError(
      `the XML is damaged: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`,
    );
    wrong.cause = error;
    throw wrong;
  }
  const [root] = Object.keys(tree).filter((name) => Array.isArray(tree[name]));
  if (root === undefined) throw new ScanFormatError("the XML holds no element");
  return new Element(root, (tree[root] as unknown[])[0], texts);
}

/** Puts a mark for each long text between two tags. */
function withoutLongTexts(text: string): { short: string; texts: string[] } {
  const texts: string[] = [];
  const parts: string[] = [];
  let from = 0;
  let last = 0;
  for (let open = text.indexOf("<"); open >= 0; last = open, open = text.indexOf("<", open + 1)) {
    // A tag's end may be no end of a tag: of several, the last one is.
    const before = text.slice(last, open);
    const close = before.lastIndexOf(">");
    if (close < 0 || before.length - close <= LONG) continue;
    parts.push(text.slice(from, last + close + 1), `${MARK}${texts.length}${MARK}`);
    texts.push(before.slice(close + 1));
    from = open;
  }
  return { short: parts.join("") + text.slice(from), texts };
}

function marksIn(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 60 || code === 61) count++;
  }
  return count;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi,
    (all, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return NAMED[name] ?? all;
      const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
