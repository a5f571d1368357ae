/** A page that goes through the variants which the server names, and tells the server what came out. */
import { onPage } from "./browser.mjs";

const variant = Object.fromEntries(new URLSearchParams(location.search));
const inWorker = () =>
  new Promise((done, failed) => {
    const worker = new Worker(new URL("./pageWorker.mjs", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => (data.error === undefined ? done(data) : failed(new Error(data.error)));
    worker.onerror = ({ message }) => failed(new Error(`the worker: ${message}`));
    worker.postMessage(variant);
  });

const result = await (variant.worker === "yes" ? inWorker() : onPage(variant)).catch((error) => ({
  error: `${error.code ?? error.name}: ${error.message}`,
}));
const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
const report = { isIsolated: crossOriginIsolated, loaded, ...result };
const next = await fetch("/report", { method: "POST", body: JSON.stringify(report) });
const address = await next.text();
if (address !== "") location.href = address;
