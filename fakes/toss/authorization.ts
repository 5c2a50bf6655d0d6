/** The header value for a secret key: Basic base64(secretKey + ":"), the colon included (§1.1). */
export function basicAuthorization(secretKey: string): string {
  return `Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`;
}

/** Checks Authorization headers against the gateway's keys; gives the key's index or the code of §1.8. */
export function createAuthorization(secretKeys: readonly string[]) {
  const indexOfHeader = new Map(secretKeys.map((key, index) => [basicAuthorization(key), index]));
  return (header: string | undefined): number | { code: string } =>
    indexOfHeader.get(header ?? "") ?? { code: whyRefused(header) };
}

function whyRefused(header: string | undefined): string {
  if (header === undefined || header === "") return "UNAUTHORIZED_KEY";
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(header)?.[1];
  if (encoded === undefined) return "INCORRECT_BASIC_AUTH_FORMAT";
  const text = Buffer.from(encoded, "base64").toString();
  // The real server tells a forgotten colon apart from a wrong key, and it is the most frequent mistake.
  if (text.indexOf(":") !== text.length - 1) return "INCORRECT_BASIC_AUTH_FORMAT";
  return /^(test|live)_g?ck_|^live_/.test(text) ? "INVALID_API_KEY" : "UNAUTHORIZED_KEY";
}
