// A project with a bundler: `npm install && npm run dev`. The bundler finds the kernels itself (the package names them by
// `new URL(…, import.meta.url)`); only the simulator is imported, so only the simulator is in the bundle.
import { createSimulator, material, pseudoVoigtProfile, reflection } from "takagi";

const slider = document.getElementById("strain"),
  canvas = document.getElementById("curve");
const twoTheta = Float64Array.from({ length: 800 }, (_, i) => 71.5 + 0.0035 * i);
const instrument = { resolution: { shape: "gaussian", fwhm: 0.02 } };

const [simulator, ysz400] = await Promise.all([
  createSimulator(),
  reflection(material("YSZ"), { hkl: [4, 0, 0], wavelength: 1.5406 }),
]);

function draw() {
  const height = slider.valueAsNumber;
  const profile = pseudoVoigtProfile({
    thickness: 300,
    height,
    depth: 80,
    widthSurface: 150,
    widthInterface: 120,
    debyeWallerMin: 0.5,
  });
  const { intensity } = simulator.simulate(profile, ysz400, twoTheta, { instrument });
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.beginPath();
  // Seven decades of reflectivity.
  for (const [i, value] of intensity.entries())
    context.lineTo(i, (-canvas.height * Math.log10(Math.max(value, 1e-7))) / 7);
  context.stroke();
  document.getElementById("value").textContent = `${height.toFixed(2)} %`;
  document.getElementById("peak").textContent =
    `Peak at ${twoTheta[intensity.indexOf(Math.max(...intensity))].toFixed(3)}°`;
}

slider.addEventListener("input", draw);
draw();
