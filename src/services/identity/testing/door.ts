import { listVerificationKeys } from "#contracts/identity/keys.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { makeTokenVerifier } from "#platform/http/token.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { service } from "#platform/testing/people.ts";
import { problems } from "../api/problems.ts";
import { good } from "./house.ts";

/** The house's door over this app, with the house's verifier: it knows only what identity tells others. */
export async function openDoor(app: TestApp, revoked: ReadonlySet<string>): Promise<Server> {
  const { keys } = good(await app.call(listVerificationKeys, {}, service("door")));
  const verifier = makeTokenVerifier({ issuer: "madang", audience: "madang", clock: app.clock, keys });
  const quiet = () => {};
  return createServer({
    operations: app.app.handlers,
    problems,
    verifyToken: verifier.verify,
    isRevoked: (sessionId) => revoked.has(sessionId),
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    limits: { perMinuteByAddress: 100_000 },
  });
}
