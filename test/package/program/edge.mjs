/** An edge runtime: the first curve at /cold; everything, from what is posted, elsewhere. */
import { conform, simulate } from "./conformance.mjs";

export default {
  async fetch(request) {
    try {
      const { oracle, scan, json, weights, backend } = await request.json();
      if (new URL(request.url).pathname === "/cold") return Response.json(await simulate(oracle));
      return Response.json(
        await conform({
          oracle,
          scan,
          model: { "model.json": json, "weights.bin": Uint8Array.from(weights) },
          backend,
        }),
      );
    } catch (error) {
      return Response.json({ error: error.stack }, { status: 500 });
    }
  },
};
