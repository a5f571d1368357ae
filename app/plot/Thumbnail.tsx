/** A small picture of curves: one look, no axes to read. */

export interface Line {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly className: string;
}

export interface ThumbnailProps {
  readonly lines: readonly Line[];
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly label: string;
  readonly isLog?: boolean;
}

const WIDTH = 200,
  HEIGHT = 90,
  PAD = 4;

export function Thumbnail({ lines, x, y, label, isLog = false }: ThumbnailProps) {
  const on = (value: number): number => (isLog ? Math.log10(Math.max(value, y[0])) : value);
  const [bottom, top] = [on(y[0]), on(y[1])];
  const toX = (value: number): number => (WIDTH * (value - x[0])) / (x[1] - x[0] || 1);
  const toY = (value: number): number =>
    HEIGHT - PAD - ((HEIGHT - 2 * PAD) * (on(value) - bottom)) / (top - bottom || 1);
  const path = (line: Line): string => {
    const points: string[] = [];
    const step = Math.max(1, Math.floor(line.x.length / WIDTH));
    for (let i = 0; i < line.x.length; i += step)
      points.push(`${toX(line.x[i]!).toFixed(1)} ${toY(line.y[i]!).toFixed(1)}`);
    return points.length === 0 ? "" : `M${points.join("L")}`;
  };
  return (
    <svg
      class="thumbnail"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {!isLog && y[0] < 0 && y[1] > 0 && <path class="zero" d={`M0 ${toY(0).toFixed(1)}H${WIDTH}`} />}
      {lines.map((line) => (
        <path key={line.className} class={line.className} d={path(line)} />
      ))}
    </svg>
  );
}
