/** `takagi/view`: defines `<takagi-view>`. Importing it is all that is to be done, once; where there is no page nothing is
 *  defined. */
import { TakagiView } from "./element.ts";

export type { ViewTheme } from "./attributes.ts";
export { TakagiView } from "./element.ts";
export type { TakagiViewEventMap, ViewChange, ViewError } from "./events.ts";
export type { ScanSource } from "./work.ts";

declare global {
  interface HTMLElementTagNameMap {
    "takagi-view": TakagiView;
  }
}

if (typeof customElements !== "undefined" && customElements.get("takagi-view") === undefined)
  customElements.define("takagi-view", TakagiView);
