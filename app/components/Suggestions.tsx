/** Crystals that could have made a scan, to be taken with one click. */
import { useSignal, useSignalEffect } from "@preact/signals";
import type { Entry } from "../session.ts";
import { takeCrystal } from "../state/actions.ts";
import { quick } from "../state/crew.ts";
import { selected } from "../state/store.ts";
import type { Suggestion } from "../worker/protocol.ts";
import { indices } from "../words.ts";

export function Suggestions({ entry }: { readonly entry: Entry }) {
  const {
    id,
    scan,
    experiment: { wavelength },
  } = entry;
  const found = useSignal<readonly Suggestion[] | undefined>(undefined);
  useSignalEffect(() => {
    const wanted = selected.value?.experiment.wavelength ?? wavelength;
    if (scan !== undefined)
      quick.call("suggest", { scan, wavelength: wanted }).then(
        (answer) => (found.value = answer),
        () => (found.value = []),
      );
  });
  const all = found.value;
  return (
    <>
      <p class="lead">
        Which crystal is it?{" "}
        {all === undefined
          ? "Crystals whose reflections lie at the peak are looked up …"
          : all.length > 0
            ? "With this wavelength its peak fits:"
            : "Choose it, or open its CIF."}
      </p>
      {all !== undefined && all.length > 0 && (
        <>
          <div class="chips">
            {all.map(({ material, hkl, twoTheta }) => (
              <button type="button" key={material} onClick={() => takeCrystal(id, material, hkl)}>
                {material} {indices(hkl)} <small>{twoTheta.toFixed(2)}°</small>
              </button>
            ))}
          </div>
          <p class="fact">
            Or choose crystal, reflection and wavelength in the form, or drop the crystal’s CIF here.
          </p>
        </>
      )}
    </>
  );
}
