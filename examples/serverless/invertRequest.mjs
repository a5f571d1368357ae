// A scan in, its strain profile out, over HTTP: what edge.mjs and lambda.mjs have in common. Any runtime whose requests and
// responses are those of the Fetch standard can use it.
//
//   curl --data-binary @scan.xy 'https://…/?material=YSZ&hkl=4,0,0&wavelength=1.5406'
//
// Nothing is stored. All limits are there so that one request fits a small worker: 128 MB of memory, seconds of time.
import { invert, material, readScan, reflection, TakagiError } from "takagi";

const MAX_BYTES = 512 * 1024;
/** A scan of more points is bounced: the memory of the inversion is proportional to them. */
const MAX_POINTS = 1200;
/** A few climbs: about a quarter of a second of one core of a fast machine. */
const EFFORT = "quick";
const MAX_MILLISECONDS = 25_000;

/** An answer that is the sender's to mend. */
class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param {Request} request
 *  @returns {Promise<Response>} 200 with the profile, or 4xx with {"error": {"code", "message"}} */
export async function invertRequest(request) {
  try {
    if (request.method !== "POST")
      throw new Refusal(
        405,
        "METHOD",
        "POST a scan: angle and counts in columns, or a diffractometer's file",
      );
    const { searchParams } = new URL(request.url);
    const crystal = await reflection(material(wanted(searchParams, "material")), {
      hkl: wanted(searchParams, "hkl").split(",").map(Number),
      wavelength: Number(wanted(searchParams, "wavelength")),
    });
    const scan = await readScan(await bytesOf(request));
    if (scan.twoTheta.length > MAX_POINTS)
      throw new Refusal(
        413,
        "TOO_LARGE",
        `the scan has ${scan.twoTheta.length} points; ${MAX_POINTS} at most`,
      );
    const answer = await invert(scan, crystal, {
      effort: EFFORT,
      signal: AbortSignal.timeout(MAX_MILLISECONDS),
    });
    return Response.json(body(answer));
  } catch (error) {
    return refuse(error);
  }
}

function wanted(parameters, name) {
  const value = parameters.get(name);
  if (value === null || value === "")
    throw new Refusal(
      400,
      "MISSING",
      `the address must have ${name}, as in ?material=YSZ&hkl=4,0,0&wavelength=1.5406`,
    );
  return value;
}

/** Reads no more than the limit, whatever Content-Length says. */
async function bytesOf(request) {
  const parts = [];
  let length = 0;
  for (const reader = request.body?.getReader(); reader !== undefined;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > MAX_BYTES) {
      await reader.cancel();
      throw new Refusal(413, "TOO_LARGE", `the scan is larger than ${MAX_BYTES} bytes`);
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** nm, %, 0…1; the band is pointwise 95 %. */
function body({
  profile,
  strainBand,
  maxStrain,
  maxStrainDepth,
  thickness,
  minDebyeWaller,
  rms,
  converged,
  reason,
  verdict,
  confidence,
  prior,
  solutions,
}) {
  const [depth, strain, debyeWaller] = [profile.depth, profile.strain, profile.debyeWaller].map((values) =>
    Array.from(values),
  );
  const band = { lower: Array.from(strainBand.lower), upper: Array.from(strainBand.upper) };
  return {
    depth,
    strain,
    debyeWaller,
    strainBand: band,
    maxStrain,
    maxStrainDepth,
    thickness,
    minDebyeWaller,
    rms,
    converged,
    reason,
    verdict,
    confidence,
    prior,
    solutions: solutions.length,
  };
}

function refuse(error) {
  const { code, message } = error;
  if (error instanceof Refusal) return Response.json({ error: { code, message } }, { status: error.status });
  if (error.name === "TimeoutError")
    return Response.json(
      { error: { code: "TIMEOUT", message: "the inversion took too long: send fewer points" } },
      { status: 422 },
    );
  // What takagi says of a scan or a parameter is the sender's; kernels that do not load are ours.
  const isTheirs = error instanceof TakagiError && code !== "KERNEL_LOAD" && code !== "KERNEL_STATUS";
  if (isTheirs) return Response.json({ error: { code, message } }, { status: 400 });
  console.error(error);
  return Response.json({ error: { code: "INTERNAL", message: "the server failed" } }, { status: 500 });
}
