/** What imports that are not TypeScript give. */

declare module "*.wasm" {
  const compiled: WebAssembly.Module;
  export default compiled;
}

declare module "*.wasm?base64" {
  const text: string;
  export default text;
}
