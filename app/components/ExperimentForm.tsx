/** Crystal, beam and sample of the scan that is shown. */
import { materialNames, type ResolutionShape } from "takagi";
import type { CrystalChoice } from "../crystals.ts";
import type { Entry } from "../session.ts";
import { changeExperiment } from "../state/actions.ts";
import { openFiles } from "../state/files.ts";
import { setup } from "../state/setup.ts";
import { problems } from "../state/store.ts";
import { Check, Choice, HklField, NumberField } from "./fields.tsx";
import { LayersFields } from "./LayersFields.tsx";
import { pickFile } from "./pick.ts";

const CIF = "\u0000cif",
  NONE = "\u0000none";

const SHAPES: readonly (readonly [ResolutionShape, string])[] = [
  ["gaussian", "Gaussian, tails found"],
  ["lorentzian", "Lorentzian"],
  ["pseudo-voigt", "pseudo-Voigt"],
  ["split-pseudo-voigt", "split pseudo-Voigt"],
  ["generalised-bell", "generalised bell"],
];

export function ExperimentForm({ entry }: { readonly entry: Entry }) {
  const { id, experiment, guess } = entry;
  const { geometry, polarisation } = experiment;
  const change = (patch: Parameters<typeof changeExperiment>[1]): void => changeExperiment(id, patch);
  const problem = setup.value.problem ?? problems.value.get(id);
  const wrong = (field: NonNullable<typeof problem>["field"]): string | undefined =>
    problem?.field === field ? `${problem!.what} ${problem!.todo}` : undefined;
  const isThick = geometry === "thick film" || geometry === "thick film on substrate";
  const found = setup.value.setup;
  return (
    <section class="panel" aria-labelledby="experiment-title">
      <h2 id="experiment-title">Experiment {guess !== undefined && <small>{guess}</small>}</h2>
      <CrystalField
        label={entry.layers === undefined ? "Crystal" : "Crystal (the substrate)"}
        value={experiment.crystal}
        choose={(crystal) => change({ crystal })}
        problem={wrong("crystal")}
        id={id}
      />
      <div class="pair">
        <HklField
          label="Reflection"
          value={experiment.hkl}
          commit={(hkl) => change({ hkl })}
          problem={wrong("hkl")}
        />
        <NumberField
          label="Wavelength"
          unit="Å"
          value={experiment.wavelength}
          least={0.4133}
          most={3.0996}
          commit={(wavelength) => change({ wavelength, hasSecondLine: false })}
          problem={wrong("wavelength")}
        />
      </div>
      <p class="fact">
        {found === undefined ? "\u00a0" : `2θ = ${found.twoTheta.toFixed(3)}°, d = ${found.d.toFixed(4)} Å`}
      </p>
      <LayersFields entry={entry} problem={wrong("layers")} />
      <details>
        <summary>Beam and resolution</summary>
        {Math.abs(experiment.wavelength - 1.5406) < 2e-4 && (
          <Check
            label="Cu Kα2 is in the beam"
            checked={experiment.hasSecondLine}
            toggle={() => change({ hasSecondLine: !experiment.hasSecondLine })}
          />
        )}
        <Choice
          label="Polarisation"
          value={polarisation}
          options={[
            ["sigma", "σ (perpendicular)"],
            ["pi", "π (in the plane)"],
            ["unpolarised", "unpolarised"],
          ]}
          choose={(next) => change({ polarisation: next })}
        />
        {polarisation === "unpolarised" && (
          <NumberField
            label="Monochromator"
            hint="2θ, 0 if none"
            unit="°"
            value={experiment.monochromator ?? 0}
            least={0}
            most={180}
            commit={(monochromator) => change({ monochromator })}
          />
        )}
        <Choice
          label="Shape of the resolution"
          value={experiment.resolutionShape}
          options={SHAPES}
          choose={(resolutionShape) => change({ resolutionShape })}
        />
        <ResolutionFields experiment={experiment} change={change} />
        <Choice
          label="Deviation from Bragg’s law"
          value={experiment.deviation}
          options={[
            ["exact", "exact"],
            ["linear", "linear, as in RaDMaX"],
          ]}
          choose={(deviation) => change({ deviation })}
        />
      </details>
      <details>
        <summary>Sample</summary>
        <Choice
          label="Geometry"
          value={geometry}
          options={[
            ["single crystal", "single crystal"],
            ["thin film", "thin film"],
            ["thick film", "thick film"],
            ["thick film on substrate", "thick film on another crystal"],
          ]}
          choose={(next) => change({ geometry: next })}
        />
        {isThick && (
          <NumberField
            label="Thickness of the whole film"
            unit="nm"
            value={experiment.filmThickness}
            least={1}
            most={1e5}
            commit={(filmThickness) => change({ filmThickness })}
            problem={
              experiment.filmThickness === undefined ? "Needed for a thick film." : wrong("filmThickness")
            }
          />
        )}
        {geometry === "thick film on substrate" && (
          <>
            <CrystalField
              label="Substrate"
              value={experiment.substrate}
              choose={(substrate) => change({ substrate })}
              problem={wrong("substrate")}
            />
            <HklField
              label="Its reflection"
              value={experiment.substrateHkl ?? experiment.hkl}
              commit={(substrateHkl) => change({ substrateHkl })}
            />
          </>
        )}
        <Check
          label="Planes parallel to the surface"
          checked={experiment.surface === undefined}
          toggle={() =>
            experiment.surface === undefined
              ? change({ surface: experiment.hkl })
              : change({ surface: undefined })
          }
        />
        {experiment.surface !== undefined && (
          <>
            <HklField
              label="Surface"
              value={experiment.surface}
              commit={(surface) => change({ surface })}
              problem={wrong("surface")}
            />
            <Check
              label="Grazing exit"
              checked={experiment.isGrazingExit}
              toggle={() => change({ isGrazingExit: !experiment.isGrazingExit })}
            />
          </>
        )}
      </details>
    </section>
  );
}

/** What a fit holds of the resolution: all but its width. */
function ResolutionFields({
  experiment: { resolutionShape, lorentzFraction, lorentzFractionHigh, exponent },
  change,
}: Pick<Entry, "experiment"> & { readonly change: (patch: Partial<Entry["experiment"]>) => void }) {
  if (resolutionShape === "generalised-bell")
    return (
      <NumberField
        label="Exponent"
        hint="2 falls as x⁻⁴"
        value={exponent}
        least={0.51}
        most={20}
        commit={(next) => change({ exponent: next })}
      />
    );
  if (resolutionShape !== "pseudo-voigt" && resolutionShape !== "split-pseudo-voigt") return null;
  const isSplit = resolutionShape === "split-pseudo-voigt";
  return (
    <div class={isSplit ? "pair" : ""}>
      <NumberField
        label={isSplit ? "Lorentzian, below" : "Share of the Lorentzian"}
        hint={isSplit ? undefined : "0 to 1"}
        value={lorentzFraction}
        least={0}
        most={1}
        commit={(next) => change({ lorentzFraction: next })}
      />
      {isSplit && (
        <NumberField
          label="above the peak"
          value={lorentzFractionHigh}
          least={0}
          most={1}
          commit={(next) => change({ lorentzFractionHigh: next })}
        />
      )}
    </div>
  );
}

/** Crystals that are built in, and the way to all others. */
function CrystalField({
  label,
  value,
  choose,
  problem,
  id,
}: {
  readonly label: string;
  readonly value: CrystalChoice | undefined;
  readonly choose: (crystal: CrystalChoice) => void;
  readonly problem?: string | undefined;
  /** Where a CIF goes to the crystal of an entry by the same way as a dropped one. */
  readonly id?: string;
}) {
  const own = value?.kind === "cif" ? [[`\u0000${value.name}`, `${value.name} (CIF)`] as const] : [];
  const options = [
    ...(value === undefined ? [[NONE, "choose …"] as const] : []),
    ...own,
    ...materialNames.map((name) => [name, name] as const),
    ...(id === undefined ? [] : [[CIF, "from a CIF …"] as const]),
  ];
  const current = value === undefined ? NONE : value.kind === "cif" ? `\u0000${value.name}` : value.name;
  const take = (name: string): void => {
    if (name === CIF) pickFile(".cif", (files) => void openFiles(files));
    else if (!name.startsWith("\u0000")) choose({ kind: "material", name });
  };
  return <Choice label={label} value={current} options={options} choose={take} problem={problem} />;
}
