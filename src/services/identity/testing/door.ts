import { createPublicKey, verify } from "node:crypto";
import { listVerificationKeys } from "#contracts/identity/keys.ts";
import { epochMs } from "#platform/core/time.ts";
import type { AccountClaims } from "#platform/http/access.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { service } from "#platform/testing/people.ts";
import { problems } from "../api/problems.ts";
import { good } from "./house.ts";

/** The house's door over this app, with a verifier that knows only what identity tells others. */
export async function openDoor(app: TestApp, revoked: ReadonlySet<string>): Promise<Server> {
  const { keys } = good(await app.call(listVerificationKeys, {}, service("door")));
  const quiet = () => {};
  return createServer({
    operations: app.app.handlers,
    problems,
    verifyToken: (token) => claimsOf(token, keys, epochMs(app.clock.now())),
    isRevoked: (sessionId) => revoked.has(sessionId),
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    monotonicMs: () => performance.now(),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    limits: { perMinuteByAddress: 100_000 },
  });
}

function claimsOf(
  token: string,
  keys: readonly { kid: string; x: string }[],
  nowMs: number,
): AccountClaims | "expired" | null {
  const [head = "", body = "", signature = ""] = token.split(".");
  const read = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  try {
    const key = keys.find((one) => one.kid === read(head).kid);
    if (key === undefined) return null;
    const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key.x }, format: "jwk" });
    const isOurs = verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url"));
    if (!isOurs) return null;
    const { sub, roles, sid, exp } = read(body);
    return exp * 1000 <= nowMs ? "expired" : { accountId: sub, roles, sessionId: sid };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
