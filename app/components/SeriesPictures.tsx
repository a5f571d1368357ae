/** A series as pictures: profiles over each other, scans above each other, every quantity and layer against the variable. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { layersFigure, profilesFigure, seriesFigure, waterfallFigure } from "takagi";
import type { Series } from "../series.ts";
import { png } from "../state/exports.ts";
import { saving } from "./pick.ts";

interface View {
  readonly id: string;
  readonly words: string;
  /** What those are told who do not see it. */
  readonly about: string;
  readonly draw: (width: number) => string;
}

/** Pictures that the series has: lines of two scans at least. */
function viewsOf({ label, scans, answered }: Series): View[] {
  const of = `of ${answered.length} scans`,
    points = answered.map(({ point }) => point),
    profiles = answered.map(({ point: { x }, answer: { profile, stack } }) => ({
      x,
      what: profile,
      isOfLayers: stack !== undefined,
    })),
    measured = scans.map(({ entry, x }) => ({ x, what: entry.scan! }));
  const views: View[] = [];
  if (answered.length > 1)
    views.push({
      id: "profiles",
      words: "Profiles",
      about: `Strain and Debye–Waller factor ${of} against depth, coloured by ${label}`,
      draw: (width) => profilesFigure(profiles, label, { width }),
    });
  if (measured.length > 1)
    views.push({
      id: "scans",
      words: "Scans",
      about: `${measured.length} scans above each other, coloured by ${label}`,
      draw: (width) => waterfallFigure(measured, label, { width }),
    });
  if (answered.length > 1)
    views.push({
      id: "quantities",
      words: "Quantities",
      about: `Quantities ${of} against ${label}, with their 95 % intervals; the numbers are in the table`,
      draw: (width) => seriesFigure(points, label, { width }),
    });
  if (answered.length > 1 && points.some(({ layers }) => layers.length > 0))
    views.push({
      id: "layers",
      words: "Layers",
      about: `Thickness and strain of each layer ${of} against ${label}, with their 95 % intervals`,
      draw: (width) => layersFigure(points, label, { width }),
    });
  return views;
}

/** Widths in steps, so that a window that is dragged does not draw a hundred pictures. */
const STEP = 20;
const WIDEST = 1100;

export function SeriesPictures({ series }: { readonly series: Series }) {
  const [wanted, setWanted] = useState("profiles"),
    { place, width } = useWidth();
  const views = viewsOf(series),
    view = views.find(({ id }) => id === wanted) ?? views[0];
  const svg = useMemo(
    () => (view === undefined || width === 0 ? undefined : view.draw(width)),
    [series, view?.id, width],
  );
  if (view === undefined) return null;
  const name = `series.${view.id}`;
  return (
    <div class="series-pictures" ref={place}>
      <div class="views">
        <span role="group" aria-label="Picture of the series">
          {views.map(({ id, words }) => (
            <button type="button" key={id} aria-pressed={id === view.id} onClick={() => setWanted(id)}>
              {words}
            </button>
          ))}
        </span>
        <span role="group" aria-label="Save the picture">
          <button
            type="button"
            class="quiet"
            onClick={() => void saving(() => ({ name: `${name}.svg`, content: blobOf(view.draw(760)) }))}
          >
            SVG
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() =>
              void saving(async () => ({ name: `${name}.png`, content: await png(view.draw(760)) }))
            }
          >
            PNG
          </button>
        </span>
      </div>
      {svg !== undefined && <Picture svg={svg} about={view.about} />}
    </div>
  );
}

/** As an image of its own: its styles are its own, and follow a dark colour scheme. */
function Picture({ svg, about }: { readonly svg: string; readonly about: string }) {
  const url = useMemo(() => URL.createObjectURL(blobOf(svg)), [svg]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <img src={url} alt={about} />;
}

function blobOf(svg: string): Blob {
  return new Blob([svg], { type: "image/svg+xml" });
}

function useWidth() {
  const place = useRef<HTMLDivElement>(null),
    [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = (): void =>
      setWidth(Math.min(WIDEST, STEP * Math.floor(Math.max(element.clientWidth, 240) / STEP)));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [place.current]);
  return { place, width };
}
