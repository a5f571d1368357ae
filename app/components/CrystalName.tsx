/** The crystal of a layer: by its name, of which alloys have many, or from a CIF. */
import { alloySystems, materialNames } from "takagi";
import { type CrystalChoice, crystalNamed } from "../crystals.ts";
import { readCrystal } from "../state/files.ts";
import { TextField } from "./fields.tsx";
import { pickFile } from "./pick.ts";

const NAMES = "crystal-names";
const EXPECTED = "A built-in crystal, or an alloy such as Al0.5Ga0.5As whose amounts add up to 1.";

/** What the fields below propose. */
export function CrystalNames() {
  return (
    <datalist id={NAMES}>
      {alloySystems.map((system) => (
        <option key={system} value={system.replace("1-x", "0.8").replace("x", "0.2")} />
      ))}
      {materialNames.map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}

/** @param substrate what an empty field stands for */
export function CrystalName({
  label,
  value,
  substrate,
  choose,
  problem,
  isBare = false,
}: {
  readonly label: string;
  readonly value: CrystalChoice | undefined;
  readonly substrate: CrystalChoice | undefined;
  readonly choose: (crystal: CrystalChoice | undefined) => void;
  readonly problem?: string | undefined;
  readonly isBare?: boolean;
}) {
  return (
    <div class="crystal">
      <TextField<{ readonly crystal?: CrystalChoice }>
        label={label}
        isBare={isBare}
        problem={problem}
        list={NAMES}
        placeholder={substrate?.name ?? "as the substrate"}
        text={value?.name ?? ""}
        parse={(text) => {
          if (text.trim() === "") return {};
          const crystal = crystalNamed(text);
          return crystal === undefined ? undefined : { crystal };
        }}
        expected={EXPECTED}
        commit={({ crystal }) => choose(crystal)}
      />
      {!isBare && (
        <button
          type="button"
          title="A crystal from its CIF"
          onClick={() => pickFile(".cif", ([file]) => void readCrystal(file, choose))}
        >
          CIF
        </button>
      )}
    </div>
  );
}
