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

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const name = path.endsWith("/") ? `${path}index.html` : path;
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
