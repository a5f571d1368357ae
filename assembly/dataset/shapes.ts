/** Shapes of strain and disorder against height for protocol "measured": ten weights of cubic B-splines that leave the
 *  interface smoothly, the largest in modulus being 1. A weight is the shape's value at the middle of its spline. */
import { Measured, MeasuredSlot } from "../layout";
import { between, happens, kindOf, nextUniform, slot } from "./draws";

const WEIGHTS: i32 = Measured.Weights;
const KINDS = 5;
/** Redraws of a shape that begins too high above the interface. */
const PATIENCE = 50;

// @ts-ignore: decorator
@inline function draw(state: usize, low: f64, high: f64): f64 {
  return low + (high - low) * nextUniform(state);
}

/** Relative height of the middle of weight k's spline. */
// @ts-ignore: decorator
@inline function middle(k: i32): f64 {
  return <f64>(k + 2) / <f64>WEIGHTS;
}

function gaussian(z: f64, centre: f64, below: f64, above: f64): f64 {
  const u = (2 * (z - centre)) / (z < centre ? below : above);
  return Math.exp(-0.6931471805599453 * u * u);
}

/** One peak; in a quarter of them a constant is mixed in below it, above it or on both sides. */
function peaked(state: usize, out: usize): void {
  const centre = draw(state, 0.25, 1.05),
    below = draw(state, 0.1, 1),
    above = draw(state, 0.1, 1);
  const mixed = nextUniform(state) < 0.25,
    side = draw(state, 0, 3),
    constant = nextUniform(state);
  for (let k = 0; k < WEIGHTS; k++) {
    const z = middle(k);
    let value = gaussian(z, centre, below, above);
    if (mixed && (side >= 2 || z < centre == side < 1)) value = (1 - constant) * value + constant;
    store<f64>(out + ((<usize>k) << 3), value);
  }
}

/** Two peaks, either of them the higher one. */
function bimodal(state: usize, out: usize): void {
  const upper = draw(state, 0.6, 1.05),
    lower = draw(state, 0.2, upper - 0.25);
  const widthUpper = draw(state, 0.12, 0.45),
    widthLower = draw(state, 0.12, 0.45),
    height = draw(state, 0.25, 1);
  const isUpperFirst = nextUniform(state) < 0.5;
  for (let k = 0; k < WEIGHTS; k++) {
    const z = middle(k),
      a = gaussian(z, upper, widthUpper, widthUpper),
      b = gaussian(z, lower, widthLower, widthLower);
    store<f64>(out + ((<usize>k) << 3), isUpperFirst ? a + height * b : height * a + b);
  }
}

/** A plateau, up to the surface in two thirds of them. */
function flat(state: usize, out: usize): void {
  const from = draw(state, 0.1, 0.6),
    edge = draw(state, 0.01, 0.08),
    isBuried = nextUniform(state) < 0.33;
  const to = draw(state, from + 0.2, 1.1),
    upperEdge = draw(state, 0.01, 0.08),
    tilt = draw(state, -0.15, 0.15);
  for (let k = 0; k < WEIGHTS; k++) {
    const z = middle(k);
    let value = (1 + tilt * (z - 0.5)) / (1 + Math.exp((from - z) / edge));
    if (isBuried) value /= 1 + Math.exp((z - to) / upperEdge);
    store<f64>(out + ((<usize>k) << 3), value);
  }
}

/** Rising to the surface, or falling towards it from a sharp lower end. */
function monotonic(state: usize, out: usize): void {
  const rises = nextUniform(state) < 0.6,
    from = draw(state, -0.1, 0.5),
    power = Math.exp(draw(state, -0.7, 1.4)),
    floor = draw(state, 0, 0.8);
  for (let k = 0; k < WEIGHTS; k++) {
    const z = middle(k),
      share = rises ? max<f64>((z - from) / (1.1 - from), 0) : max<f64>((1.1 - z) / 0.9, 0);
    const curve = share > 0 ? Math.exp(power * Math.log(share)) : 0;
    store<f64>(out + ((<usize>k) << 3), rises ? curve : floor + (1 - floor) * curve);
  }
}

/** Anything smooth, in part of the other sign. */
function free(state: usize, out: usize): void {
  const least = draw(state, -0.3, 0.3);
  for (let k = 0; k < WEIGHTS; k++) store<f64>(out + ((<usize>k) << 3), draw(state, least, 1));
  let before = 0.5 * load<f64>(out);
  for (let k = 0; k < WEIGHTS; k++) {
    const at = out + ((<usize>k) << 3),
      own = load<f64>(at),
      next = k < WEIGHTS - 1 ? load<f64>(at, 8) : own;
    store<f64>(at, 0.25 * before + 0.5 * own + 0.25 * next);
    before = own;
  }
}

/** Scatters the weights, and scales them so that the one of largest modulus is 1.
 *  @returns whether one of the two lowest stands out of zero: the thickness means something then */
function finish(state: usize, preset: usize, out: usize): bool {
  const scatter = slot(preset, MeasuredSlot.Scatter);
  let largest: f64 = 0;
  for (let k = 0; k < WEIGHTS; k++) {
    const at = out + ((<usize>k) << 3),
      value = load<f64>(at) * (1 + scatter * (2 * nextUniform(state) - 1));
    if (Math.abs(value) > Math.abs(largest)) largest = value;
    store<f64>(at, value);
  }
  if (largest == 0) return false;
  for (let k = 0; k < WEIGHTS; k++)
    store<f64>(out + ((<usize>k) << 3), load<f64>(out + ((<usize>k) << 3)) / largest);
  return max(Math.abs(load<f64>(out)), Math.abs(load<f64>(out, 8))) > 0.01;
}

/** @param out f64[Measured.Weights], interface first */
export function drawShape(preset: usize, state: usize, out: usize): void {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const kind = kindOf(state, preset, MeasuredSlot.Peaked, KINDS);
    if (kind == 0) peaked(state, out);
    else if (kind == 1) bimodal(state, out);
    else if (kind == 2) flat(state, out);
    else if (kind == 3) monotonic(state, out);
    else free(state, out);
    if (finish(state, preset, out)) return;
  }
}

/** Debye–Waller weights: disorder that follows the strain to some power, with a share of a shape of its own in half of
 *  them; one whose shape is its own; or none.
 *  @param strain f64[Measured.Weights], relative
 *  @param own f64[Measured.Weights], scratch
 *  @param out f64[Measured.Weights], 0…1 */
export function drawDebyeWaller(preset: usize, state: usize, strain: usize, own: usize, out: usize): void {
  const kind = kindOf(state, preset, MeasuredSlot.Tied, 3);
  const alpha = -Math.log(between(state, preset, MeasuredSlot.DebyeWallerLow));
  const power = draw(state, 0.7, 3),
    mixes = nextUniform(state) < 0.5,
    mixture = draw(state, 0, 0.6);
  const share = kind == 1 ? 1 : kind == 0 && mixes ? mixture : 0,
    scatter = slot(preset, MeasuredSlot.Scatter);
  if (share > 0) drawShape(preset, state, own);
  for (let k = 0; k < WEIGHTS; k++) {
    const at = (<usize>k) << 3,
      e = Math.abs(load<f64>(strain + at));
    let disorder = share < 1 && e > 0 ? (1 - share) * Math.exp(power * Math.log(e)) : 0;
    if (share > 0) disorder += share * Math.abs(load<f64>(own + at));
    const loss = (1 - Math.exp(-alpha * disorder)) * (1 + scatter * (2 * nextUniform(state) - 1));
    store<f64>(out + at, kind == 2 ? 1 : max<f64>(min<f64>(1 - loss, 1), 0));
  }
}

/** Whether a shape is to be mirrored into compression. */
// @ts-ignore: decorator
@inline export function isCompressive(preset: usize, state: usize): bool {
  return happens(state, preset, MeasuredSlot.CompressionShare);
}
