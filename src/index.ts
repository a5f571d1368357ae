/** takagi: depth-resolved strain and disorder from X-ray diffraction, in any JavaScript runtime. The SDK without machine
 *  learning: nothing here reaches TensorFlow. */

export {
  type Alloy,
  alloyCrystal,
  alloyName,
  type AlloySystem,
  alloySystems,
  parseAlloy,
} from "./crystal/alloys.ts";
export {
  composition,
  type Composition,
  type CompositionOptions,
  epitaxialSurface,
  type EpitaxialSurface,
  type EpitaxyOptions,
  layerStrain,
  type LayerStrain,
} from "./crystal/epitaxy.ts";
export { parseCif } from "./crystal/cif.ts";
export { braggAngle, cellVolume, dSpacing, planeAngle } from "./crystal/lattice.ts";
export { material, materialNames, type MaterialOptions, materialSource } from "./crystal/materials.ts";
export { loadScatteringTable, type ScatteringTable } from "./crystal/scatteringFactors.ts";
export { reflection, type ReflectionOptions, structureFactor } from "./crystal/structureFactor.ts";
export {
  CifError,
  type ErrorCode,
  InvalidParameterError,
  KernelLoadError,
  KernelStatusError,
  NotFiniteError,
  ResultError,
  ScanFormatError,
  TakagiError,
  UnreachableReflectionError,
} from "./errors.ts";
export { networkInput, type NetworkInput, type NetworkInputOptions } from "./dataset/networkInput.ts";
export { measuredPreset } from "./dataset/measuredPreset.ts";
export type { PresetAxis, ReflectionConstants } from "./dataset/presetFields.ts";
export type { MeasuredPreset, PaperPreset, Preset, Range } from "./dataset/presets.ts";
export { physicalLabels } from "./dataset/scaling.ts";
export { rmsLog } from "./invert/answerParts.ts";
export { invert } from "./invert/invert.ts";
export { invertTogether, type ScanOfSample } from "./invert/together.ts";
export type { Effort, InvertOptions } from "./invert/options.ts";
export type { PredictorOptions, ProfilePredictor, ProfileProposal } from "./invert/predictor.ts";
export type { LayerGuess, LayerGuessGroup, LayersOption } from "./invert/layers/layerOptions.ts";
export type { FixedParameter } from "./invert/scanProblem.ts";
export { type CountUnit, countUnit, countUnitOf } from "./io/countUnit.ts";
export { type RadmaxCoefficients, radmaxCoefficients } from "./io/radmax.ts";
export { csv, csvField } from "./io/results.ts";
export { type ScanInput, validateScan } from "./io/scan.ts";
export type { Hdf5Attribute, Hdf5Dataset, Hdf5Files, Hdf5Group, Hdf5Library } from "./io/formats/hdf5.ts";
export type { CounterOptions } from "./io/formats/spec.ts";
export {
  chooseScan,
  type ChooseScanOptions,
  readScan,
  type ReadScanOptions,
  readScans,
  type ReadScansOptions,
} from "./io/read.ts";
export { parseScan, type ParseScanOptions } from "./io/xy.ts";
export { tiedDebyeWaller } from "./profile/disorder.ts";
export { pseudoVoigtProfile, type PseudoVoigtOptions } from "./profile/pseudoVoigt.ts";
export {
  onSubstrate,
  stackProfile,
  stackThickness,
  strainAgainst,
  strainOn,
  validateStack,
} from "./profile/stack.ts";
export { splineProfile, type SplineProfileOptions, type SplineShape } from "./profile/spline.ts";
export { type Axis, strainTicks, type Tick, ticks } from "./report/axis.ts";
export { curveFigure, type FigureOptions, profileFigure } from "./report/figures.ts";
export { curveCsv, layersCsv, profileCsv, resultJson, type ResultDetails } from "./report/files.ts";
export { type LayerRow, layerTable } from "./report/layerRows.ts";
export { percentOf, plain, superscript, type WrittenNumber } from "./report/numbers.ts";
export type { Row } from "./report/page.ts";
export { type Placed, type PlacedProfile, profilesFigure, waterfallFigure } from "./report/overlays.ts";
export { type NexusOptions, resultNexus } from "./report/nexus.ts";
export type { Hdf5OutputGroup, Hdf5OutputNode, Hdf5Writer } from "./report/nexusNodes.ts";
export { parseResult, type Result } from "./report/parseResult.ts";
export {
  type GivenSettings,
  type NetworkCard,
  type Provenance,
  provenance,
  type ProvenanceOptions,
  type Run,
  type Setting,
  type SettingSource,
  shellLine,
  type SourceFile,
} from "./report/provenance.ts";
export type { Quantity, QuantityName } from "./report/quantities.ts";
export { FAR_OUT, residualLimit, weightedResiduals } from "./report/residuals.ts";
export {
  layersFigure,
  seriesFigure,
  type SeriesLayer,
  type SeriesPoint,
  seriesPoint,
} from "./report/series.ts";
export { seriesCsv, type SeriesScan } from "./report/seriesCsv.ts";
export { report, type ReportOptions } from "./report/report.ts";
export { strainedDepth } from "./profile/sampled.ts";
export { type Summary, summary } from "./report/summary.ts";
export {
  createSimulator,
  type EqualSlices,
  type Kernel,
  type PhysicsOptions,
  type SimulateOptions,
  type Simulator,
  type StackOptions,
} from "./simulate/simulator.ts";
export type {
  Atom,
  Band,
  Cell,
  Complex,
  Crystal,
  Curve,
  Deviation,
  Diffuse,
  Estimate,
  FileScan,
  FitParameters,
  FoundLayer,
  FoundPeriod,
  FoundStack,
  Geometry,
  Hkl,
  Instrument,
  InvertedScan,
  Inversion,
  JointSolution,
  Layer,
  LayerGroup,
  Polarisation,
  PosteriorDraw,
  Profile,
  Progress,
  Reflection,
  Resolution,
  ResolutionShape,
  Sample,
  Scan,
  ScanAxis,
  ScanConditions,
  ScanFile,
  ScanFormat,
  Solution,
  SolutionScan,
  SpectralLine,
  Stack,
  StructureFactor,
  Verdict,
} from "./types.ts";
export { type KernelOrigin, machineHasSimd } from "./wasm/load.ts";
export type { KernelBinary } from "./wasm/source.ts";
export { secondLine, WAVELENGTHS } from "./units.ts";
export { CITATION, VERSION } from "./version.ts";
