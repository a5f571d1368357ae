/** The plots of what is shown: scan and residuals beside the profiles, and how they are looked at and changed. */
import type { ComponentChildren } from "preact";
import { isStack } from "../model.ts";
import { CurvePlot } from "../plot/CurvePlot.tsx";
import { ProfilePlot } from "../plot/ProfilePlot.tsx";
import { ResidualPlot } from "../plot/ResidualPlot.tsx";
import type { Drawable } from "../session.ts";
import { zoomBy } from "../shown/look.ts";
import { useShown } from "../shown/shown.ts";

/** @param layers what stands under the strain of layers */
export function Plots({ entry, layers }: { readonly entry: Drawable; readonly layers: ComponentChildren }) {
  const hasScan = entry.scan !== undefined,
    isOfLayers = entry.model === undefined ? entry.layers !== undefined : isStack(entry.model);
  return (
    <section class="plots" aria-label="Plots">
      <div class="scan">
        <Tools entry={entry} />
        <CurvePlot hasResiduals={hasScan} />
        {hasScan && <ResidualPlot />}
      </div>
      <div class={`profiles ${entry.model === undefined ? "empty" : ""}`}>
        <ByHand />
        {entry.model === undefined && (
          <p class="nothing">
            {isOfLayers ? "The layers and their strain" : "Strain and Debye–Waller factor"} against depth
            <br />
            appear here once the scan is inverted.
          </p>
        )}
        <ProfilePlot key={`strain ${isOfLayers}`} quantity="strain" isOnly={isOfLayers} />
        {isOfLayers ? layers : <ProfilePlot key="debyeWaller" quantity="debyeWaller" />}
      </div>
    </section>
  );
}

const MODES = [
  ["zoom", "Brush over the plot to zoom"],
  ["mask", "Brush over what the fit shall leave out"],
] as const;

function Tools({ entry: { scan, range } }: { readonly entry: Drawable }) {
  const { look, actions } = useShown(),
    { brushMode, isLog, zoom } = look;
  const { twoTheta } = scan ?? {};
  const full = [twoTheta?.[0] ?? range.from, twoTheta?.[twoTheta.length - 1] ?? range.to] as const;
  const isWhole = zoom.value === undefined;
  return (
    <div class="tools" role="group" aria-label="Plot of the scan">
      {scan !== undefined &&
        actions.addMask !== undefined &&
        MODES.map(([mode, title]) => (
          <button
            type="button"
            key={mode}
            aria-pressed={brushMode.value === mode}
            title={title}
            onClick={() => (brushMode.value = mode)}
          >
            {mode}
          </button>
        ))}
      <button type="button" aria-label="Zoom in" onClick={() => zoomBy(look, 0.5, full)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" disabled={isWhole} onClick={() => zoomBy(look, 2, full)}>
        −
      </button>
      <button type="button" disabled={isWhole} onClick={() => (zoom.value = undefined)}>
        all
      </button>
      <button
        type="button"
        class="apart"
        aria-pressed={isLog.value}
        title="Logarithmic or linear intensities"
        onClick={() => (isLog.value = !isLog.value)}
      >
        log
      </button>
    </div>
  );
}

/** What the marks of the profiles mean; once they were changed by hand, the ways on and back. Of constant height, so that
 *  nothing moves under a pointer that drags. */
function ByHand() {
  const { selected, drawn, progress, actions } = useShown(),
    answer = drawn.shownAnswer.value;
  if (selected.value?.model === undefined) return <p class="by-hand" />;
  if (!drawn.isDrawnOver.value)
    return (
      <p class="by-hand">
        {answer !== undefined && (
          <>
            <span>
              <i class="band" />
              {Math.round(100 * answer.strainBand.level)} % band
            </span>
            {answer.draws.length > 0 && (
              <span>
                <i class="thread" />
                draws
              </span>
            )}
          </>
        )}
        <span>
          <i class="point" />
          Drag the points
        </span>
      </p>
    );
  return (
    <p class="by-hand">
      <span>
        <i class="dash" />
        fit
      </span>
      <span>Changed by hand</span>
      <button
        type="button"
        class="link"
        disabled={progress.value !== undefined}
        title="A fit that begins at what you drew"
        onClick={actions.fitDrawn}
      >
        Fit from here
      </button>
      <button type="button" class="link" onClick={actions.resetModel}>
        Back to the fit
      </button>
    </p>
  );
}
