/** What a sample of protocol "measured" says of itself: labels, and the extras that a network is given beside the curve. */
import { Measured, MeasuredExtra, MeasuredLabel, MeasuredSlot } from "../layout";
import { slot } from "./draws";
import { Drawn, get, tangentOf } from "./measuredDraws";

const LOG10: f64 = 0.4342944819032518;

// @ts-ignore: decorator
@inline function put(to: usize, index: i32, value: f64): void {
  store<f32>(to + ((<usize>index) << 2), <f32>value);
}

/** @param label f32[MeasuredLabel.Size] */
export function writeLabels(preset: usize, drawn: usize, strain: usize, disorder: usize, label: usize): void {
  for (let k = 0; k < Measured.Weights; k++) {
    put(label, MeasuredLabel.Weight + k, 100 * get(strain + 24, k));
    put(label, MeasuredLabel.DebyeWaller + k, get(disorder + 24, k));
  }
  const tangent = tangentOf(drawn),
    dynamicRange = get(drawn, Drawn.LogScale) - get(drawn, Drawn.LogBackground);
  const widthUnit = slot(preset, MeasuredSlot.WidthUnit);
  put(label, MeasuredLabel.Thickness, get(drawn, Drawn.Planes) * slot(preset, MeasuredSlot.ThicknessUnit));
  put(label, MeasuredLabel.Fwhm, (get(drawn, Drawn.Fwhm) / tangent) * widthUnit);
  put(label, MeasuredLabel.DynamicRange, dynamicRange);
  put(label, MeasuredLabel.LorentzFraction, get(drawn, Drawn.Lorentz));
  put(label, MeasuredLabel.Offset, (get(drawn, Drawn.Offset) / tangent) * widthUnit);
}

/** @param extra f32[Extras] */
export function writeExtras(preset: usize, drawn: usize, extra: usize): void {
  const sine = get(drawn, Drawn.Sine),
    tangent = tangentOf(drawn),
    peak = get(drawn, Drawn.Peak),
    step = get(drawn, Drawn.Step);
  const piWeight = get(drawn, Drawn.PiWeight),
    piFactor = get(drawn, Drawn.PiFactor);
  const extraCount = <i32>slot(preset, MeasuredSlot.Extras),
    khr = get(drawn, Drawn.KhRe),
    khi = get(drawn, Drawn.KhIm),
    size = Math.sqrt(khr * khr + khi * khi);
  // The scan's ends as a user sees them, with the offset that remains.
  const first = get(drawn, Drawn.Start) + get(drawn, Drawn.Offset),
    final = first + step * (get(drawn, Drawn.Points) - 1);
  put(extra, MeasuredExtra.Tension, LOG10 * Math.log(100 * ((sine * peak) / Math.sin(first) - 1)));
  put(extra, MeasuredExtra.Compression, LOG10 * Math.log(100 * (1 - (sine * peak) / Math.sin(final))));
  put(extra, MeasuredExtra.Step, LOG10 * Math.log((100 * step) / tangent) + 2);
  put(
    extra,
    MeasuredExtra.Polarisation,
    (1 - piWeight + piWeight * piFactor * piFactor) / (1 - piWeight + piWeight * piFactor),
  );
  if (extraCount > MeasuredExtra.Coupling) {
    put(extra, MeasuredExtra.Coupling, LOG10 * Math.log(size) + 5);
    put(extra, MeasuredExtra.Absorption, LOG10 * Math.log(max(get(drawn, Drawn.K0Im) / size, 1e-4)) + 1);
    put(extra, MeasuredExtra.Phase, khi / size);
    put(extra, MeasuredExtra.Sine, sine);
  }
}
