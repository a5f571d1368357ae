/** Hermann–Mauguin symbols and numbers of space groups → Hall symbols. For files that give neither operations nor a Hall
 *  symbol. Other axes of orthorhombic and monoclinic groups ("P b n m") follow from the standard ones by exchange. */

import { hallOperations } from "./hall.ts";
import { changeBasis, generateGroup, normalise, type Operation, type Vector } from "./symmetry.ts";

/** number[:origin or axes] H-M Hall. International Tables A and B (table A1.4.2.7). */
const TABLE = `1 P1 P 1|2 P-1 -P 1|3 P121 P 2y|4 P1211 P 2yb|5 C121 C 2y|5 I121 I 2y|6 P1m1 P -2y|7 P1c1 P -2yc|7 P1n1 P -2yac
8 C1m1 C -2y|8 I1m1 I -2y|9 C1c1 C -2yc|9 A1n1 A -2yab|9 I1a1 I -2ya|10 P12/m1 -P 2y|11 P121/m1 -P 2yb|12 C12/m1 -C 2y
12 I12/m1 -I 2y|13 P12/c1 -P 2yc|13 P12/n1 -P 2yac|14 P121/c1 -P 2ybc|14 P121/n1 -P 2yn|15 C12/c1 -C 2yc|15 A12/n1 -A 2yab
15 I12/a1 -I 2ya|16 P222 P 2 2|17 P2221 P 2c 2|18 P21212 P 2 2ab|19 P212121 P 2ac 2ab|20 C2221 C 2c 2|21 C222 C 2 2
22 F222 F 2 2|23 I222 I 2 2|24 I212121 I 2b 2c|25 Pmm2 P 2 -2|26 Pmc21 P 2c -2|27 Pcc2 P 2 -2c|28 Pma2 P 2 -2a
29 Pca21 P 2c -2ac|30 Pnc2 P 2 -2bc|31 Pmn21 P 2ac -2|32 Pba2 P 2 -2ab|33 Pna21 P 2c -2n|34 Pnn2 P 2 -2n|35 Cmm2 C 2 -2
36 Cmc21 C 2c -2|37 Ccc2 C 2 -2c|38 Amm2 A 2 -2|39 Aem2 A 2 -2b|39 Abm2 A 2 -2b|40 Ama2 A 2 -2a|41 Aea2 A 2 -2ab
41 Aba2 A 2 -2ab|42 Fmm2 F 2 -2|43 Fdd2 F 2 -2d|44 Imm2 I 2 -2|45 Iba2 I 2 -2c|46 Ima2 I 2 -2a|47 Pmmm -P 2 2
48:1 Pnnn P 2 2 -1n|48:2 Pnnn -P 2ab 2bc|49 Pccm -P 2 2c|50:1 Pban P 2 2 -1ab|50:2 Pban -P 2ab 2b|51 Pmma -P 2a 2a
52 Pnna -P 2a 2bc|53 Pmna -P 2ac 2|54 Pcca -P 2a 2ac|55 Pbam -P 2 2ab|56 Pccn -P 2ab 2ac|57 Pbcm -P 2c 2b|58 Pnnm -P 2 2n
59:1 Pmmn P 2 2ab -1ab|59:2 Pmmn -P 2ab 2a|60 Pbcn -P 2n 2ab|61 Pbca -P 2ac 2ab|62 Pnma -P 2ac 2n|63 Cmcm -C 2c 2
64 Cmce -C 2ac 2|64 Cmca -C 2ac 2|65 Cmmm -C 2 2|66 Cccm -C 2 2c|67 Cmme -C 2a 2|67 Cmma -C 2a 2|68:1 Ccce C 2 2 -1ac
68:2 Ccce -C 2a 2ac|68:1 Ccca C 2 2 -1ac|68:2 Ccca -C 2a 2ac|69 Fmmm -F 2 2|70:1 Fddd F 2 2 -1d|70:2 Fddd -F 2uv 2vw
71 Immm -I 2 2|72 Ibam -I 2 2c|73 Ibca -I 2b 2c|74 Imma -I 2b 2|75 P4 P 4|76 P41 P 4w|77 P42 P 4c|78 P43 P 4cw|79 I4 I 4
80 I41 I 4bw|81 P-4 P -4|82 I-4 I -4|83 P4/m -P 4|84 P42/m -P 4c|85:1 P4/n P 4ab -1ab|85:2 P4/n -P 4a|86:1 P42/n P 4n -1n
86:2 P42/n -P 4bc|87 I4/m -I 4|88:1 I41/a I 4bw -1bw|88:2 I41/a -I 4ad|89 P422 P 4 2|90 P4212 P 4ab 2ab|91 P4122 P 4w 2c
92 P41212 P 4abw 2nw|93 P4222 P 4c 2|94 P42212 P 4n 2n|95 P4322 P 4cw 2c|96 P43212 P 4nw 2abw|97 I422 I 4 2
98 I4122 I 4bw 2bw|99 P4mm P 4 -2|100 P4bm P 4 -2ab|101 P42cm P 4c -2c|102 P42nm P 4n -2n|103 P4cc P 4 -2c|104 P4nc P 4 -2n
105 P42mc P 4c -2|106 P42bc P 4c -2ab|107 I4mm I 4 -2|108 I4cm I 4 -2c|109 I41md I 4bw -2|110 I41cd I 4bw -2c|111 P-42m P -4 2
112 P-42c P -4 2c|113 P-421m P -4 2ab|114 P-421c P -4 2n|115 P-4m2 P -4 -2|116 P-4c2 P -4 -2c|117 P-4b2 P -4 -2ab
118 P-4n2 P -4 -2n|119 I-4m2 I -4 -2|120 I-4c2 I -4 -2c|121 I-42m I -4 2|122 I-42d I -4 2bw|123 P4/mmm -P 4 2
124 P4/mcc -P 4 2c|125:1 P4/nbm P 4 2 -1ab|125:2 P4/nbm -P 4a 2b|126:1 P4/nnc P 4 2 -1n|126:2 P4/nnc -P 4a 2bc
127 P4/mbm -P 4 2ab|128 P4/mnc -P 4 2n|129:1 P4/nmm P 4ab 2ab -1ab|129:2 P4/nmm -P 4a 2a|130:1 P4/ncc P 4ab 2n -1ab
130:2 P4/ncc -P 4a 2ac|131 P42/mmc -P 4c 2|132 P42/mcm -P 4c 2c|133:1 P42/nbc P 4n 2c -1n|133:2 P42/nbc -P 4ac 2b
134:1 P42/nnm P 4n 2 -1n|134:2 P42/nnm -P 4ac 2bc|135 P42/mbc -P 4c 2ab|136 P42/mnm -P 4n 2n|137:1 P42/nmc P 4n 2n -1n
137:2 P42/nmc -P 4ac 2a|138:1 P42/ncm P 4n 2ab -1n|138:2 P42/ncm -P 4ac 2ac|139 I4/mmm -I 4 2|140 I4/mcm -I 4 2c
141:1 I41/amd I 4bw 2bw -1bw|141:2 I41/amd -I 4bd 2|142:1 I41/acd I 4bw 2aw -1bw|142:2 I41/acd -I 4bd 2c|143 P3 P 3
144 P31 P 31|145 P32 P 32|146:H R3 R 3|146:R R3 P 3*|147 P-3 -P 3|148:H R-3 -R 3|148:R R-3 -P 3*|149 P312 P 3 2
150 P321 P 3 2"|151 P3112 P 31 2 (0 0 4)|152 P3121 P 31 2"|153 P3212 P 32 2 (0 0 2)|154 P3221 P 32 2"|155:H R32 R 3 2"
155:R R32 P 3* 2|156 P3m1 P 3 -2"|157 P31m P 3 -2|158 P3c1 P 3 -2"c|159 P31c P 3 -2c|160:H R3m R 3 -2"|160:R R3m P 3* -2
161:H R3c R 3 -2"c|161:R R3c P 3* -2n|162 P-31m -P 3 2|163 P-31c -P 3 2c|164 P-3m1 -P 3 2"|165 P-3c1 -P 3 2"c
166:H R-3m -R 3 2"|166:R R-3m -P 3* 2|167:H R-3c -R 3 2"c|167:R R-3c -P 3* 2n|168 P6 P 6|169 P61 P 61|170 P65 P 65
171 P62 P 62|172 P64 P 64|173 P63 P 6c|174 P-6 P -6|175 P6/m -P 6|176 P63/m -P 6c|177 P622 P 6 2|178 P6122 P 61 2 (0 0 5)
179 P6522 P 65 2 (0 0 1)|180 P6222 P 62 2 (0 0 4)|181 P6422 P 64 2 (0 0 2)|182 P6322 P 6c 2c|183 P6mm P 6 -2|184 P6cc P 6 -2c
185 P63cm P 6c -2|186 P63mc P 6c -2c|187 P-6m2 P -6 2|188 P-6c2 P -6c 2|189 P-62m P -6 -2|190 P-62c P -6c -2c
191 P6/mmm -P 6 2|192 P6/mcc -P 6 2c|193 P63/mcm -P 6c 2|194 P63/mmc -P 6c 2c|195 P23 P 2 2 3|196 F23 F 2 2 3|197 I23 I 2 2 3
198 P213 P 2ac 2ab 3|199 I213 I 2b 2c 3|200 Pm-3 -P 2 2 3|201:1 Pn-3 P 2 2 3 -1n|201:2 Pn-3 -P 2ab 2bc 3|202 Fm-3 -F 2 2 3
203:1 Fd-3 F 2 2 3 -1d|203:2 Fd-3 -F 2uv 2vw 3|204 Im-3 -I 2 2 3|205 Pa-3 -P 2ac 2ab 3|206 Ia-3 -I 2b 2c 3|207 P432 P 4 2 3
208 P4232 P 4n 2 3|209 F432 F 4 2 3|210 F4132 F 4d 2 3|211 I432 I 4 2 3|212 P4332 P 4acd 2ab 3|213 P4132 P 4bd 2ab 3
214 I4132 I 4bd 2c 3|215 P-43m P -4 2 3|216 F-43m F -4 2 3|217 I-43m I -4 2 3|218 P-43n P -4n 2 3|219 F-43c F -4a 2 3
220 I-43d I -4bd 2c 3|221 Pm-3m -P 4 2 3|222:1 Pn-3n P 4 2 3 -1n|222:2 Pn-3n -P 4a 2bc 3|223 Pm-3n -P 4n 2 3
224:1 Pn-3m P 4n 2 3 -1n|224:2 Pn-3m -P 4bc 2bc 3|225 Fm-3m -F 4 2 3|226 Fm-3c -F 4a 2 3|227:1 Fd-3m F 4d 2 3 -1d
227:2 Fd-3m -F 4vw 2vw 3|228:1 Fd-3c F 4d 2 3 -1ad|228:2 Fd-3c -F 4ud 2vw 3|229 Im-3m -I 4 2 3|230 Ia-3d -I 4bd 2c 3`;

interface Row {
  readonly number: number;
  /** "1" or "2" (origin), "H" or "R" (axes), or "". */
  readonly choice: string;
  /** Lower case, without blanks. */
  readonly name: string;
  readonly hall: string;
}

let rows: readonly Row[] | undefined;

function table(): readonly Row[] {
  rows ??= TABLE.split(/[|\n]/).map((line) => {
    const [, number, choice, name, hall] = /^(\d+)(?::(.))? (\S+) (.*)$/.exec(line)!;
    return { number: Number(number), choice: choice ?? "", name: name!.toLowerCase(), hall: hall! };
  });
  return rows;
}

/** Which of several descriptions of a group is meant. */
export interface Setting {
  /** "1" or "2" (origin), "H" or "R" (axes). */
  readonly choice?: string;
  /** Unique axis of a monoclinic group, and its cell choice. */
  readonly axis?: "a" | "b" | "c";
  readonly cell?: number;
}

/** The code of a setting ("2", "h", "b1", "c1", "abc", "2abc"; International Tables G, 4.6); undefined for axes that are
 *  exchanged in ways that the code alone does not settle here. */
export function readSettingCode(code: string): Setting | undefined {
  const match = /^([12])?(?:abc)?$|^([hr])$|^([abc])([123])?$/i.exec(code.trim());
  if (match === null || code.trim() === "") return undefined;
  const [, origin, axes, unique, cell] = match;
  const choice = origin ?? axes?.toUpperCase();
  return {
    ...(choice === undefined ? {} : { choice }),
    ...(unique === undefined ? {} : { axis: unique.toLowerCase() as "a" | "b" | "c" }),
    ...(cell === undefined ? {} : { cell: Number(cell) }),
  };
}

type Groups = readonly (readonly Operation[])[];

/** The groups that a Hermann–Mauguin symbol ("F d -3 m :2", "P21/c", "P b n m") can mean, as ways to read it, the usual one
 *  first; several in one way where it leaves open the origin or, for R, the axes; none if it is unknown. A short monoclinic
 *  symbol is read with unique axis b, then c, then a. */
export function groupsByName(symbol: string, setting: Setting = {}): readonly Groups[] {
  if (symbol.length > 60) return [];
  const [name, ownChoice] = plain(symbol);
  const choice = ownChoice === "" ? (setting.choice ?? "") : ownChoice;
  const fits = (row: Row, wanted: string): boolean =>
    row.name === wanted && (choice === "" || row.choice === "" || row.choice === choice);
  const byRows = (wanted: string): Groups =>
    distinct(table().filter((row) => fits(row, wanted)).map((row) => hallOperations(row.hall)!));
  const direct = byRows(name);
  if (direct.length > 0) return [direct];
  const exchanged = (written: string): Groups => {
    for (const order of ORDERS) {
      const standard = reorder(written, order);
      const found = standard === undefined ? [] : byRows(standard);
      if (found.length > 0) return distinct(found.map((group) => exchange(group, order)));
    }
    return [];
  };
  const letter = name[0] ?? "";
  const rest = name.slice(1);
  const ways = { b: `${letter}1${rest}1`, c: `${letter}11${rest}`, a: `${letter}${rest}11` };
  const axes = setting.axis === undefined ? (["b", "c", "a"] as const) : [setting.axis];
  const monoclinic = axes.map((axis) => {
    const found = byRows(ways[axis]);
    return found.length > 0 ? found : exchanged(ways[axis]);
  });
  return [exchanged(name), ...monoclinic].filter((groups) => groups.length > 0);
}

/** The groups with a number of International Tables A, as ways to read it: in their standard axes; a monoclinic one with
 *  unique axis b, then c, cell choice 1. */
export function groupsByNumber(number: number, { choice, axis, cell = 1 }: Setting = {}): readonly Groups[] {
  const found = table().filter(
    (row) => row.number === number && (choice === undefined || row.choice === "" || row.choice === choice),
  );
  if (found.length === 0) return [];
  const all = found.map((row) => hallOperations(row.hall)!);
  if (number < 3 || number > 15) return [distinct(all)];
  // Of the monoclinic cell choices the first is the standard one; the table has no third one of some groups.
  const group = all[cell - 1];
  if (group === undefined) return [];
  const ways = { b: [group], c: [exchange(group, [2, 0, 1])], a: [exchange(group, [1, 2, 0])] };
  return axis === undefined ? [ways.b, ways.c] : [ways[axis]];
}

/** Every Hall symbol of the table with its number. */
export function tabulatedHallSymbols(): readonly { readonly number: number; readonly name: string; readonly hall: string }[] {
  return table();
}

function distinct(groups: readonly (readonly Operation[])[]): readonly (readonly Operation[])[] {
  return groups.filter((group, i) => groups.findIndex((g) => JSON.stringify(g) === JSON.stringify(group)) === i);
}

/** Lower case, no blanks, bars of m3 restored, 2/m 2/m 2/m shortened; and the choice of origin or axes. */
function plain(symbol: string): readonly [name: string, choice: string] {
  const [text, after] = symbol.trim().split(":") as [string, string?];
  const trailing = after === undefined ? /^(.*\S)\s+([HRSZ])$/.exec(text) : null;
  const raw = (after ?? trailing?.[2] ?? "").trim().toUpperCase();
  const choice = raw === "S" ? "1" : raw === "Z" ? "2" : /^[12HR]$/.test(raw) ? raw : "";
  let name = (trailing?.[1] ?? text).toLowerCase().replace(/[\s_()]/g, "");
  // cubic: "f4/m-32/m" and "fm3m" are fm-3m
  name = name.replace(/^([pfi])(?:[24][1-3]?\/)?([mnadc])-?3(?:2\/)?([mndc]?)$/, "$1$2-3$3");
  name = name.replace(/^([pr]-31?)2\/([mc])/, "$1$2");
  if ((name.match(/\//g) ?? []).length === 3) {
    name = /^.[46]/.test(name)
      ? name.replace(/(\/[a-z])2(?:1)?\/([a-z])2(?:1)?\/([a-z])$/, "$1$2$3")
      : name.replace(/21?\/([a-z])/g, "$1");
  }
  return [name, choice];
}

/** New axis i is old axis order[i]. */
const ORDERS: readonly Vector[] = [[2, 0, 1], [1, 2, 0], [1, 0, 2], [0, 2, 1], [2, 1, 0]];

/** The symbol in the old axes, if it has one part for each axis. */
function reorder(name: string, order: Vector): string | undefined {
  const part = "(21?\\/[abcdemn]|21|2|1|[abcdemn])";
  const parts = new RegExp(`^([pabcif])${part}${part}${part}$`).exec(name);
  if (parts === null) return undefined;
  const oldLetter = (letter: string): string => "abc"[order["abc".indexOf(letter)] ?? -1] ?? letter;
  const old: string[] = [];
  for (const i of [0, 1, 2]) old[order[i]!] = parts[i + 2]!.replace(/[abc]/, oldLetter);
  return oldLetter(parts[1]!) + old.join("");
}

function exchange(group: readonly Operation[], order: Vector): readonly Operation[] {
  const row = (i: 0 | 1 | 2): Vector => [Number(order[i] === 0), Number(order[i] === 1), Number(order[i] === 2)];
  const basis: Operation = { rotation: [row(0), row(1), row(2)], translation: [0, 0, 0] };
  return generateGroup(group.map((operation) => normalise(changeBasis(operation, basis))))!;
}
