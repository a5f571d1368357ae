/** The part of the worker that reads files. */
export { readScan } from "takagi";
