/** The page around a report: style, and the few pieces that it is made of. */

import { escape } from "./numbers.ts";
import { FIGURE_STYLE, PALETTE, PALETTE_DARK } from "./svg.ts";
import { VERSION } from "../version.ts";

/** A row of a table: what it is, its value, and (small, after it) what else is to be said. All plain text. */
export type Row = readonly [name: string, value: string, remark?: string];

const STYLE = `:root{color-scheme:light dark;${PALETTE}}@media (prefers-color-scheme:dark){:root{${PALETTE_DARK}}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:792px;margin:0 auto;padding:28px 16px 40px}h1{font-size:1.5rem;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:1.06rem;margin:34px 0 8px}
p{margin:8px 0;max-width:68ch}.lead{font-size:1.06rem}.soft,footer,figcaption{color:var(--soft);font-size:.875rem}.note{border-left:3px solid var(--accent);padding:2px 0 2px 12px}
a{color:var(--accent)}pre{overflow-x:auto;border:1px solid var(--grid);padding:8px 10px;font-size:.875rem;white-space:pre-wrap;overflow-wrap:anywhere}figure{margin:10px 0}figure svg{display:block;max-width:100%;height:auto}.narrow{display:none}.save{color:var(--soft);font-size:.875rem}
button{font:inherit;font-size:.8125rem;color:var(--ink);background:var(--paper);border:1px solid var(--rule);border-radius:6px;padding:2px 9px;min-height:28px;cursor:pointer}button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}@media (pointer:coarse){button{min-height:44px}}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:0 32px;align-items:start}table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.94rem}
caption{text-align:left;font-weight:600;padding:10px 0 4px}th,td{text-align:left;vertical-align:top;padding:5px 8px 5px 0;border-top:1px solid var(--grid)}th{font-weight:400;color:var(--soft);width:46%}thead th,thead~tbody th{width:auto}
td{overflow-wrap:anywhere}td small{display:block;color:var(--soft);font-size:.8125rem}.others{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,236px),1fr));gap:14px 20px}.others figure{margin:0}
footer{margin-top:36px;border-top:1px solid var(--grid);padding-top:10px}@media (max-width:680px){.wide{display:none}.narrow{display:block}main{padding-top:18px}}
@media print{:root{color-scheme:light;${PALETTE}}button,.save{display:none}.narrow{display:none}.wide{display:block}figure,table{break-inside:avoid}}`;

/** A whole document. `body` is HTML, the title plain text. */
export function page(title: string, body: readonly string[]): string {
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="generator" content="takagi ${VERSION}">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}\n${FIGURE_STYLE}</style>`,
    "</head>",
    "<body><main>",
    ...body,
    "</main></body>",
    "</html>",
    "",
  ].join("\n");
}

/** Plain text as HTML, in which numbers keep their units beside them. */
export function prose(words: string): string {
  return escape(words).replace(/(\d) (?=%|nm|Å)/g, "$1\u00a0");
}

export function table(caption: string, rows: readonly Row[]): string {
  const lines = rows.map(([name, value, remark = ""]) => {
    const small = remark === "" ? "" : `<small>${prose(remark)}</small>`;
    return `<tr><th scope="row">${escape(name)}</th><td>${prose(value)}${small}</td></tr>`;
  });
  return `<table><caption>${escape(caption)}</caption><tbody>\n${lines.join("\n")}\n</tbody></table>`;
}

export function paragraph(words: string, className = ""): string {
  return `<p${className === "" ? "" : ` class="${className}"`}>${prose(words)}</p>`;
}
