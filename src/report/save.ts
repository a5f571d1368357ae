/** The script of a report: its buttons save pictures as files, and print. It asks for nothing from outside. */

import { standaloneStyle } from "./svg.ts";

/** Dots per inch of a PNG. */
const DPI = 600;

/** A picture leaves the page as a file of its own: with its styles in the colours of paper, and its width in mm. */
export const SAVE_SCRIPT = /* @__PURE__ */ `"use strict";
for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(button.dataset.save, button.dataset.kind));
document.querySelector("[data-print]").addEventListener("click", () => print());
function standalone(id) {
  const svg = document.getElementById(id).firstElementChild.cloneNode(true), mm = Number(/(\\d+)mm$/.exec(id)[1]);
  const { width, height } = svg.viewBox.baseVal, style = document.createElementNS(svg.namespaceURI, "style"), paper = document.createElementNS(svg.namespaceURI, "rect");
  style.textContent = ${JSON.stringify(standaloneStyle())};
  for (const [name, value] of Object.entries({ class: "paper", width, height })) paper.setAttribute(name, value);
  svg.prepend(style, paper);
  svg.setAttribute("xmlns", svg.namespaceURI);
  svg.setAttribute("width", mm + "mm");
  svg.setAttribute("height", (mm * height) / width + "mm");
  return { text: new XMLSerializer().serializeToString(svg), pixels: Math.round((mm / 25.4) * ${DPI}), shape: height / width };
}
async function save(id, kind) {
  const { text, pixels, shape } = standalone(id), svg = new Blob([text], { type: "image/svg+xml" });
  download(id + "." + kind, kind === "svg" ? svg : await png(svg, pixels, Math.round(pixels * shape)));
}
async function png(svg, width, height) {
  const image = new Image(), url = URL.createObjectURL(svg), canvas = Object.assign(document.createElement("canvas"), { width, height });
  image.src = url;
  await image.decode();
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(url);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
function download(name, blob) {
  const url = URL.createObjectURL(blob), link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}`;
