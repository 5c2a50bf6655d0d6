import { randomBytes } from "node:crypto";
import { listVerificationKeys } from "#contracts/identity/keys.ts";
import { fakeKakaoPaySecretKey } from "#fakes/kakaopay/server.ts";
import { fakeTossSecretKey } from "#fakes/toss/server.ts";
import type { Operation } from "#platform/core/operation.ts";
import { createServer, type Server } from "#platform/http/server.ts";
import { makeTokenVerifier } from "#platform/http/token.ts";
import { createLog } from "#platform/telemetry/pino-log.ts";
import type { TestApp, TestAppOptions } from "#platform/testing/app.ts";
import { service } from "#platform/testing/people.ts";
import { allServices } from "../services.ts";
import { done, type Gateways, startGateways, startMarket } from "../testing/market.ts";
import { type As, type Mint, makeHouse, makeMint } from "./tokens.ts";

/** The whole house behind its real door, without a socket. */
export interface Door {
  readonly market: TestApp;
  readonly gateways: Gateways;
  readonly server: Server;
  readonly mint: Mint;
  /** Another service of the house; with a target, its token is for that one. */
  readonly house: (target?: string) => As;
  /** Somebody who may call the operation, as far as roles go. */
  readonly allowed: (operation: Operation) => As | undefined;
  /** Sessions that the door takes for ended. */
  readonly revoked: Set<string>;
  /** Every line that was logged, as it would be written. */
  lines(): readonly string[];
  /** What must stand in no log line and in no refusal (I18). */
  readonly secrets: Set<string>;
  close(): Promise<void>;
}

export const keySecret = "canary-secret-of-more-than-32-characters";

export async function openMatrixDoor(settings: TestAppOptions["settings"] = {}): Promise<Door> {
  const lines: string[] = [];
  const { log, flush } = createLog({
    level: "debug",
    now: () => new Date().toISOString() as never,
    stream: { write: (line) => void lines.push(line) },
  });
  const gateways = await startGateways();
  const identity = { keySecret, ...settings.identity };
  const market = await startMarket(gateways, { log, settings: { ...settings, identity } });
  const { keys } = done(await market.call(listVerificationKeys, {}, service("door")));
  const mint = makeMint(market);
  const house = makeHouse(market);
  const verifier = makeTokenVerifier({
    ...{ issuer: "madang", audience: "madang", clock: market.clock },
    keys: [...keys, mint.jwk],
  });
  const revoked = new Set<string>();
  const server = createServer({
    operations: market.app.handlers,
    problems: Object.assign({}, ...allServices.map(({ problems }) => problems)),
    verifyToken: verifier.verify,
    verifyServiceToken: house.verify,
    isRevoked: (sessionId) => revoked.has(sessionId),
    random: { bytes: randomBytes },
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
    log,
    limits: { rateFactor: 0 },
    feeds: market.app.feeds,
  });
  return {
    ...{ market, gateways, server, revoked, mint, house: house.as },
    allowed: ({ access }) =>
      access === "service" ? house.as() : access === "anyone" ? undefined : mint.as(...access.slice(0, 1)),
    lines() {
      flush();
      // Lines are written some at a time.
      return lines.join("").split("\n");
    },
    secrets: new Set([keySecret, fakeTossSecretKey, fakeKakaoPaySecretKey, btoa(`${fakeTossSecretKey}:`)]),
    async close() {
      await server.close({ graceMs: 100 });
      await market.close();
      await gateways.close();
    },
  };
}
