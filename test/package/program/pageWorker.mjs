import { onPage } from "./browser.mjs";

onmessage = async ({ data }) => {
  try {
    postMessage(await onPage(data));
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
