/** A strict reader of markup: throws where XML would not be well-formed. Void elements of HTML may stand open on demand. */
const VOID = new Set(["meta", "link", "br", "hr", "img"]);

export function elements(
  markup: string,
  html = false,
): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  let at = 0;
  const rest = html ? markup.replace(/^<!doctype html>\n/, "") : markup;
  for (const match of rest.matchAll(/<(style|script)>[\s\S]*?<\/\1>|<[^>]*>/g)) {
    requireText(rest.slice(at, match.index));
    at = match.index + match[0].length;
    const tag = match[0];
    if (match[1] !== undefined) {
      if (/[<&]/.test(tag.slice(match[1].length + 2, -match[1].length - 3)))
        throw new Error(`a ${match[1]} with markup in it`);
      continue;
    }
    const closing = /^<\/([a-z][a-z\d]*)>$/i.exec(tag);
    if (closing !== null) {
      const name = open.pop();
      if (name !== closing[1]) throw new Error(`</${closing[1]}> closes <${name}>`);
      continue;
    }
    const opening = /^<([a-z][a-z\d]*)((?:\s+[a-z][\w:-]*="[^"<]*")*)\s*(\/?)>$/i.exec(tag);
    if (opening === null) throw new Error(`not a tag: ${tag}`);
    const [, name, text, slash] = opening as unknown as [string, string, string, string];
    requireText(text);
    const attributes: Record<string, string> = {};
    for (const [, key, value] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
      if (key! in attributes) throw new Error(`${key} twice in ${tag}`);
      attributes[key!] = value!;
    }
    found.push({ name, attributes });
    if (slash === "" && !(html && VOID.has(name))) open.push(name);
  }
  requireText(rest.slice(at));
  if (open.length > 0) throw new Error(`left open: ${open.join(", ")}`);
  return found;
}

function requireText(text: string): void {
  const bad = /[<>]|&(?!(?:amp|lt|gt|quot|#\d+|#x[\da-f]+);)/i.exec(text);
  if (bad !== null)
    throw new Error(
      `${JSON.stringify(bad[0])} in text ${JSON.stringify(text.slice(Math.max(0, bad.index - 20), bad.index + 20))}`,
    );
}
