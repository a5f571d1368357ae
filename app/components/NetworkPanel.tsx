/** Where the search begins: which network is asked, if any. */
import { plain } from "takagi";
import type { Network } from "../network.ts";
import type { Entry } from "../session.ts";
import { chooseNetwork, forgetNetwork } from "../state/actions.ts";
import { openFiles } from "../state/files.ts";
import { networks, ownNetworks } from "../state/networks.ts";
import { problems } from "../state/store.ts";
import { Choice } from "./fields.tsx";
import { download, pickFile } from "./pick.ts";
import { Training } from "./Training.tsx";

const FILES = "\u0000files";

export function NetworkPanel({ entry }: { readonly entry: Entry }) {
  const { id, network: choice } = entry;
  const problem = problems.value.get(id);
  const chosen = networks.value.find((network) => network.id === choice);
  const isMissing = chosen === undefined && choice !== "automatic" && choice !== "none";
  const options = [
    ["automatic", "automatic"],
    ["none", "none: rough starts alone"],
    ...networks.value.map((network) => [network.id, network.name] as const),
    ...(isMissing ? [[choice, "one that is not here"] as const] : []),
    [FILES, "from files …"],
  ] as const;
  const take = (next: string): void =>
    next === FILES ? pickFile(".json,.bin", (files) => void openFiles(files)) : chooseNetwork(id, next);
  return (
    <section class="panel" aria-labelledby="network-title">
      <h2 id="network-title">
        Network <small>where the search begins</small>
      </h2>
      <Choice
        label="Ask"
        value={choice}
        options={options}
        choose={take}
        problem={problem?.field === "network" ? `${problem.what} ${problem.todo}` : undefined}
      />
      {choice === "automatic" && (
        <p class="fact">The first that knows scans like this; else rough starts alone.</p>
      )}
      {chosen !== undefined && <p class="fact">{factsOf(chosen)}</p>}
      {chosen !== undefined && ownNetworks.value.includes(chosen) && <Own network={chosen} />}
      <Training entry={entry} />
    </section>
  );
}

function Own({ network: { id, files } }: { readonly network: Network }) {
  return (
    <div class="own">
      {!("folder" in files) &&
        Object.entries(files).map(([name, content]) => (
          <button
            type="button"
            class="quiet"
            key={name}
            onClick={() => download(name, new Blob([content as BlobPart]))}
          >
            Save {name}
          </button>
        ))}
      <button type="button" class="quiet" onClick={() => forgetNetwork(id)}>
        Forget this network
      </button>
    </div>
  );
}

function factsOf({ samples, strainAccuracy, preset }: Network): string {
  const { strain, thickness } = preset.ranges;
  // As the presets give it: those of many crystals count lattice planes.
  const unit = preset.reflection === undefined ? "lattice planes" : "nm";
  const seen = samples >= 1e6 ? `${plain(samples / 1e6, 2)} million` : `${plain(samples / 1e3, 2)} thousand`;
  const score =
    strainAccuracy === undefined
      ? ""
      : `; of unseen ones it gives the strain to a tenth in ${Math.round(strainAccuracy)} %`;
  return `Trained on ${seen} simulated scans: strain ${strain.join(" to ")} %, thickness ${thickness.map((t) => plain(t)).join(" to ")} ${unit}${score}.`;
}
