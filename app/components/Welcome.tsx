/** What is seen before there is a scan. */
import { addSimulation } from "../state/actions.ts";
import { EXAMPLES, openExample } from "../state/examples.ts";
import { openFiles } from "../state/files.ts";
import { waitingCrystal } from "../state/store.ts";
import { pickFile } from "./pick.ts";

export function Welcome() {
  return (
    <section class="welcome">
      <h1>Drop a scan, see the strain</h1>
      <p class="lead">
        Strain and disorder against depth from an X-ray diffraction scan of an irradiated or strained crystal,
        with their uncertainty and every other profile that explains the scan as well.
      </p>
      <div class="choices">
        <button type="button" class="primary" onClick={() => pickFile("", (files) => void openFiles(files))}>
          Open a scan
        </button>
        {EXAMPLES.map(({ file }) => (
          <button type="button" key={file} onClick={() => void openExample(file)}>
            Try the example
          </button>
        ))}
        <button type="button" onClick={addSimulation}>
          Simulate without a scan
        </button>
      </div>
      {waitingCrystal.value !== undefined && (
        <p class="note" role="status">
          Crystal {waitingCrystal.value.name} from its CIF is ready. Now open its scan.
        </p>
      )}
      <p class="fact">
        Drop files anywhere, or paste two columns of numbers. Crystals from a list, or from a CIF.
      </p>
      <p class="fact">
        <strong>Nothing is uploaded.</strong> Everything is computed in this browser, and works offline after
        the first visit.
      </p>
    </section>
  );
}
