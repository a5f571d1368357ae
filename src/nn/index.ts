/** `takagi/nn`: machine learning on the tfjs backend that the machine has. */
export { chooseBackend, listBackends } from "./backend/choose.ts";
export type { Backend, BackendName, BackendOptions, BackendReport } from "./backend/types.ts";
export { BackendError } from "../errors.ts";
