// The same behind an HTTP gateway that calls a Node function with an event, as AWS Lambda's function URLs do (payload 2.0).
import { invertRequest } from "./invertRequest.mjs";

/** @param event {requestContext: {http: {method}}, rawQueryString, headers, body, isBase64Encoded} */
export async function handler({
  requestContext,
  rawQueryString = "",
  headers = {},
  body,
  isBase64Encoded = false,
}) {
  const { method } = requestContext.http;
  // A request without a body comes as null, or without the field.
  const hasBody = typeof body === "string" && method !== "GET" && method !== "HEAD";
  const content = hasBody ? { body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8") } : {};
  const response = await invertRequest(
    new Request(`https://${headers.host ?? "lambda"}/?${rawQueryString}`, { method, ...content }),
  );
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
