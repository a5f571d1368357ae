/** The page begins here. */
import { render } from "preact";
import { App } from "./components/App.tsx";
import { restoreScheme } from "./plot/theme.ts";
import { warmNetwork, warmUp } from "./state/crew.ts";
import { networks } from "./state/networks.ts";
import { follow } from "./state/preview.ts";
import { keepSession } from "./state/storage.ts";
import { resetViewOnSelection } from "./state/view.ts";

restoreScheme();
follow();
resetViewOnSelection();
const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
warmUp();
void keepSession().then(() => warmNetwork(networks.value[0]));

// Secure pages only have it; without, the page works while there is a network.
if ("serviceWorker" in navigator) addEventListener("load", () => void keepOffline().catch(() => undefined));

async function keepOffline(): Promise<void> {
  await navigator.serviceWorker.register("serviceWorker.js", { type: "module" });
  (await navigator.serviceWorker.ready).active?.postMessage("ready");
}
