/** What is drawn on a chart besides its series. */
import type uPlot from "uplot";

/** Fills a range of x over the whole height. */
export function shade(chart: uPlot, [from, to]: readonly [from: number, to: number], colour: string): void {
  const { ctx, bbox } = chart;
  const left = Math.max(chart.valToPos(from, "x", true), bbox.left),
    right = Math.min(chart.valToPos(to, "x", true), bbox.left + bbox.width);
  if (!(right > left)) return;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

/** Short strokes on the lower edge: points that a logarithmic axis cannot show. */
export function strokes(chart: uPlot, x: ArrayLike<number>, colour: string): void {
  const { ctx, bbox } = chart;
  const size = 6 * devicePixelRatio,
    bottom = bbox.top + bbox.height;
  inside(chart, () => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    for (let i = 0; i < x.length; i++) {
      const at = Math.round(chart.valToPos(x[i]!, "x", true)) + 0.5;
      ctx.moveTo(at, bottom);
      ctx.lineTo(at, bottom - size);
    }
    ctx.stroke();
  });
}

interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** Curves on one x each, thin and light. */
export function threads(chart: uPlot, curves: readonly Curve[], colour: string): void {
  strokeAll(chart, curves, { colour, width: 0.8 });
}

/** A curve in dashes: what was, beside what is. */
export function dashed(chart: uPlot, curve: Curve, colour: string): void {
  strokeAll(chart, [curve], { colour, width: 1.4, dash: [5, 4] });
}

/** Widths and dashes in pixels of the page. */
function strokeAll(
  chart: uPlot,
  curves: readonly Curve[],
  { colour, width, dash = [] }: { colour: string; width: number; dash?: readonly number[] },
): void {
  const { ctx } = chart;
  inside(chart, () => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
    for (const { x, y } of curves) {
      ctx.beginPath();
      for (let i = 0; i < x.length; i++)
        ctx.lineTo(chart.valToPos(x[i]!, "x", true), chart.valToPos(y[i]!, "y", true));
      ctx.stroke();
    }
  });
}

/** Points as dots, whose outline is kept: while a curve over them is dragged they stay where they are. */
export class Dots {
  #key: readonly unknown[] = [];
  #path = new Path2D();

  /** @param points y is null where there is none; arrays are known by their identity
   *  @param size diameter in pixels of the page */
  draw(
    chart: uPlot,
    points: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number | null> },
    { size, colour }: { readonly size: number; readonly colour: string },
  ): void {
    const {
      ctx,
      bbox,
      scales: { x, y },
    } = chart;
    const key = [
      points.x,
      points.y,
      size,
      devicePixelRatio,
      bbox.left,
      bbox.top,
      bbox.width,
      bbox.height,
      x!.min,
      x!.max,
      y!.min,
      y!.max,
    ];
    if (key.some((value, i) => value !== this.#key[i])) {
      this.#key = key;
      this.#path = outline(chart, points, (size * devicePixelRatio) / 2);
    }
    inside(chart, () => {
      ctx.fillStyle = colour;
      ctx.fill(this.#path);
    });
  }
}

function outline(
  chart: uPlot,
  { x, y }: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number | null> },
  radius: number,
): Path2D {
  const path = new Path2D();
  for (let i = 0; i < x.length; i++) {
    const value = y[i];
    if (value === null || value === undefined) continue;
    const atX = chart.valToPos(x[i]!, "x", true),
      atY = chart.valToPos(value, "y", true);
    path.moveTo(atX + radius, atY);
    path.arc(atX, atY, radius, 0, 2 * Math.PI);
  }
  return path;
}

/** A dashed line with a name at its top. */
export function verticalLine(chart: uPlot, x: number, colour: string, name: string): void {
  const { ctx, bbox } = chart;
  const at = Math.round(chart.valToPos(x, "x", true)) + 0.5;
  if (at < bbox.left || at > bbox.left + bbox.width) return;
  inside(chart, () => {
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `${11 * devicePixelRatio}px sans-serif`;
    const isRight = at > bbox.left + 0.8 * bbox.width;
    ctx.textAlign = isRight ? "right" : "left";
    ctx.textBaseline = "top";
    ctx.fillText(name, at + (isRight ? -5 : 5) * devicePixelRatio, bbox.top + 5 * devicePixelRatio);
  });
}

/** A thin line at y = 0. */
export function zeroLine(chart: uPlot, colour: string): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(0, "y", true)) + 0.5;
  inside(chart, () => {
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  });
}

/** Fills between two curves over x. */
export function band(
  chart: uPlot,
  x: ArrayLike<number>,
  {
    lower,
    upper,
    colour,
  }: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number>; readonly colour: string },
): void {
  const { ctx } = chart;
  inside(chart, () => {
    ctx.fillStyle = colour;
    ctx.beginPath();
    for (let i = 0; i < x.length; i++)
      ctx.lineTo(chart.valToPos(x[i]!, "x", true), chart.valToPos(upper[i]!, "y", true));
    for (let i = x.length - 1; i >= 0; i--)
      ctx.lineTo(chart.valToPos(x[i]!, "x", true), chart.valToPos(lower[i]!, "y", true));
    ctx.fill();
  });
}

/** Draws cut at the frame. */
function inside(chart: uPlot, draw: () => void): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}
