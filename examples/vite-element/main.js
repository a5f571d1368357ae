// A project with a bundler: `npm install && npm run dev`. The import defines <takagi-view>; the bundler finds its worker and
// kernels itself. Properties take what attributes cannot: files, scans, options of the SDK, answers.
import "takagi/view";

const view = document.querySelector("takagi-view"),
  status = document.getElementById("status"),
  material = document.getElementById("material");

material.addEventListener("change", () => (view.material = material.value));
view.material = material.value;
view.options = { mostStrain: 3 };

document.getElementById("file").addEventListener("change", ({ target }) => (view.scan = target.files[0]));
view.addEventListener("takagi-answer", ({ detail: { maxStrain, confidence } }) => {
  status.value = `Strain up to ${maxStrain.toFixed(2)} %, right with a probability of ${Math.round(100 * confidence)} %`;
});
view.addEventListener("takagi-error", ({ detail: { message } }) => (status.value = message));
