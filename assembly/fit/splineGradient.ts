/** R and its derivatives by spline weights, for slices of one slope: the factored recursion (physics/transferMatrixFast.ts) up, its
 *  adjoint down, four angles a vector (f32×4) or two (f64×2).
 *
 *  One slice, from centre to centre:  y = tQ,  P′ = P + ρy,  Q′ = y + ρg²P,  ρ = κs.  With dR = λ′dP′ + μ′dQ′ (real parts),
 *
 *      ∂R/∂ρ = λ′y + g²μ′P,   η = ρλ′ + μ′,   ∂R/∂(turn) = iηy,   λ = λ′ + ρg²μ′,   μ = tη
 *
 *  where λP + μQ = 0 throughout, so that the turn's derivative grows downwards from 0 by ρ·Im(λ′y − g²μ′P) a slice: summed so, it keeps its
 *  digits where the substrate reflects all and turns hardly matter. A of a slice enters the turns below and above its centre and s (ds/dA = (cos A − s)/A). What each slice gives is
 *  summed into the four splines that are not zero there while it is in the cache.
 */
import { AnglePlane, SliceDerivative, SliceSlot } from "../layout";
import {
  ANGLE_VECTORS,
  GROUP,
  GROUP_NUMBERS,
  SLICE_NUMBERS,
  writeAngle,
  writeSlices,
} from "../physics/factored";
import { Status } from "../status";

/** Numbers of a slice: those of `writeSlices`, coupling, then by strain: slope, offset (re, im), coupling; coupling by DW; basis. */
const NUMBERS = 16;
const COUPLING = SLICE_NUMBERS,
  BY_STRAIN = COUPLING + 1,
  BY_DEBYE_WALLER = BY_STRAIN + 4,
  BASIS = BY_DEBYE_WALLER + 1;
/** Vectors of the angles: those of `writeAngle`, x, Im A, a third of it. */
const VECTORS = ANGLE_VECTORS + 3;
/** Bytes kept of a slice on the way up: P, y, turn (re, im each), s, ds/dA. */
const STATE: usize = 128;
/** Bytes kept of a group: (1 − s cos A)/A, the factor on Q (re, im), Q before it (re, im), the first one's derivative by A. */
const GROUP_STATE: usize = 96;

// @ts-ignore: decorator
@inline function add<T>(a: v128, b: v128): v128 {
  return v128.add<T>(a, b);
}
// @ts-ignore: decorator
@inline function sub<T>(a: v128, b: v128): v128 {
  return v128.sub<T>(a, b);
}
// @ts-ignore: decorator
@inline function mul<T>(a: v128, b: v128): v128 {
  return v128.mul<T>(a, b);
}
/** Number `index` of a record in every lane. */
// @ts-ignore: decorator
@inline function each<T>(record: usize, index: i32): v128 {
  return v128.load_splat<T>(record + <usize>index * sizeof<T>());
}
// @ts-ignore: decorator
@inline function vector(w: usize, index: i32): v128 {
  return v128.load(w + ((<usize>index) << 4));
}

/** Up through all slices; leaves P, Q in states + what is kept of each slice before them.
 *  @param last P, Q above all slices (re, im): four vectors */
// @ts-ignore: decorator
@inline function up<T>(
  w: usize,
  groups: usize,
  records: usize,
  end: usize,
  groupStates: usize,
  states: usize,
  last: usize,
): void {
  const signBit = v128.splat<T>(<T>-0.0);
  let pr = vector(w, 9),
    pi = vector(w, 10),
    qr = vector(w, 11),
    qi = vector(w, 12);
  let record = records,
    state = states,
    groupState = groupStates;
  for (let group = groups; group < records; group += GROUP_NUMBERS * sizeof<T>()) {
    const stop = min<usize>(record + GROUP * NUMBERS * sizeof<T>(), end);
    for (; record < stop; record += NUMBERS * sizeof<T>()) {
      const A = add<T>(vector(w, 0), each<T>(record, 0)),
        tiny = vector(w, 3),
        sign = v128.and(A, signBit);
      const cb = each<T>(record, 1),
        sb = each<T>(record, 2),
        ca = vector(w, 1),
        sa = vector(w, 2);
      const inverse = v128.div<T>(vector(w, 4), add<T>(v128.xor(A, sign), tiny));
      const s = mul<T>(add<T>(v128.xor(add<T>(mul<T>(sa, cb), mul<T>(ca, sb)), sign), tiny), inverse);
      v128.store(state, s, 96);
      // Rounding in sin A would grow as 1/A².
      const A2 = mul<T>(A, A),
        series = mul<T>(A, sub<T>(mul<T>(A2, v128.splat<T>(<T>(1.0 / 30))), v128.splat<T>(<T>(1.0 / 3))));
      const slope = v128.xor(mul<T>(sub<T>(sub<T>(mul<T>(ca, cb), mul<T>(sa, sb)), s), inverse), sign);
      v128.store(
        state,
        v128.bitselect(series, slope, v128.lt<T>(A2, v128.splat<T>(<T>(sizeof<T>() == 4 ? 0.06 : 1e-3)))),
        112,
      );
      v128.store(state, pr, 0);
      v128.store(state, pi, 16);
      const rho = mul<T>(each<T>(record, 3), s);
      const er = vector(w, 7),
        ei = vector(w, 8),
        vr = each<T>(record, 4),
        vi = each<T>(record, 5);
      const tr = sub<T>(mul<T>(er, vr), mul<T>(ei, vi)),
        ti = add<T>(mul<T>(er, vi), mul<T>(ei, vr));
      v128.store(state, tr, 64);
      v128.store(state, ti, 80);
      const yr = sub<T>(mul<T>(tr, qr), mul<T>(ti, qi)),
        yi = add<T>(mul<T>(tr, qi), mul<T>(ti, qr));
      v128.store(state, yr, 32);
      v128.store(state, yi, 48);
      const hr = mul<T>(rho, vector(w, 5)),
        hi = mul<T>(rho, vector(w, 6));
      const nr = sub<T>(mul<T>(hr, pr), mul<T>(hi, pi)),
        ni = add<T>(mul<T>(hr, pi), mul<T>(hi, pr));
      pr = add<T>(pr, mul<T>(rho, yr));
      pi = add<T>(pi, mul<T>(rho, yi));
      qr = add<T>(yr, nr);
      qi = add<T>(yi, ni);
      state += STATE;
    }
    // Q ← Q·(1 − i g² Σ coupling²·(1 − s cos A)/A − rounding)
    const A = add<T>(vector(w, 0), each<T>(group, 0)),
      cb = each<T>(group, 1),
      sb = each<T>(group, 2),
      sign = v128.and(A, signBit);
    const ca = vector(w, 1),
      sa = vector(w, 2),
      tiny = vector(w, 3),
      one = vector(w, 4);
    const inverse = v128.div<T>(one, add<T>(v128.xor(A, sign), tiny));
    const s = mul<T>(add<T>(v128.xor(add<T>(mul<T>(sa, cb), mul<T>(ca, sb)), sign), tiny), inverse);
    const f = mul<T>(sub<T>(one, mul<T>(s, sub<T>(mul<T>(ca, cb), mul<T>(sa, sb)))), v128.xor(inverse, sign)),
      shift = mul<T>(each<T>(group, 3), f);
    const errorRe = add<T>(vector(w, 14), each<T>(group, 4)),
      errorIm = add<T>(vector(w, 15), each<T>(group, 5));
    const fr = sub<T>(add<T>(one, mul<T>(vector(w, 6), shift)), errorRe),
      fi = v128.neg<T>(add<T>(mul<T>(vector(w, 5), shift), errorIm));
    // Its slope is −f/A − cos A·(ds/dA)/A + s²; rounding would grow in it as 1/A².
    const c = sub<T>(mul<T>(ca, cb), mul<T>(sa, sb)),
      A2 = mul<T>(A, A),
      signed = v128.xor(inverse, sign);
    const slope = sub<T>(mul<T>(s, s), mul<T>(signed, add<T>(f, mul<T>(c, mul<T>(signed, sub<T>(c, s))))));
    const series = sub<T>(v128.splat<T>(<T>(2.0 / 3)), mul<T>(A2, v128.splat<T>(<T>0.4)));
    v128.store(
      groupState,
      v128.bitselect(series, slope, v128.lt<T>(A2, v128.splat<T>(<T>(sizeof<T>() == 4 ? 0.03 : 1e-3)))),
      80,
    );
    v128.store(groupState, f, 0);
    v128.store(groupState, fr, 16);
    v128.store(groupState, fi, 32);
    v128.store(groupState, qr, 48);
    v128.store(groupState, qi, 64);
    groupState += GROUP_STATE;
    const nr = sub<T>(mul<T>(fr, qr), mul<T>(fi, qi));
    qi = add<T>(mul<T>(fr, qi), mul<T>(fi, qr));
    qr = nr;
  }
  v128.store(last, pr, 0);
  v128.store(last, pi, 16);
  v128.store(last, qr, 32);
  v128.store(last, qi, 48);
}

/** Down again.
 *  @param rows of each slice two vectors, ∂R/∂strain and ∂R/∂DW, written
 *  @param last see `up`; R and ∂R/∂ln(thickness) are written there */
// @ts-ignore: decorator
@inline function down<T>(
  w: usize,
  groups: usize,
  records: usize,
  end: usize,
  groupStates: usize,
  groupCount: i32,
  states: usize,
  last: usize,
  rows: usize,
): void {
  let pr = vector(last, 0),
    pi = vector(last, 1),
    qr = vector(last, 2),
    qi = vector(last, 3);
  const size = v128.div<T>(vector(w, 4), add<T>(mul<T>(qr, qr), mul<T>(qi, qi)));
  const ratio = mul<T>(add<T>(mul<T>(pr, pr), mul<T>(pi, pi)), size),
    two = mul<T>(add<T>(size, size), vector(w, 13));
  let lr = mul<T>(pr, two),
    li = v128.neg<T>(mul<T>(pi, two));
  let mr = v128.neg<T>(mul<T>(mul<T>(qr, two), ratio)),
    mi = mul<T>(mul<T>(qi, two), ratio);
  const reflectivity = mul<T>(ratio, vector(w, 13));
  // |Q| falls by e^{−2 Im A} from centre to centre; λP = 2R at the top.
  let thickness = v128.splat<T>(0),
    above = v128.splat<T>(0),
    below = v128.splat<T>(0),
    decayAbove = v128.neg<T>(add<T>(reflectivity, reflectivity));
  v128.store(last, reflectivity);
  for (let g = groupCount - 1; g >= 0; g--) {
    const groupState = groupStates + <usize>g * GROUP_STATE;
    const bottom = records + <usize>g * (GROUP * NUMBERS * sizeof<T>()),
      top = min<usize>(bottom + GROUP * NUMBERS * sizeof<T>(), end);
    const share = <T>(1.0 / (<f64>(top - bottom) / <f64>(NUMBERS * sizeof<T>())));
    const gqr = v128.load(groupState, 48),
      gqi = v128.load(groupState, 64);
    // ∂R/∂Σcoupling² = Re(−i g² f μQ), twice for coupling² → coupling.
    const fr = v128.load(groupState, 16),
      fi = v128.load(groupState, 32);
    const ur = sub<T>(mul<T>(mr, gqr), mul<T>(mi, gqi)),
      ui = add<T>(mul<T>(mr, gqi), mul<T>(mi, gqr));
    const turn = add<T>(mul<T>(vector(w, 5), ui), mul<T>(vector(w, 6), ur)),
      half = mul<T>(v128.load(groupState), turn),
      gamma = add<T>(half, half);
    const groupByA = mul<T>(
      mul<T>(mul<T>(turn, v128.splat<T>(share)), v128.load(groupState, 80)),
      each<T>(groups + <usize>g * (GROUP_NUMBERS * sizeof<T>()), 3),
    );
    const nr = sub<T>(mul<T>(fr, mr), mul<T>(fi, mi));
    mi = add<T>(mul<T>(fr, mi), mul<T>(fi, mr));
    mr = nr;
    let state = states + ((top - records) / (NUMBERS * sizeof<T>())) * STATE,
      row = rows + ((top - records) / (NUMBERS * sizeof<T>())) * 32;
    for (let record = top; record > bottom;) {
      record -= NUMBERS * sizeof<T>();
      state -= STATE;
      row -= 32;
      const wr = vector(w, 5),
        wi = vector(w, 6);
      const vr = sub<T>(mul<T>(wr, mr), mul<T>(wi, mi)),
        vi = add<T>(mul<T>(wr, mi), mul<T>(wi, mr));
      pr = v128.load(state, 0);
      pi = v128.load(state, 16);
      const yr = v128.load(state, 32),
        yi = v128.load(state, 48),
        s = v128.load(state, 96),
        kappa = each<T>(record, 3),
        rho = mul<T>(kappa, s);
      const byRho = add<T>(sub<T>(mul<T>(lr, yr), mul<T>(li, yi)), sub<T>(mul<T>(vr, pr), mul<T>(vi, pi)));
      const im = sub<T>(add<T>(mul<T>(lr, yi), mul<T>(li, yr)), add<T>(mul<T>(vr, pi), mul<T>(vi, pr)));
      const er = add<T>(mul<T>(rho, lr), mr),
        ei = add<T>(mul<T>(rho, li), mi);
      lr = add<T>(lr, mul<T>(rho, vr));
      li = add<T>(li, mul<T>(rho, vi));
      const change = mul<T>(rho, im);
      below = sub<T>(above, change);
      const decay = sub<T>(mul<T>(er, yr), mul<T>(ei, yi)),
        byAbsorption = add<T>(decay, decayAbove);
      decayAbove = decay;
      const tr = v128.load(state, 64),
        ti = v128.load(state, 80);
      mr = sub<T>(mul<T>(tr, er), mul<T>(ti, ei));
      mi = add<T>(mul<T>(tr, ei), mul<T>(ti, er));
      let byA = add<T>(
          add<T>(add<T>(below, above), groupByA),
          mul<T>(mul<T>(kappa, v128.load(state, 112)), byRho),
        ),
        lag = v128.splat<T>(0);
      if (sizeof<T>() == 8) {
        lag = mul<T>(change, vector(w, ANGLE_VECTORS + 2)); // phase −Im A·A/3 of s
        byA = add<T>(byA, lag);
      }
      above = below;
      const coupling = each<T>(record, COUPLING),
        byCoupling = add<T>(mul<T>(s, byRho), mul<T>(coupling, gamma));
      thickness = add<T>(
        thickness,
        add<T>(
          mul<T>(sizeof<T>() == 8 ? add<T>(byA, lag) : byA, add<T>(vector(w, 0), each<T>(record, 0))),
          mul<T>(byCoupling, coupling),
        ),
      );
      thickness = sub<T>(thickness, mul<T>(byAbsorption, vector(w, ANGLE_VECTORS + 1)));
      const dA = add<T>(
        mul<T>(each<T>(record, BY_STRAIN), vector(w, ANGLE_VECTORS)),
        each<T>(record, BY_STRAIN + 1),
      );
      v128.store(
        row,
        add<T>(
          mul<T>(byA, dA),
          sub<T>(
            mul<T>(byCoupling, each<T>(record, BY_STRAIN + 3)),
            mul<T>(byAbsorption, each<T>(record, BY_STRAIN + 2)),
          ),
        ),
      );
      v128.store(row, mul<T>(byCoupling, each<T>(record, BY_DEBYE_WALLER)), 16);
    }
  }
  v128.store(last, thickness, 16);
}

/** Adds the rows of all slices into the splines.
 *  @param columns vectors of all splines */
// @ts-ignore: decorator
@inline function project<T>(records: usize, end: usize, rows: usize, first: usize, columns: usize): void {
  for (let record = records; record < end;) {
    const cell = load<i32>(first),
      column = columns + ((<usize>cell) << 4);
    let c0 = v128.load(column),
      c1 = v128.load(column, 16),
      c2 = v128.load(column, 32),
      c3 = v128.load(column, 48);
    do {
      const row = v128.load(rows);
      c0 = add<T>(c0, mul<T>(row, each<T>(record, BASIS)));
      c1 = add<T>(c1, mul<T>(row, each<T>(record, BASIS + 1)));
      c2 = add<T>(c2, mul<T>(row, each<T>(record, BASIS + 2)));
      c3 = add<T>(c3, mul<T>(row, each<T>(record, BASIS + 3)));
      rows += 32;
      first += 4;
      record += NUMBERS * sizeof<T>();
    } while (record < end && load<i32>(first) == cell);
    v128.store(column, c0);
    v128.store(column, c1, 16);
    v128.store(column, c2, 32);
    v128.store(column, c3, 48);
  }
}

// @ts-ignore: decorator
@inline function widen<T>(to: usize, value: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(to, value);
  } else {
    v128.store(to, f64x2.promote_low_f32x4(value));
    v128.store(to, f64x2.promote_low_f32x4(i32x4.shuffle(value, value, 2, 3, 0, 1)), 16);
  }
}

// @ts-ignore: decorator
@inline function run<T>(
  slices: usize,
  derivatives: usize,
  sliceCount: i32,
  basis: usize,
  first: usize,
  splines: i32,
  tied: bool,
  angles: usize,
  angleCount: i32,
  tiny: f64,
  scratch: usize,
  out: usize,
): Status {
  const lanes = <i32>(16 / sizeof<T>()),
    groupCount = (sliceCount + GROUP - 1) / GROUP,
    kinds = tied ? 1 : 2;
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (sliceCount < 1 || splines < 0 || angleCount < lanes) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    w = scratch,
    last = w + (VECTORS << 4),
    columns = last + 64;
  const groupStates = columns + ((<usize>(splines + 3)) << 4),
    states = groupStates + <usize>groupCount * GROUP_STATE,
    rows = states + <usize>sliceCount * STATE;
  const groups = rows + ((<usize>sliceCount) << 5),
    records = groups + <usize>groupCount * (GROUP_NUMBERS * sizeof<T>()),
    end = records + <usize>sliceCount * (NUMBERS * sizeof<T>());
  writeSlices<T>(slices, sliceCount, angles, angleCount, groups, records, NUMBERS);
  for (let n = 0; splines > 0 && n < sliceCount; n++) {
    const record = records + <usize>n * (NUMBERS * sizeof<T>()),
      derivative = derivatives + <usize>n * (SliceDerivative.Size << 3);
    store<T>(
      record + COUPLING * sizeof<T>(),
      <T>load<f64>(slices + <usize>n * (SliceSlot.Size << 3), SliceSlot.Coupling << 3),
    );
    store<T>(record + BY_STRAIN * sizeof<T>(), <T>load<f64>(derivative, SliceDerivative.Slope << 3));
    store<T>(record + (BY_STRAIN + 1) * sizeof<T>(), <T>load<f64>(derivative, SliceDerivative.OffsetRe << 3));
    store<T>(record + (BY_STRAIN + 2) * sizeof<T>(), <T>load<f64>(derivative, SliceDerivative.OffsetIm << 3));
    store<T>(record + (BY_STRAIN + 3) * sizeof<T>(), <T>load<f64>(derivative, SliceDerivative.Coupling << 3));
    store<T>(
      record + BY_DEBYE_WALLER * sizeof<T>(),
      <T>load<f64>(derivative, SliceDerivative.CouplingByDebyeWaller << 3),
    );
    for (let i = 0; i < 4; i++)
      store<T>(record + <usize>(BASIS + i) * sizeof<T>(), <T>load<f64>(basis + ((<usize>(n * 4 + i)) << 3)));
  }
  const offsetIm = load<f64>(slices, SliceSlot.OffsetIm << 3),
    slope = load<f64>(slices);
  for (let at = 0; at < angleCount; at += lanes) {
    const j = min(at, angleCount - lanes); // the last vector may overlap the one before
    for (let l = 0; l < lanes; l++) {
      const angle = angles + ((<usize>(j + l)) << 3),
        to = w + <usize>l * sizeof<T>();
      writeAngle<T>(slices, sliceCount, angle, plane, tiny, to);
      store<T>(to + (ANGLE_VECTORS << 4), <T>load<f64>(angle));
      const absorption = slope * load<f64>(angle + plane * AnglePlane.XIm) + offsetIm;
      store<T>(to + ((ANGLE_VECTORS + 1) << 4), <T>absorption);
      store<T>(to + ((ANGLE_VECTORS + 2) << 4), <T>(absorption / 3));
    }
    up<T>(w, groups, records, end, groupStates, states, last);
    let to = out + ((<usize>j) << 3);
    if (splines == 0) {
      const pr = vector(last, 0),
        pi = vector(last, 1),
        qr = vector(last, 2),
        qi = vector(last, 3);
      widen<T>(
        to,
        mul<T>(
          v128.div<T>(add<T>(mul<T>(pr, pr), mul<T>(pi, pi)), add<T>(mul<T>(qr, qr), mul<T>(qi, qi))),
          vector(w, 13),
        ),
      );
      continue;
    }
    down<T>(w, groups, records, end, groupStates, groupCount, states, last, rows);
    widen<T>(to, v128.load(last));
    widen<T>((to += plane), v128.load(last, 16));
    for (let kind = 0; kind < kinds; kind++) {
      memory.fill(columns, 0, (<usize>(splines + 3)) << 4);
      project<T>(records, end, rows + ((<usize>kind) << 4), first, columns);
      for (let i = 0; i < splines; i++) widen<T>((to += plane), v128.load(columns + ((<usize>(i + 3)) << 4)));
    }
    if (tied) {
      let sum = v128.splat<T>(0);
      for (let row = rows + 16; row < groups; row += 32) sum = add<T>(sum, v128.load(row));
      widen<T>(to + plane, sum);
    }
  }
  return Status.Ok;
}

/** R and its derivatives by ln(thickness), the weights of strain and those of the Debye–Waller factor; four angles a vector, as
 *  transferMatrixFast: R to 2e-4 in log10 where it is above 1e-8.
 *  @param slices f64[sliceCount][SliceSlot.Size], of one slope, interface first
 *  @param derivatives f64[sliceCount][SliceDerivative.Size]
 *  @param basis f64[sliceCount][4]: by which the four splines count in a slice
 *  @param first i32[sliceCount], never falling: the first of them, of splines + 3; the first three are fixed (strain leaves 0 smoothly) and get no column
 *  @param splines 0 for R alone: derivatives, basis and first are not read then
 *  @param tied whether one parameter is behind all Debye–Waller factors (CouplingByDebyeWaller then being the derivative by it)
 *  @param angles f64[AnglePlane.Size][angleCount], at least four of them
 *  @param scratch splineGradientScratch(sliceCount, splines) bytes, 16-byte aligned
 *  @param out f64[2 + splines + (tied ? 1 : splines)][angleCount]: R, ∂R/∂ln(thickness of all slices), ∂R/∂strain weights, ∂R/∂DW weights */
export function splineGradientFast(
  slices: usize,
  derivatives: usize,
  sliceCount: i32,
  basis: usize,
  first: usize,
  splines: i32,
  tied: bool,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
): Status {
  return run<f32>(
    slices,
    derivatives,
    sliceCount,
    basis,
    first,
    splines,
    tied,
    angles,
    angleCount,
    1e-4,
    scratch,
    out,
  );
}

/** The same, two angles a vector: R to 1e-5. */
export function splineGradientSimd(
  slices: usize,
  derivatives: usize,
  sliceCount: i32,
  basis: usize,
  first: usize,
  splines: i32,
  tied: bool,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
): Status {
  return run<f64>(
    slices,
    derivatives,
    sliceCount,
    basis,
    first,
    splines,
    tied,
    angles,
    angleCount,
    1e-9,
    scratch,
    out,
  );
}

/** Bytes of scratch that splineGradientFast and splineGradientSimd need. */
export function splineGradientScratch(sliceCount: i32, splines: i32): i32 {
  const groups = (sliceCount + GROUP - 1) / GROUP,
    ofGroups = groups * (<i32>GROUP_STATE + GROUP_NUMBERS * <i32>sizeof<f64>()),
    ofSlices = sliceCount * (<i32>STATE + 32 + NUMBERS * <i32>sizeof<f64>());
  return (VECTORS << 4) + 64 + ((splines + 3) << 4) + ofGroups + ofSlices;
}
