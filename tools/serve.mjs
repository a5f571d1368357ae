/** Serves dist/app for a look: node tools/serve.mjs [--port 8080]. Any static host does as well. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
const folder = fileURLToPath(new URL("../dist/app/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".xy": "text/plain; charset=utf-8",
  ".bin": "application/octet-stream",
};

/** The file that is asked for; undefined for what is no path, such as /%. */
function nameOf(url) {
  try {
    const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
    return path.endsWith("/") ? `${path}index.html` : path;
  } catch {
    return undefined;
  }
}

const server = createServer((request, response) => {
  const name = nameOf(request.url);
  if (name === undefined || name.includes("\0")) {
    response.writeHead(400, { "content-type": "text/plain" }).end("no path");
    return;
  }
  readFile(folder + name.slice(1)).then(
    (bytes) =>
      response
        .writeHead(200, {
          "content-type": TYPES[extname(name)] ?? "application/octet-stream",
          "cache-control": "no-cache",
        })
        .end(bytes),
    () => response.writeHead(404, { "content-type": "text/plain" }).end("not found"),
  );
});
server.listen(Number(values.port), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/`),
);
