/** The page begins here. */
import { render } from "preact";
import { App } from "./components/App.tsx";
import { restoreScheme } from "./plot/theme.ts";
import { warmUp } from "./state/crew.ts";
import { follow } from "./state/preview.ts";
import { keepSession } from "./state/storage.ts";
import { resetViewOnSelection } from "./state/view.ts";

restoreScheme();
follow();
resetViewOnSelection();
const root = document.getElementById("app")!;
root.replaceChildren();
render(<App />, root);
void keepSession();
warmUp();

// Secure pages only have it; without, the page works while there is a network.
if ("serviceWorker" in navigator) addEventListener("load", () => void navigator.serviceWorker.register("serviceWorker.js", { type: "module" }).catch(() => undefined));
