/** The foot of the page: version, and what there is to know before an answer is trusted. */
import { CITATION, VERSION } from "takagi";
import type { ComponentChildren } from "preact";
import { scheme, setScheme, type Scheme } from "../state/scheme.ts";

const NEXT: Readonly<Record<Scheme, Scheme>> = { system: "light", light: "dark", dark: "system" };

export function About() {
  return (
    <footer>
      <p>Nothing is uploaded: scans stay in this browser.</p>
      <nav aria-label="About takagi">
        <span>takagi {VERSION}</span>
        <Sheet id="help" words="Help">
          <Help />
        </Sheet>
        <Sheet id="limits" words="Limits">
          <Limits />
        </Sheet>
        <Sheet id="cite" words="How to cite">
          <Cite />
        </Sheet>
        <button type="button" class="link" onClick={() => setScheme(NEXT[scheme.value])}>
          Colours: {scheme.value}
        </button>
      </nav>
    </footer>
  );
}

/** A button and the sheet that it opens; the browser closes it by Escape, or by a click beside it. */
function Sheet({
  id,
  words,
  children,
}: {
  readonly id: string;
  readonly words: string;
  readonly children: ComponentChildren;
}) {
  return (
    <span>
      <button type="button" class="link" popovertarget={`sheet-${id}`}>
        {words}
      </button>
      <section id={`sheet-${id}`} popover="auto" class="sheet" aria-labelledby={`sheet-${id}-title`}>
        <h2 id={`sheet-${id}-title`}>{words}</h2>
        {children}
        <button type="button" popovertarget={`sheet-${id}`} popovertargetaction="hide">
          Close
        </button>
      </section>
    </span>
  );
}

const STEPS: readonly (readonly [what: string, how: string])[] = [
  [
    "Open",
    "Drop scans anywhere, or paste two columns (2θ in degrees, intensity). A CIF is the crystal; a result.json is shown as it was.",
  ],
  ["Say what it is", "Crystal, reflection and wavelength, where the file does not say them."],
  ["Read the answer", "“Determined” or “ambiguous”, with the probability that the strain is right to 10 %."],
  ["Zoom", "Brush over the scan; double click for the whole scan."],
  ["Leave out a range", "Press “mask”, brush over the range, press “Invert again”."],
  [
    "Change the profile",
    "Drag its points, or Tab to one and press the arrow keys (Shift: ten times as far).",
  ],
  [
    "Look for layers",
    "Choose “uniform layers on the crystal” and their crystal. Type in the table of the answer, or drag edges and points.",
  ],
  ["Hold a parameter", "Type its value, press “hold”, press “Invert again”."],
  ["Go back", "Ctrl Z; Ctrl Shift Z goes forward again."],
  ["Save", "Report, tables, pictures, or the whole session, which opens here again."],
];

function Help() {
  return (
    <dl class="rows">
      {STEPS.map(([what, how]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{how}</dd>
        </div>
      ))}
    </dl>
  );
}

function Limits() {
  return (
    <ul class="points">
      <li>The lattice varies with depth only. A scan says nothing of lateral variation.</li>
      <li>
        Several profiles may explain one scan. “Ambiguous” means that the probability of a right answer is
        below the threshold: look at the other profiles, or hold what is known from elsewhere.
      </li>
      <li>
        The confidence was calibrated on simulated scans with the faults of real ones. A film or an instrument
        unlike all of them may give a wrong answer with high confidence.
      </li>
      <li>Where a scan says little, the profile is what films of the prior usually are.</li>
      <li>
        The Debye–Waller factor where the strain is zero, and the end of a strain that fades out, leave little
        trace in a scan.
      </li>
      <li>The scan must hold the crystal’s own peak, except for a thin film without substrate.</li>
    </ul>
  );
}

function Cite() {
  return (
    <>
      <p>{CITATION}</p>
      <p>Save the report or all numbers (JSON) with your data, so that others can repeat the answer.</p>
      <p class="fact">
        MIT licence. Made with Preact, uPlot, fflate, fast-xml-parser (MIT) and TensorFlow.js (Apache 2.0).{" "}
        <a href="./licenses.txt">Their licences.</a>
      </p>
    </>
  );
}
