/** A fit that knows nothing of scans: lowers each thickness by a tenth of a percent, is sure of thin films, and gives the
 *  band 0 … 1 % down to 300 nm. */
export async function createRefiner(preset) {
  if (preset.name === "broken") throw new Error("no refiner for this");
  return {
    refine({ scan, rows: [prediction] }) {
      if (!(scan.twoTheta.length > 10 && scan.intensity.some((y) => y > 0))) throw new Error("no scan");
      const labels = prediction.slice(),
        depth = Float64Array.from({ length: 31 }, (_, k) => 10 * k);
      labels[11] *= 0.999;
      return {
        labels,
        verdict: labels[11] < 500 ? "determined" : "ambiguous",
        confidence: labels[11] < 500 ? 1 : 0.5,
        band: { depth, lower: depth.map(() => 0), upper: depth.map(() => 1) },
        drawn: { depth, lower: depth.map(() => 0.1), upper: depth.map(() => 0.9) },
        features: { lnFringes: Math.log(5), lnFilmCounts: Math.log(1e4) },
        fringes: 5,
      };
    },
  };
}
