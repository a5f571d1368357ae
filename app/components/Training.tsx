/** A network for one's own crystal, trained in this browser. */
import { plain } from "takagi";
import { useSignal } from "@preact/signals";
import { LearningPlot } from "../plot/LearningPlot.tsx";
import type { Entry } from "../session.ts";
import { stopTraining, train, trainingProblem, course, type Course } from "../state/training.ts";
import type { TrainingPlan } from "../worker/protocol.ts";
import { Alert } from "./Alert.tsx";
import { NumberField } from "./fields.tsx";

const USUAL: TrainingPlan = { largestStrain: 4, thickest: 1000, minutes: 5 };

export function Training({ entry }: { readonly entry: Entry }) {
  const plan = useSignal(USUAL);
  const now = course.value;
  const { crystal, hkl } = entry.experiment;
  if (crystal === undefined) return null;
  const change = (patch: Partial<TrainingPlan>): void => void (plan.value = { ...plan.value, ...patch });
  return (
    <details open={now !== undefined}>
      <summary>
        Train one for {crystal.name} {hkl.join(" ")}
      </summary>
      {now === undefined ? (
        <>
          <p class="fact">
            The network for all crystals learns from simulated scans of this crystal, reflection and
            wavelength: the longer, the better; the fit does the rest.
          </p>
          <div class="pair">
            <NumberField
              label="Largest strain"
              unit="%"
              value={plan.value.largestStrain}
              least={0.05}
              most={10}
              commit={(largestStrain) => change({ largestStrain })}
            />
            <NumberField
              label="Thickest"
              unit="nm"
              value={plan.value.thickest}
              least={10}
              most={5000}
              commit={(thickest) => change({ thickest })}
            />
          </div>
          <NumberField
            label="Time"
            unit="min"
            value={plan.value.minutes}
            least={0.1}
            most={600}
            commit={(minutes) => change({ minutes })}
          />
          <button type="button" onClick={() => void train(entry, plan.value)}>
            Train
          </button>
        </>
      ) : (
        <Progress course={now} />
      )}
      {trainingProblem.value !== undefined && <Alert {...trainingProblem.value} />}
    </details>
  );
}

function Progress({ course: { now, isStopping, validations } }: { readonly course: Course }) {
  const last = validations.at(-1);
  return (
    <>
      <div class="progress">
        <progress max={1} value={now?.share ?? 0} aria-label="Progress of the training" />
        <span>
          {isStopping ? "finishing …" : now === undefined ? "starting …" : `${Math.round(100 * now.share)} %`}
        </span>
      </div>
      <LearningPlot />
      {now !== undefined && (
        <p class="fact">
          {plain(now.samples)} simulated scans, {plain(now.samplesPerSecond)} a second
          {last?.strainAccuracy !== undefined &&
            `; the strain of unseen ones to a tenth in ${Math.round(last.strainAccuracy)}\u00a0%`}
        </p>
      )}
      <button type="button" disabled={isStopping} onClick={stopTraining}>
        Stop and use it
      </button>
    </>
  );
}
