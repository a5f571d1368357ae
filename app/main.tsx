/** The page begins here. */
import { render } from "preact";
import { App } from "./components/App.tsx";
import { PageBoundary } from "./components/Boundary.tsx";
import { ShownContext } from "./shown/shown.ts";
import { warmNetwork, warmUp } from "./state/crew.ts";
import { networks } from "./state/networks.ts";
import { lightOnPaper, restoreScheme } from "./state/scheme.ts";
import { followExperiment } from "./state/setup.ts";
import { followModel, shown } from "./state/shown.ts";
import { keepSession } from "./state/storage.ts";
import { jobs } from "./state/store.ts";
import { resetViewOnSelection } from "./state/view.ts";

restoreScheme();
lightOnPaper();
followModel();
followExperiment();
resetViewOnSelection();
const root = document.getElementById("app")!;
root.replaceChildren();
render(
  <ShownContext.Provider value={shown}>
    <PageBoundary>
      <App />
    </PageBoundary>
  </ShownContext.Provider>,
  root,
);
warmUp();
void keepSession().then(() => warmNetwork(networks.value[0]));

// Secure pages only have it; without, the page works while there is a network.
if ("serviceWorker" in navigator) addEventListener("load", () => void keepOffline().catch(() => undefined));

async function keepOffline(): Promise<void> {
  await navigator.serviceWorker.register("serviceWorker.js", { type: "module" });
  const { active } = await navigator.serviceWorker.ready;
  await quiet();
  active?.postMessage("quiet");
}

/** Some seconds after the beginning, when no scan is being inverted: the first answer comes before what is for later. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  while (jobs.value.size > 0) await new Promise((resolve) => setTimeout(resolve, 500));
}
