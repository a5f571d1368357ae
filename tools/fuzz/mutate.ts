/** Damage to files: what storage, transport, other programs and malice do to them. */
import type { Random } from "./random.ts";

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const NUMBERS = [
  "",
  "0",
  "-1",
  "NaN",
  "Infinity",
  "1e999",
  "-1e308",
  "1e-400",
  "0x10",
  "4294967295",
  "9007199254740993",
  "1,5",
  "1.2.3",
  "1D5",
  "9".repeat(400),
  "\u0661",
];
const WORDS = [
  "<a>",
  "</a>",
  "<![CDATA[",
  "]]>",
  "<!--",
  "<!DOCTYPE a>",
  "&lol;",
  "&#0;",
  "__proto__",
  "*RAS_INT_START\n",
  "*RAS_INT_END\n",
  "loop_\n",
  "data_x\n",
  "\n;\n",
  "'",
  '"',
  "\0",
  "\ufeff",
  "\ue0000\ue000",
  "#",
  "?",
  ".",
  "_cell_length_a 5\n",
];
const INTEGERS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length > 0) out[at(out, random)]! ^= 1 << random.below(8);
    return out;
  },
  (bytes, random) => {
    const out = bytes.slice();
    for (let k = 1 + random.below(8); k > 0; k--)
      if (out.length > 0) out[at(out, random)] = random.below(256);
    return out;
  },
  (bytes, random) => bytes.slice(0, at(bytes, random)),
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return joined(
      bytes.subarray(0, to),
      ...Array.from({ length: 1 + random.below(4) }, () => bytes.subarray(from, to)),
      bytes.subarray(to),
    );
  },
  (bytes, random, other) => {
    const [from, to] = span(other, random);
    const place = at(bytes, random);
    return joined(bytes.subarray(0, place), other.subarray(from, to), bytes.subarray(place));
  },
  // An integer of a header.
  (bytes, random) => {
    const out = bytes.slice();
    const view = new DataView(out.buffer);
    const place = random.below(
      Math.max(1, Math.min(out.length, random.below(2) === 0 ? 800 : out.length) - 4),
    );
    if (out.length < 4) return out;
    const value = random.below(3) === 0 ? random.next() : random.of(INTEGERS);
    if (random.below(2) === 0) view.setUint32(place, value, true);
    else view.setUint16(place, value & 0xffff, true);
    return out;
  },
  // A number of eight bytes: infinities and the like.
  (bytes, random) => {
    const out = bytes.slice();
    if (out.length >= 8)
      new DataView(out.buffer).setFloat64(
        random.below(out.length - 8),
        random.of([NaN, Infinity, -Infinity, -1, 0, 1e308, 5e-324]),
        true,
      );
    return out;
  },
  // A number written as text.
  (bytes, random) => replaced(bytes, /[-+]?\d[\d.eE+-]*/g, random, () => random.of(NUMBERS)),
  (bytes, random) => replaced(bytes, /<[^<>]*>/g, random, () => random.of(WORDS)),
  (bytes, random) =>
    replaced(bytes, /[^\r\n]*\r?\n/g, random, (line) =>
      random.of(["", line + line, line.trimEnd(), `${line}${line}${line}`]),
    ),
  (bytes, random) => {
    const place = at(bytes, random);
    return joined(
      bytes.subarray(0, place),
      new TextEncoder().encode(random.of(WORDS)),
      bytes.subarray(place),
    );
  },
];

/** One to four kinds of damage on top of each other. */
export function mutate(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let out = bytes;
  for (let k = 1 + random.below(4); k > 0; k--) out = random.of(MUTATIONS)(out, random, other);
  return out.slice();
}

function at(bytes: Uint8Array, random: Random): number {
  return random.below(bytes.length);
}

/** A stretch, mostly a short one. */
function span(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = at(bytes, random);
  const most = random.below(4) === 0 ? bytes.length : 32;
  return [from, Math.min(bytes.length, from + 1 + random.below(most))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    out.set(part, place);
    place += part.length;
  }
  return out;
}

/** One of the matches in the bytes as Latin-1. */
function replaced(
  bytes: Uint8Array,
  pattern: RegExp,
  random: Random,
  by: (found: string) => string,
): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return bytes;
  const match = random.of(found);
  const whole = text.slice(0, match.index) + by(match[0]) + text.slice(match.index + match[0].length);
  return Uint8Array.from(whole, (character) => character.charCodeAt(0) & 255);
}
