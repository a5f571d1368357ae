// An edge function for Cloudflare Workers (`npx wrangler deploy`, with wrangler.toml beside this file) and its like. The
// kernels come as a module that is compiled when the worker is deployed: the package's condition "workerd" sees to it.
import { invertRequest } from "./invertRequest.mjs";

export default { fetch: invertRequest };
