/** The recursion of transferMatrix.ts, two angles a vector (f64×2), for any slices.
 *
 *  The elements are expanded to second order in K, which slices of K ≤ 2e-3 keep below 1e-7 in log10 R:
 *
 *      M11 = e^{−iA} + κ(s − iq)   M22 = e^{iA} + κ(s + iq)   S = s + κq/A      κ = K²/2
 *      s = sin A / A,  q = (s − cos A)/A = −ds/dA
 *
 *  s, q are taken at Re A; Im A (absorption within a slice) enters e^{±iA} in full and s to second order, s − i·Im A·q + (Im A)²q′/2 with q′ = (sin A − 2q)/A.
 *  Matrices are scaled by e^{−Im A}, which P/Q does not see, so that M11 is a pure phase to first order.
 *
 *  A block of slices diffracts slowly with the angle: its matrix is that of a crystal as thin as the block. So it is
 *  computed at few angles (nodes) and interpolated to all others, the fast phases e^{∓iA} taken off the diagonal and
 *  put back exactly:
 *
 *      M = D·[[d11, n12], [n21, d22]]·D,   D = diag(e^{−iΦ/2}, e^{iΦ/2}),   Φ = Re ΣA over the block
 *
 *        slices  ────────────┬──────────── … ────   N            Lagrange polynomials through TAPS nodes, error of n12
 *        blocks   node matrices → interpolate        N/blockLength    ≈ 1e-3·(phase of the block per node step)^TAPS
 */
import { AnglePlane, ElementSlot, SliceSlot } from "../layout";
import {
  add,
  cosinePolynomial,
  mul,
  quadrant,
  quarters,
  reduce,
  sinePolynomial,
  splat,
  sub,
} from "../math/simd";
import { Status } from "../status";

/** Bytes of scratch for each slice: offset (re, im), coupling, its square, slope. */
const RECORD: usize = 40;
/** The same for a piece of a stack of several crystals: offset (re, im), K_out/g (re, im), slope, refraction (re, im),
 *  K_in/g (re, im), half their product (re, im). */
const PIECE_RECORD: usize = 88;
/** Bytes of a node's matrix: d11, n12, n21, d22 (re, im each). */
const MATRIX: usize = 64;
const TAPS = 8;
/** Bytes of an angle's state: weights of the taps, address of the first node, P and Q. */
const ANGLE: usize = 112;

function writeRecords(slices: usize, sliceCount: i32, records: usize): void {
  for (let n = 0; n < sliceCount; n++) {
    const from = slices + <usize>n * (SliceSlot.Size << 3),
      to = records + <usize>n * RECORD,
      k = load<f64>(from, 24);
    store<f64>(to, load<f64>(from, 8), 0);
    store<f64>(to, load<f64>(from, 16), 8);
    store<f64>(to, k, 16);
    store<f64>(to, k * k, 24);
    store<f64>(to, load<f64>(from), 32);
  }
}

/** T is i32 for slices of one crystal, f64 for pieces of several: one source, two kernels. */
// @ts-ignore: decorator
@inline function recordSize<T>(): usize {
  return isFloat<T>() ? PIECE_RECORD : RECORD;
}

function writePieces(elements: usize, sequence: usize, sequenceLength: i32, records: usize): void {
  for (let n = 0; n < sequenceLength; n++) {
    const from = elements + <usize>load<i32>(sequence + ((<usize>n) << 2)) * (ElementSlot.Size << 3),
      to = records + <usize>n * PIECE_RECORD;
    const or = load<f64>(from, ElementSlot.OutRe << 3),
      oi = load<f64>(from, ElementSlot.OutIm << 3),
      ir = load<f64>(from, ElementSlot.InRe << 3),
      ii = load<f64>(from, ElementSlot.InIm << 3);
    store<f64>(to, load<f64>(from, ElementSlot.OffsetRe << 3), 0);
    store<f64>(to, load<f64>(from, ElementSlot.OffsetIm << 3), 8);
    store<f64>(to, or, 16);
    store<f64>(to, oi, 24);
    store<f64>(to, load<f64>(from, ElementSlot.Slope << 3), 32);
    store<f64>(to, load<f64>(from, ElementSlot.RefractionRe << 3), 40);
    store<f64>(to, load<f64>(from, ElementSlot.RefractionIm << 3), 48);
    store<f64>(to, ir, 56);
    store<f64>(to, ii, 64);
    store<f64>(to, 0.5 * (or * ir - oi * ii), 72);
    store<f64>(to, 0.5 * (or * ii + oi * ir), 80);
  }
}

/** Matrices of the block records … end at each angle (angleCount even): f64[angleCount][MATRIX/8].
 *  @param refraction of each angle; for pieces of several crystals only */
function blockMatrices<T>(
  records: usize,
  end: usize,
  angles: usize,
  refraction: usize,
  angleCount: i32,
  out: usize,
): void {
  const plane = (<usize>angleCount) << 3;
  for (let j = 0; j < angleCount; j += 2) {
    const angle = angles + ((<usize>j) << 3);
    let ar = splat(1),
      ai = splat(0),
      br = splat(0),
      bi = splat(0); // P of the columns (1, 0) and (0, 1)
    let cr = splat(0),
      ci = splat(0),
      dr = splat(1),
      di = splat(0); // Q
    let phase = splat(0);
    for (let record = records; record < end; record += recordSize<T>()) {
      const slope = v128.load64_splat(record, 32);
      let A = add(mul(v128.load(angle), slope), v128.load64_splat(record));
      let aI = add(mul(v128.load(angle + plane), slope), v128.load64_splat(record, 8));
      if (isFloat<T>()) {
        const w = v128.load(refraction + ((<usize>j) << 3));
        A = sub(A, mul(w, v128.load64_splat(record, 40)));
        aI = sub(aI, mul(w, v128.load64_splat(record, 48)));
      }
      phase = add(phase, A);
      const turns = quarters(A),
        y = reduce(A, turns),
        z = mul(y, y);
      const sine = sinePolynomial(y, z),
        cosine = cosinePolynomial(z);
      const sn = quadrant(sine, cosine, turns),
        c = quadrant(sine, cosine, i64x2.add(turns, i64x2.splat(1)));
      // e^{−Im A} by its series: |Im A| ≤ 2e-3.
      const decay = sub(splat(1), sub(aI, mul(mul(aI, aI), sub(splat(0.5), mul(aI, splat(1.0 / 6))))));
      const m = mul(decay, decay),
        A2 = mul(A, A),
        inverse = f64x2.div(A, add(A2, splat(1e-14)));
      const s = v128.bitselect(
        sub(splat(1), mul(A2, splat(1.0 / 6))),
        mul(sn, inverse),
        f64x2.lt(A2, splat(1e-4)),
      );
      const q = mul(sub(s, c), inverse),
        w = mul(q, inverse);
      const gr = v128.load(angle + plane * AnglePlane.GRe),
        gi = v128.load(angle + plane * AnglePlane.GIm);
      const g2r = sub(mul(gr, gr), mul(gi, gi)),
        g2i = mul(splat(2), mul(gr, gi));
      let kappaR: v128, kappaI: v128, kr: v128, ki: v128;
      let lr = splat(0),
        li = splat(0);
      if (isFloat<T>()) {
        const hr = v128.load64_splat(record, 72),
          hi = v128.load64_splat(record, 80),
          or = mul(v128.load64_splat(record, 16), decay),
          oi = mul(v128.load64_splat(record, 24), decay),
          ir = mul(v128.load64_splat(record, 56), decay),
          ii = mul(v128.load64_splat(record, 64), decay);
        kappaR = sub(mul(hr, g2r), mul(hi, g2i));
        kappaI = add(mul(hr, g2i), mul(hi, g2r));
        kr = sub(mul(or, gr), mul(oi, gi));
        ki = add(mul(or, gi), mul(oi, gr));
        lr = sub(mul(ir, gr), mul(ii, gi));
        li = add(mul(ir, gi), mul(ii, gr));
      } else {
        const k = mul(v128.load64_splat(record, 16), decay),
          half = mul(v128.load64_splat(record, 24), splat(0.5));
        kappaR = mul(half, g2r);
        kappaI = mul(half, g2i);
        kr = mul(k, gr);
        ki = mul(k, gi);
      }
      const q1 = mul(sub(sn, add(q, q)), inverse);
      const tr = add(add(s, mul(kappaR, w)), mul(mul(splat(0.5), mul(aI, aI)), q1)),
        ti = sub(mul(kappaI, w), mul(aI, q));
      const ur = sub(mul(kr, tr), mul(ki, ti)),
        ui = add(mul(kr, ti), mul(ki, tr));
      // K_in takes the place of K in what goes back.
      const vr = isFloat<T>() ? sub(mul(lr, tr), mul(li, ti)) : ur,
        vi = isFloat<T>() ? add(mul(lr, ti), mul(li, tr)) : ui;
      const rs = mul(kappaR, s),
        is = mul(kappaI, s),
        rq = mul(kappaR, q),
        iq = mul(kappaI, q);
      const m11r = add(c, add(rs, iq)),
        m11i = sub(sub(is, rq), sn);
      const m22r = add(mul(c, m), sub(rs, iq)),
        m22i = add(mul(sn, m), add(is, rq));
      // (P,Q) ← [[m11, iu], [−iv, m22]]·(P,Q), both columns.
      const n0 = sub(sub(mul(m11r, ar), mul(m11i, ai)), add(mul(ur, ci), mul(ui, cr)));
      const n1 = add(add(mul(m11r, ai), mul(m11i, ar)), sub(mul(ur, cr), mul(ui, ci)));
      const n2 = add(sub(mul(m22r, cr), mul(m22i, ci)), add(mul(vr, ai), mul(vi, ar)));
      const n3 = sub(add(mul(m22r, ci), mul(m22i, cr)), sub(mul(vr, ar), mul(vi, ai)));
      const n4 = sub(sub(mul(m11r, br), mul(m11i, bi)), add(mul(ur, di), mul(ui, dr)));
      const n5 = add(add(mul(m11r, bi), mul(m11i, br)), sub(mul(ur, dr), mul(ui, di)));
      const n6 = add(sub(mul(m22r, dr), mul(m22i, di)), add(mul(vr, bi), mul(vi, br)));
      const n7 = sub(add(mul(m22r, di), mul(m22i, dr)), sub(mul(vr, br), mul(vi, bi)));
      ar = n0;
      ai = n1;
      cr = n2;
      ci = n3;
      br = n4;
      bi = n5;
      dr = n6;
      di = n7;
    }
    const turns = quarters(phase),
      y = reduce(phase, turns),
      z = mul(y, y);
    const sine = sinePolynomial(y, z),
      cosine = cosinePolynomial(z);
    const sn = quadrant(sine, cosine, turns),
      c = quadrant(sine, cosine, i64x2.add(turns, i64x2.splat(1)));
    const to = out + <usize>j * MATRIX;
    pair(to, 0, sub(mul(ar, c), mul(ai, sn)));
    pair(to, 8, add(mul(ar, sn), mul(ai, c)));
    pair(to, 16, br);
    pair(to, 24, bi);
    pair(to, 32, cr);
    pair(to, 40, ci);
    pair(to, 48, add(mul(dr, c), mul(di, sn)));
    pair(to, 56, sub(mul(di, c), mul(dr, sn)));
  }
}

// @ts-ignore: decorator
@inline function pair(matrix: usize, slot: usize, value: v128): void {
  store<f64>(matrix + slot, f64x2.extract_lane(value, 0));
  store<f64>(matrix + slot + MATRIX, f64x2.extract_lane(value, 1));
}

/** As transferMatrix: every angle a node of its own, one block.
 *  @param angleCount even
 *  @param scratch transferMatrixSimdScratch(sliceCount, angleCount) bytes, 16-byte aligned, as `angles` and `out` */
export function transferMatrixSimd(
  slices: usize,
  sliceCount: i32,
  angles: usize,
  angleCount: i32,
  scratch: usize,
  out: usize,
): Status {
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (sliceCount < 0 || angleCount < 2 || angleCount & 1) return Status.BadCount;
  const plane = (<usize>angleCount) << 3,
    matrices = (scratch + <usize>sliceCount * RECORD + 15) & ~15;
  writeRecords(slices, sliceCount, scratch);
  blockMatrices<i32>(scratch, scratch + <usize>sliceCount * RECORD, angles, 0, angleCount, matrices);
  for (let j = 0; j < angleCount; j++) {
    // The turns D do not change the moduli of P and Q but stand between the block and its start: e^{iΦ} on Q.
    const angle = angles + ((<usize>j) << 3),
      m = matrices + <usize>j * MATRIX;
    let phase: f64 = 0;
    for (let n = 0; n < sliceCount; n++)
      phase +=
        load<f64>(scratch + <usize>n * RECORD, 32) * load<f64>(angle) +
        load<f64>(scratch + <usize>n * RECORD);
    const pr = load<f64>(angle + plane * AnglePlane.StartRe),
      pi = load<f64>(angle + plane * AnglePlane.StartIm);
    Math.sincos(phase);
    const qr = Math.sincos_cos,
      qi = Math.sincos_sin;
    const nr = load<f64>(m) * pr - load<f64>(m, 8) * pi + load<f64>(m, 16) * qr - load<f64>(m, 24) * qi;
    const ni = load<f64>(m) * pi + load<f64>(m, 8) * pr + load<f64>(m, 16) * qi + load<f64>(m, 24) * qr;
    const dr = load<f64>(m, 32) * pr - load<f64>(m, 40) * pi + load<f64>(m, 48) * qr - load<f64>(m, 56) * qi;
    const di = load<f64>(m, 32) * pi + load<f64>(m, 40) * pr + load<f64>(m, 48) * qi + load<f64>(m, 56) * qr;
    store<f64>(out + ((<usize>j) << 3), (nr * nr + ni * ni) / (dr * dr + di * di));
  }
  return Status.Ok;
}

/** Weight of the tap at `index` for a point at `x` of the nodes 0 … TAPS − 1. */
function lagrange(index: i32, x: f64): f64 {
  let weight: f64 = 1;
  for (let i = 0; i < TAPS; i++) if (i != index) weight *= (x - <f64>i) / (<f64>index - <f64>i);
  return weight;
}

/** Interpolates matrix element `slot` (re, im) of two angles and returns re or im of both. */
// @ts-ignore: decorator
@inline function interpolate(state: usize, slot: usize): v128 {
  const first = load<usize>(state, 64) + slot;
  let sum = mul(v128.load64_splat(state), v128.load(first));
  sum = add(sum, mul(v128.load64_splat(state, 8), v128.load(first, 64)));
  sum = add(sum, mul(v128.load64_splat(state, 16), v128.load(first, 128)));
  sum = add(sum, mul(v128.load64_splat(state, 24), v128.load(first, 192)));
  sum = add(sum, mul(v128.load64_splat(state, 32), v128.load(first, 256)));
  sum = add(sum, mul(v128.load64_splat(state, 40), v128.load(first, 320)));
  sum = add(sum, mul(v128.load64_splat(state, 48), v128.load(first, 384)));
  return add(sum, mul(v128.load64_splat(state, 56), v128.load(first, 448)));
}

// @ts-ignore: decorator
@inline function low(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2);
}
// @ts-ignore: decorator
@inline function high(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3);
}

/** All angles through all blocks; the records stand in the scratch. */
// @ts-ignore: decorator
@inline function throughBlocks<T>(
  sliceCount: i32,
  blockLength: i32,
  angles: usize,
  angleRefraction: usize,
  angleCount: i32,
  nodes: usize,
  nodeRefraction: usize,
  nodeCount: i32,
  positions: usize,
  scratch: usize,
  out: usize,
): Status {
  const plane = (<usize>angleCount) << 3;
  const matrices = (scratch + <usize>sliceCount * recordSize<T>() + 15) & ~15,
    states = matrices + <usize>nodeCount * MATRIX;
  const statesEnd = states + <usize>angleCount * ANGLE;
  for (let j = 0; j < angleCount; j++) {
    const state = states + <usize>j * ANGLE,
      position = load<f64>(positions + ((<usize>j) << 3));
    const first = Math.floor(position) - (TAPS / 2 - 1);
    if (!(first >= 0 && first + TAPS <= <f64>nodeCount)) return Status.BadParameter;
    for (let i = 0; i < TAPS; i++) store<f64>(state + ((<usize>i) << 3), lagrange(i, position - first));
    store<usize>(state, matrices + <usize>first * MATRIX, 64);
  }
  for (let j = 0; j < angleCount; j += 2) {
    // P, Q of two angles stand in the first one's state.
    const state = states + <usize>j * ANGLE,
      angle = angles + ((<usize>j) << 3);
    v128.store(state, v128.load(angle + plane * AnglePlane.StartRe), 80);
    v128.store(state, v128.load(angle + plane * AnglePlane.StartIm), 96);
    v128.store(state + ANGLE, splat(1), 80);
    v128.store(state + ANGLE, splat(0), 96);
  }
  let slopeBefore: f64 = 0,
    offsetBefore: f64 = 0,
    refractionBefore: f64 = 0;
  for (let n = 0; n < sliceCount; n += blockLength) {
    const from = scratch + <usize>n * recordSize<T>(),
      end = scratch + <usize>min(n + blockLength, sliceCount) * recordSize<T>();
    let slope: f64 = 0,
      offset: f64 = 0,
      refraction: f64 = 0;
    for (let record = from; record < end; record += recordSize<T>()) {
      offset += load<f64>(record);
      slope += load<f64>(record, 32);
      if (isFloat<T>()) refraction += load<f64>(record, 40);
    }
    blockMatrices<T>(from, end, nodes, nodeRefraction, nodeCount, matrices);
    // From the middle of the block before to the middle of this one.
    const turnSlope = splat(slopeBefore + slope),
      turnOffset = splat(offsetBefore + offset),
      turnRefraction = splat(refractionBefore + refraction);
    slopeBefore = slope;
    offsetBefore = offset;
    refractionBefore = refraction;
    for (let state = states, angle = angles; state < statesEnd; state += 2 * ANGLE, angle += 16) {
      let phase = add(mul(v128.load(angle), turnSlope), turnOffset);
      if (isFloat<T>())
        phase = sub(phase, mul(v128.load(angleRefraction + (angle - angles)), turnRefraction));
      const turns = quarters(phase),
        y = reduce(phase, turns),
        z = mul(y, y);
      const sine = sinePolynomial(y, z),
        cosine = cosinePolynomial(z);
      const sn = quadrant(sine, cosine, turns),
        c = quadrant(sine, cosine, i64x2.add(turns, i64x2.splat(1)));
      const pr = v128.load(state, 80),
        pi = v128.load(state, 96),
        tr = v128.load(state + ANGLE, 80),
        ti = v128.load(state + ANGLE, 96);
      const qr = sub(mul(c, tr), mul(sn, ti)),
        qi = add(mul(c, ti), mul(sn, tr));
      let a = interpolate(state, 0),
        b = interpolate(state + ANGLE, 0),
        re = low(a, b),
        im = high(a, b);
      let nr = sub(mul(re, pr), mul(im, pi)),
        ni = add(mul(re, pi), mul(im, pr));
      a = interpolate(state, 16);
      b = interpolate(state + ANGLE, 16);
      re = low(a, b);
      im = high(a, b);
      nr = add(nr, sub(mul(re, qr), mul(im, qi)));
      ni = add(ni, add(mul(re, qi), mul(im, qr)));
      a = interpolate(state, 32);
      b = interpolate(state + ANGLE, 32);
      re = low(a, b);
      im = high(a, b);
      let dr = sub(mul(re, pr), mul(im, pi)),
        di = add(mul(re, pi), mul(im, pr));
      a = interpolate(state, 48);
      b = interpolate(state + ANGLE, 48);
      re = low(a, b);
      im = high(a, b);
      dr = add(dr, sub(mul(re, qr), mul(im, qi)));
      di = add(di, add(mul(re, qi), mul(im, qr)));
      v128.store(state, nr, 80);
      v128.store(state, ni, 96);
      v128.store(state + ANGLE, dr, 80);
      v128.store(state + ANGLE, di, 96);
    }
  }
  for (let j = 0; j < angleCount; j += 2) {
    const state = states + <usize>j * ANGLE;
    const pr = v128.load(state, 80),
      pi = v128.load(state, 96),
      qr = v128.load(state + ANGLE, 80),
      qi = v128.load(state + ANGLE, 96);
    v128.store(
      out + ((<usize>j) << 3),
      f64x2.div(add(mul(pr, pr), mul(pi, pi)), add(mul(qr, qr), mul(qi, qi))),
    );
  }
  return Status.Ok;
}

/** As transferMatrix, through blocks of `blockLength` slices interpolated between nodes.
 *  @param angleCount even
 *  @param nodes f64[AnglePlane.Size][nodeCount], node angles evenly spaced in θ; starts are not read
 *  @param nodeCount even, ≥ TAPS
 *  @param positions f64[angleCount], each angle in units of the node spacing from the first node,
 *         within [TAPS/2 − 1, nodeCount − TAPS/2]
 *  @param scratch transferMatrixBlocksScratch(sliceCount, nodeCount, angleCount) bytes, 16-byte aligned */
export function transferMatrixBlocks(
  slices: usize,
  sliceCount: i32,
  blockLength: i32,
  angles: usize,
  angleCount: i32,
  nodes: usize,
  nodeCount: i32,
  positions: usize,
  scratch: usize,
  out: usize,
): Status {
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (
    sliceCount < 1 ||
    blockLength < 1 ||
    angleCount < 2 ||
    angleCount & 1 ||
    nodeCount < TAPS ||
    nodeCount & 1
  )
    return Status.BadCount;
  writeRecords(slices, sliceCount, scratch);
  return throughBlocks<i32>(
    sliceCount,
    blockLength,
    angles,
    0,
    angleCount,
    nodes,
    0,
    nodeCount,
    positions,
    scratch,
    out,
  );
}

/** The same for a stack of several crystals: pieces of |K| ≤ 2e-3 and |Im A| ≤ 2e-3, in the order of the sequence.
 *  @param elements f64[…][ElementSlot.Size]
 *  @param sequence i32[sequenceLength], from below
 *  @param refraction f64[angleCount] of prepareRefraction, as nodeRefraction at the nodes
 *  @param scratch stackBlocksScratch(sequenceLength, nodeCount, angleCount) bytes, 16-byte aligned */
export function stackBlocks(
  elements: usize,
  sequence: usize,
  sequenceLength: i32,
  blockLength: i32,
  angles: usize,
  refraction: usize,
  angleCount: i32,
  nodes: usize,
  nodeRefraction: usize,
  nodeCount: i32,
  positions: usize,
  scratch: usize,
  out: usize,
): Status {
  if (!ASC_FEATURE_SIMD) return Status.BadParameter;
  if (
    sequenceLength < 1 ||
    blockLength < 1 ||
    angleCount < 2 ||
    angleCount & 1 ||
    nodeCount < TAPS ||
    nodeCount & 1
  )
    return Status.BadCount;
  writePieces(elements, sequence, sequenceLength, scratch);
  return throughBlocks<f64>(
    sequenceLength,
    blockLength,
    angles,
    refraction,
    angleCount,
    nodes,
    nodeRefraction,
    nodeCount,
    positions,
    scratch,
    out,
  );
}

/** Bytes of scratch that transferMatrixSimd needs. */
export function transferMatrixSimdScratch(sliceCount: i32, angleCount: i32): i32 {
  return sliceCount * <i32>RECORD + 15 + angleCount * <i32>MATRIX;
}

/** Bytes of scratch that transferMatrixBlocks needs. */
export function transferMatrixBlocksScratch(sliceCount: i32, nodeCount: i32, angleCount: i32): i32 {
  return transferMatrixSimdScratch(sliceCount, nodeCount) + angleCount * <i32>ANGLE;
}

/** Bytes of scratch that stackBlocks needs. */
export function stackBlocksScratch(sequenceLength: i32, nodeCount: i32, angleCount: i32): i32 {
  return sequenceLength * <i32>PIECE_RECORD + 15 + nodeCount * <i32>MATRIX + angleCount * <i32>ANGLE;
}
