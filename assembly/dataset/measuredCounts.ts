/** Counts of a scan of protocol "measured": diffuse scattering, background, dead time, errors, noise. */
import { MeasuredSlot, Noise } from "../layout";
import { philox } from "../math/random";
import { poissonDraw } from "../physics/counting";
import { COUNT_STREAM, ERROR_STREAM, slot } from "./draws";
import { Drawn, get } from "./measuredDraws";

const LN10: f64 = 2.302585092994046;

/** A factor about 1 with the relative spread `error`: four evenly drawn words add up to all but a normal deviate. */
function scatter(error: f64, j: i32, low: u32, high: u32, key: u32, key2: u32, small: usize): f64 {
  philox(0, j, low, high | ERROR_STREAM, key, key2, small);
  const sum =
    <f64>load<u32>(small) + <f64>load<u32>(small, 4) + <f64>load<u32>(small, 8) + <f64>load<u32>(small, 12);
  return max<f64>(1 + error * 1.7320508075688772 * (sum / 4294967296 - 2), 0.05);
}

/** @param seen f64[points], what the instrument sees, at any scale
 *  @param small scratch
 *  @param intensity f64[points], written
 *  @param places strain (%) of each point by the scan's own angles, f64[points], written */
export function countScan(
  preset: usize,
  state: usize,
  drawn: usize,
  seen: usize,
  small: usize,
  intensity: usize,
  places: usize,
): void {
  const sine = get(drawn, Drawn.Sine),
    peak = get(drawn, Drawn.Peak),
    points = <i32>get(drawn, Drawn.Points),
    start = get(drawn, Drawn.Start),
    step = get(drawn, Drawn.Step),
    offset = get(drawn, Drawn.Offset);
  const slope = get(drawn, Drawn.Slope),
    error = get(drawn, Drawn.Error),
    loss = get(drawn, Drawn.Loss),
    diffuse = get(drawn, Drawn.Diffuse),
    diffuseWidth = get(drawn, Drawn.DiffuseWidth);
  let top: f64 = 0;
  for (let j = 0; j < points; j++) top = max(top, load<f64>(seen + ((<usize>j) << 3)));
  const counts = Math.exp(LN10 * get(drawn, Drawn.LogScale)),
    perSeen = counts / top,
    background = Math.exp(LN10 * get(drawn, Drawn.LogBackground)),
    dead = loss / ((1 - loss) * counts);
  const noise = <i32>slot(preset, MeasuredSlot.Noise),
    low = load<u32>(state),
    high = load<u32>(state, 4),
    key = load<u32>(state, 8),
    key2 = load<u32>(state, 12);
  const growth = Math.exp((LN10 * slope) / <f64>(points - 1));
  let level = background * Math.exp(-0.5 * LN10 * slope);
  for (let j = 0; j < points; j++) {
    const at = (<usize>j) << 3,
      angle = start + step * <f64>j;
    let mean = perSeen * load<f64>(seen + at) + level;
    level *= growth;
    if (diffuse > 0) {
      const u = ((sine * peak) / Math.sin(angle) - 1) / diffuseWidth;
      mean += (counts * diffuse) / (1 + u * u);
    }
    mean /= 1 + dead * mean;
    let value = mean;
    if (noise != Noise.None) {
      if (error > 0) mean *= scatter(error, j, low, high, key, key2, small);
      value =
        poissonDraw(mean, j, low, high | COUNT_STREAM, key, key2, small) +
        (noise == Noise.Published ? mean : 0);
    }
    store<f64>(intensity + at, value);
    store<f64>(places + at, 100 * ((sine * peak) / Math.sin(angle + offset) - 1));
  }
}
