/** Slices and angles, made ready for the recursion.
 *
 *  Every deviation form and geometry is brought to one shape, so that one recursion serves them all:
 *
 *      A[j][n] = slope[n]·x[j] + offset[n]        deviation phase  T·η
 *      K[j][n] = coupling[n]·g[j]                 coupling phase   T
 *
 *  exact   slope = h, x = ½k(γ0 + γh) − ½H − (πΓF0/2λ)(1/γ0 + 1/γh), offset = ½Hh·e/(1+e),
 *          coupling = h·DW, g = πCΓ√(F_H F_-H)/(λ√(γ0γh)); γ at the actual angles of incidence and exit, the exit
 *          from the conservation of the tangential wave vector; H = 2π cos φ_c/d, strain along the surface normal.
 *          Symmetric: A = (h/2)(Q − 2π/(d(1+e))) − πhΓF0/(λ sin θ).
 *  linear  Bartels, Hornstra & Lobeek 1986, with θ_n = θ_B − e tan θ_B (the paper and RaDMaX); slope and coupling
 *          carry each slice's own γ0, γh.
 */
import { DeviationForm, ReflectionSlot, SliceDerivative, SliceSlot } from "../layout";
import { Status } from "../status";

// @ts-ignore: decorator
@inline function slot(block: usize, index: i32): f64 {
  return load<f64>(block + ((<usize>index) << 3));
}

/** Principal square root of re + i·im: the real part. */
export function sqrtRe(re: f64, im: f64): f64 {
  const m = Math.sqrt(re * re + im * im);
  return re >= 0 ? Math.sqrt(0.5 * (m + re)) : m == 0 ? 0 : Math.abs(im) / Math.sqrt(2 * (m - re));
}

/** Principal square root of re + i·im: the imaginary part. */
export function sqrtIm(re: f64, im: f64): f64 {
  const m = Math.sqrt(re * re + im * im);
  const size = re >= 0 ? (m == 0 ? 0 : Math.abs(im) / Math.sqrt(2 * (m + re))) : Math.sqrt(0.5 * (m - re));
  return im < 0 ? -size : size;
}

function braggAngle(block: usize): f64 {
  return Math.asin(slot(block, ReflectionSlot.Wavelength) / (2 * slot(block, ReflectionSlot.PlaneSpacing)));
}

/** One slice of thickness h (Å), strain e, Debye–Waller factor: writes SliceSlot.Size numbers, and where `derivative`
 *  is not 0 SliceDerivative.Size more. */
function writeSlice(block: usize, e: f64, debyeWaller: f64, h: f64, slice: usize, derivative: usize): void {
  const phi = slot(block, ReflectionSlot.Asymmetry);
  if (<i32>slot(block, ReflectionSlot.Deviation) == DeviationForm.Exact) {
    Math.sincos(phi);
    const halfH = (Math.PI / slot(block, ReflectionSlot.PlaneSpacing)) * Math.sincos_cos;
    store<f64>(slice, h, 0);
    store<f64>(slice, h * halfH * (e / (1 + e)), 8);
    store<f64>(slice, 0, 16);
    store<f64>(slice, h * debyeWaller, 24);
    if (derivative) {
      store<f64>(derivative, 0, 0);
      store<f64>(derivative, (h * halfH) / ((1 + e) * (1 + e)), 8);
      store<f64>(derivative, 0, 16);
      store<f64>(derivative, 0, 24);
      store<f64>(derivative, h, 32);
    }
    return;
  }
  const thetaB = braggAngle(block),
    sinB = slot(block, ReflectionSlot.Wavelength) / (2 * slot(block, ReflectionSlot.PlaneSpacing)),
    cosB = Math.sqrt(1 - sinB * sinB),
    tanB = sinB / cosB,
    theta = thetaB - e * tanB;
  const lambda = slot(block, ReflectionSlot.Wavelength),
    gamma = slot(block, ReflectionSlot.Gamma);
  Math.sincos(theta - phi);
  const g0 = Math.sincos_sin,
    cos0 = Math.sincos_cos;
  Math.sincos(theta + phi);
  const gh = Math.sincos_sin,
    cosH = Math.sincos_cos; // γH = −gh
  // Signs kept general: |γ| enters the square roots, b = γ0/γH = −g0/gh.
  const b = -g0 / gh,
    root = Math.sqrt(Math.abs(g0 * gh));
  const slope = (((h * Math.PI) / lambda) * (-b / Math.sqrt(Math.abs(b))) * 2 * sinB * cosB) / root;
  const refraction = (((h * Math.PI) / lambda) * 0.5 * gamma * (1 - b)) / (Math.sqrt(Math.abs(b)) * root);
  store<f64>(slice, slope, 0);
  store<f64>(slice, slope * e * tanB - refraction * slot(block, ReflectionSlot.F0Re), 8);
  store<f64>(slice, -refraction * slot(block, ReflectionSlot.F0Im), 16);
  store<f64>(slice, (h * debyeWaller) / root, 24);
  if (derivative) {
    // dθ_n/de = −tan θ_B. For b < 0: slope ∝ 1/gh, refraction ∝ (1 + g0/gh)/g0 = 1/g0 + 1/gh, coupling ∝ (g0·gh)^(-1/2).
    const dG0 = (-tanB * cos0) / g0,
      dGh = (-tanB * cosH) / gh; // d ln γ/de
    const dSlope = -slope * dGh;
    const dRefraction = -(refraction / (1 / g0 + 1 / gh)) * (dG0 / g0 + dGh / gh);
    store<f64>(derivative, dSlope, 0);
    store<f64>(
      derivative,
      dSlope * e * tanB + slope * tanB - dRefraction * slot(block, ReflectionSlot.F0Re),
      8,
    );
    store<f64>(derivative, -dRefraction * slot(block, ReflectionSlot.F0Im), 16);
    store<f64>(derivative, -0.5 * (dG0 + dGh) * ((h * debyeWaller) / root), 24);
    store<f64>(derivative, h / root, 32);
  }
}

/** Slices of a film, interface first.
 *  @param strain f64[count], fraction
 *  @param debyeWaller f64[count], 0…1
 *  @param thickness f64[count], Å
 *  @param slices f64[count][SliceSlot.Size], written
 *  @param derivatives f64[count][SliceDerivative.Size], written; 0 if not wanted */
export function prepareSlices(
  block: usize,
  strain: usize,
  debyeWaller: usize,
  thickness: usize,
  count: i32,
  slices: usize,
  derivatives: usize,
): Status {
  if (count < 0) return Status.BadCount;
  for (let n = 0; n < count; n++) {
    const at = (<usize>n) << 3,
      to = <usize>n * (SliceSlot.Size << 3);
    writeSlice(
      block,
      load<f64>(strain + at),
      load<f64>(debyeWaller + at),
      load<f64>(thickness + at),
      slices + to,
      derivatives ? derivatives + <usize>n * (SliceDerivative.Size << 3) : 0,
    );
  }
  return Status.Ok;
}

/** Sine of the angle of exit: k_h∥ = k cos α − H_x for planes tilted by φ_c (α_exit = θ + φ_c at the Bragg angle).
 *  @param cosine of the angle of incidence
 *  @param hx H_x/k */
// @ts-ignore: decorator
@inline function exitSine(cosine: f64, hx: f64): f64 {
  const tangential = cosine - hx;
  return Math.sqrt(Math.max(1 - tangential * tangential, 1e-12));
}

/** w = (1/γ0 + 1/γh)/2 of each angle, by which refraction counts in the exact form; 0 in the linear form, which has it
 *  in the offset of each slice.
 *  @param theta f64[count], radians
 *  @param out f64[count] */
export function prepareRefraction(block: usize, theta: usize, count: i32, out: usize): Status {
  if (count < 1) return Status.BadCount;
  const phi = slot(block, ReflectionSlot.Asymmetry);
  Math.sincos(phi);
  const hx =
    (slot(block, ReflectionSlot.Wavelength) / slot(block, ReflectionSlot.PlaneSpacing)) * Math.sincos_sin;
  const linear = <i32>slot(block, ReflectionSlot.Deviation) == DeviationForm.Linear;
  for (let j = 0; j < count; j++) {
    const at = (<usize>j) << 3;
    Math.sincos(load<f64>(theta + at) - phi);
    const g0 = Math.sincos_sin;
    const gh = phi == 0 ? g0 : exitSine(Math.sincos_cos, hx);
    store<f64>(out + at, linear ? 0 : 0.5 * (1 / g0 + 1 / gh));
  }
  return Status.Ok;
}

/** x and g of each angle.
 *  @param theta f64[count], radians: half the scattering angle, incidence on the surface at theta − φ_c
 *  @param table f64[AnglePlane.Size][count]; XRe, XIm, GRe, GIm are written */
export function prepareAngles(block: usize, theta: usize, count: i32, table: usize): Status {
  if (count < 1) return Status.BadCount;
  const lambda = slot(block, ReflectionSlot.Wavelength),
    gamma = slot(block, ReflectionSlot.Gamma);
  const fhr = slot(block, ReflectionSlot.FhRe),
    fhi = slot(block, ReflectionSlot.FhIm);
  const fbr = slot(block, ReflectionSlot.FhBarRe),
    fbi = slot(block, ReflectionSlot.FhBarIm);
  const pr = fhr * fbr - fhi * fbi,
    pi = fhr * fbi + fhi * fbr;
  const scale = (Math.PI * slot(block, ReflectionSlot.Polarisation) * gamma) / lambda;
  const fr = scale * sqrtRe(pr, pi),
    fi = scale * sqrtIm(pr, pi);
  const plane = (<usize>count) << 3;
  if (<i32>slot(block, ReflectionSlot.Deviation) == DeviationForm.Linear) {
    const thetaB = braggAngle(block);
    for (let j = 0; j < count; j++) {
      const at = (<usize>j) << 3,
        to = table + at;
      store<f64>(to, load<f64>(theta + at) - thetaB);
      store<f64>(to + plane, 0);
      store<f64>(to + plane * 2, fr);
      store<f64>(to + plane * 3, fi);
    }
    return Status.Ok;
  }
  const phi = slot(block, ReflectionSlot.Asymmetry),
    k = (2 * Math.PI) / lambda;
  Math.sincos(phi);
  const h = (2 * Math.PI) / slot(block, ReflectionSlot.PlaneSpacing),
    hx = h * Math.sincos_sin,
    hz = h * Math.sincos_cos;
  const refraction = (Math.PI * gamma) / (2 * lambda);
  const f0r = slot(block, ReflectionSlot.F0Re),
    f0i = slot(block, ReflectionSlot.F0Im);
  for (let j = 0; j < count; j++) {
    const at = (<usize>j) << 3,
      to = table + at,
      alpha = load<f64>(theta + at) - phi;
    Math.sincos(alpha);
    const g0 = Math.sincos_sin;
    const gh = phi == 0 ? g0 : exitSine(Math.sincos_cos, hx / k);
    const inverse = refraction * (1 / g0 + 1 / gh),
      root = 1 / Math.sqrt(Math.abs(g0 * gh));
    store<f64>(to, 0.5 * (k * (g0 + gh) - hz) - inverse * f0r);
    store<f64>(to + plane, -inverse * f0i);
    store<f64>(to + plane * 2, fr * root);
    store<f64>(to + plane * 3, fi * root);
  }
  return Status.Ok;
}

/** The unstrained slice of thickness h (Å) that a substrate is made of. */
export function unstrainedSlice(block: usize, h: f64, slice: usize): void {
  writeSlice(block, 0, 1, h, slice, 0);
}
