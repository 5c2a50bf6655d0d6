import { Type } from "typebox";
import type { Random } from "#platform/core/ids.ts";
import { type Caller, type Operation, operation } from "#platform/core/operation.ts";
import type { LogFields } from "#platform/telemetry/log.ts";
import type { AccountClaims } from "./access.ts";
import type { Addresses } from "./addresses.ts";
import type { BoundHandler } from "./door.ts";
import { createServer, type ServerParts } from "./server.ts";

/** For tests of the door: a small window, a log that is kept, and tokens that are plain words. */
export const seededRandom: Random = { bytes: (count) => Uint8Array.from({ length: count }, (_, at) => at * 37 + 11) };

export function keptLog() {
  const lines: LogFields[] = [];
  const keep = (fields: LogFields) => void lines.push(fields);
  return { lines, log: { debug: keep, info: keep, warn: keep, error: keep } };
}

/** Changes of a definition; everything left out is a public GET that answers `{ ok: true }`. */
export function anOperation(changes: Partial<Operation> = {}): Operation {
  return operation({
    service: "store",
    name: "look",
    method: "GET",
    path: "/look",
    access: "anyone",
    summary: { ko: "보기", en: "Look" },
    input: Type.Object({}),
    output: Type.Object({ ok: Type.Boolean() }),
    problems: [],
    idempotency: "safe",
    ...changes,
  });
}

export function bound(
  op: Operation,
  run: (input: never, caller: Caller) => unknown = () => ({ ok: true }),
): BoundHandler {
  return { operation: op, run: async (input, caller) => run(input, caller) };
}

const buyer: AccountClaims = { accountId: "acc_buyer", roles: ["BUYER"], sessionId: "ses_buyer" };
const seller: AccountClaims = { accountId: "acc_seller", roles: ["SELLER"], sessionId: "ses_seller" };
const left: AccountClaims = { accountId: "acc_left", roles: ["BUYER"], sessionId: "ses_left" };
const tokens: Readonly<Record<string, AccountClaims | "expired">> = { buyer, seller, left, old: "expired" };

export function testServer(operations: readonly BoundHandler[], changes: Partial<ServerParts> = {}) {
  const { lines, log } = keptLog();
  const server = createServer({
    operations,
    problems: {
      "store.closed": { status: 409, ko: "{store}은 {minutes}분 뒤에 열어요.", en: "{store} opens in {minutes} min." },
    },
    verifyToken: (token) => tokens[token] ?? null,
    verifyServiceToken: (token) =>
      token === "order"
        ? { service: "order", target: "store", kind: "service", roles: [] }
        : token === "order-for-buyer"
          ? { service: "order", target: "store", kind: "account", accountId: "acc_buyer", roles: ["BUYER"] }
          : null,
    isRevoked: (sessionId) => sessionId === "ses_left",
    random: seededRandom,
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
    log,
    ...changes,
  });
  return { ...server, lines };
}

/** A service that has one process, of which nothing is known. */
export function onlyAddress(url: string): Addresses {
  return { pick: () => ({ url, watch: () => () => {} }), told: () => {} };
}

export const as = (token: string) => ({ authorization: `Bearer ${token}` });
