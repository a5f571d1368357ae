/** The version that results and the command line name; a test holds it to package.json. */
export const VERSION = "0.2.0";
