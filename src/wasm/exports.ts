/** What the WASM core exports, as TypeScript sees it. One line for each name of their index.ts; the contracts stand
 *  there. Addresses are bytes in linear memory; every kernel returns a Status. */

/** What every build exports. */
export interface AnyExports {
  readonly memory: WebAssembly.Memory;
  /** Layout.Version of the build; compared with that of the host at load. */
  layoutVersion(): number;
  /** 1 in the SIMD build, 0 in the scalar one. */
  hasSimd(): number;
  heapBase(): number;
}

/** Bytes that a kernel needs to work in, by its own word. */
export interface ScratchSizes {
  transferMatrixScratch(): number;
  transferMatrixFastScratch(sliceCount: number): number;
  transferMatrixSimdScratch(sliceCount: number, angleCount: number): number;
  transferMatrixBlocksScratch(sliceCount: number, nodeCount: number, angleCount: number): number;
  stackGradientScratch(elementCount: number, sequenceLength: number): number;
  stackGradientSimdScratch(elementCount: number, sequenceLength: number, columnCount: number): number;
  stackBlocksScratch(sequenceLength: number, nodeCount: number, angleCount: number): number;
  startScratch(): number;
  gradientScratch(sliceCount: number): number;
  splineGradientScratch(sliceCount: number, splines: number): number;
  weightsScratch(gridCount: number): number;
  tailsScratch(blocks: number): number;
  resolveScratch(gridCount: number, columnCount: number): number;
  resolveSampledScratch(count: number, reach: number): number;
  bsplineValuesScratch(): number;
  toCellsScratch(count: number): number;
  poissonScratch(): number;
}

/** assembly/physics/stack.ts. */
type StackKernel = (
  elements: number,
  elementCount: number,
  sequence: number,
  sequenceLength: number,
  angles: number,
  refraction: number,
  angleCount: number,
  firstEntries: number,
  entryColumns: number,
  entries: number,
  columnCount: number,
  scratch: number,
  amplitude: number,
  out: number,
) => number;

/** takagi.wasm: assembly/index.ts. */
export interface KernelExports extends AnyExports, ScratchSizes {
  prepareSlices(
    block: number,
    strain: number,
    debyeWaller: number,
    thickness: number,
    count: number,
    slices: number,
    derivatives: number,
  ): number;
  prepareAngles(block: number, theta: number, count: number, table: number): number;
  prepareRefraction(block: number, theta: number, count: number, out: number): number;
  stackGradient: StackKernel;
  stackGradientSimd: StackKernel;
  startEmpty(table: number, count: number): number;
  startSemiInfinite(block: number, source: number, table: number, count: number, scratch: number): number;
  transferMatrix(
    slices: number,
    sliceCount: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
  ): number;
  transferMatrixSimd(
    slices: number,
    sliceCount: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
  ): number;
  transferMatrixFast(
    slices: number,
    sliceCount: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
  ): number;
  transferMatrixBlocks(
    slices: number,
    sliceCount: number,
    blockLength: number,
    angles: number,
    angleCount: number,
    nodes: number,
    nodeCount: number,
    positions: number,
    scratch: number,
    out: number,
  ): number;
  stackBlocks(
    elements: number,
    sequence: number,
    sequenceLength: number,
    blockLength: number,
    angles: number,
    refraction: number,
    angleCount: number,
    nodes: number,
    nodeRefraction: number,
    nodeCount: number,
    positions: number,
    scratch: number,
    out: number,
  ): number;
  gradient(
    slices: number,
    derivatives: number,
    sliceCount: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
    byStrain: number,
    byDebyeWaller: number,
    byThickness: number,
  ): number;
  splineGradientFast(
    slices: number,
    derivatives: number,
    sliceCount: number,
    basis: number,
    first: number,
    splines: number,
    tied: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
  ): number;
  splineGradientSimd(
    slices: number,
    derivatives: number,
    sliceCount: number,
    basis: number,
    first: number,
    splines: number,
    tied: number,
    angles: number,
    angleCount: number,
    scratch: number,
    out: number,
  ): number;
  normalEquations(
    columns: number,
    columnCount: number,
    stride: number,
    points: number,
    weights: number,
    residuals: number,
    hessian: number,
    gradient: number,
  ): number;
  projectRows(
    rows: number,
    sliceCount: number,
    angleCount: number,
    basis: number,
    first: number,
    out: number,
  ): number;
  resolve(
    block: number,
    grid: number,
    gridCount: number,
    columns: number,
    columnCount: number,
    places: number,
    placeCount: number,
    out: number,
    byPlace: number,
    byWidth: number,
    scratch: number,
  ): number;
  resolutionWeights(
    block: number,
    grid: number,
    gridCount: number,
    places: number,
    placeCount: number,
    rows: number,
    weights: number,
    scratch: number,
  ): number;
  lorentzTails(
    curve: number,
    grid: number,
    starts: number,
    blockOf: number,
    blocks: number,
    places: number,
    rows: number,
    placeCount: number,
    quarter: number,
    out: number,
    scratch: number,
  ): number;
  mixWeights(
    planes: number,
    count: number,
    factors: number,
    rowCount: number,
    out: number,
    stride: number,
  ): number;
  applyBand(
    weights: number,
    rows: number,
    placeCount: number,
    columns: number,
    columnCount: number,
    gridCount: number,
    stride: number,
    out: number,
  ): number;
  resolveSampled(
    columns: number,
    columnCount: number,
    stride: number,
    count: number,
    taps: number,
    reach: number,
    scratch: number,
    out: number,
  ): number;
  bsplineBasis(zeta: number, count: number, intervals: number, basis: number, first: number): number;
  bsplineValues(
    weights: number,
    zeta: number,
    count: number,
    intervals: number,
    scratch: number,
    out: number,
  ): number;
  toAxis(
    strain: number,
    intensity: number,
    count: number,
    first: number,
    last: number,
    axisCount: number,
    out: number,
  ): number;
  toCells(
    strain: number,
    intensity: number,
    count: number,
    first: number,
    last: number,
    cellCount: number,
    scratch: number,
    out: number,
  ): number;
  poisson(
    mean: number,
    count: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    scratch: number,
    out: number,
  ): number;
}

/** takagi.data.wasm: assembly/dataset/index.ts. */
export interface DataExports extends AnyExports {
  bsplineBasis(zeta: number, count: number, intervals: number, basis: number, first: number): number;
  sampleScratch(): number;
  samples(
    reflection: number,
    preset: number,
    matrix: number,
    seedLow: number,
    seedHigh: number,
    first: number,
    count: number,
    judge: number,
    scratch: number,
    inputs: number,
    labels: number,
    scan: number,
  ): number;
  measuredScratch(): number;
  measuredSamples(
    preset: number,
    seedLow: number,
    seedHigh: number,
    first: number,
    count: number,
    judge: number,
    scratch: number,
    inputs: number,
    labels: number,
    extras: number,
    scan: number,
  ): number;
}
