import type { KeyObject } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Caller, Role } from "#platform/core/operation.ts";
import { type Clock, epochMs } from "#platform/core/time.ts";
import type { ServiceClaims } from "./access.ts";
import { makeSignatureCheck, type PublicJwk, signJwt, timeOf } from "./jwt.ts";

/** A key and the one service that may sign with it, so that no service can pass itself off as another. */
export interface ServiceKey extends PublicJwk {
  readonly service: string;
}

export interface ServiceSigner {
  readonly service: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly clock: Clock;
}

export const SERVICE_TOKEN_TYPE = "service+jwt";
const LIFETIME_S = 60;
/** The same token serves a caller's further calls for this long, so that signing is not paid for each of them. */
const REUSED_S = 30;
const REUSED_MAX = 5_000;
const CHECKED_MAX = 10_000;

/**
 * A16: a member's call goes on to another service not with the member's token but with a short one of ours, which says
 * which service calls, which one it calls, and in whose name. It is good for one target and for a minute.
 */
export function makeServiceTokens({ service, kid, privateKey, clock }: ServiceSigner) {
  const recent = new LRUCache<string, { token: string; iat: number }>({ max: REUSED_MAX });
  return (target: string, caller: Caller): string => {
    const nowS = Math.floor(epochMs(clock.now()) / 1000);
    const roles = [...caller.roles].sort();
    const who = { kind: caller.kind, sub: caller.id, sid: caller.sessionId, roles };
    const key = JSON.stringify([target, who]);
    const before = recent.get(key);
    // A clock that was set back must not make an old token look young.
    if (before !== undefined && nowS >= before.iat && nowS - before.iat < REUSED_S) return before.token;
    const claims = { iss: service, aud: target, ...who, iat: nowS, exp: nowS + LIFETIME_S };
    const token = signJwt(SERVICE_TOKEN_TYPE, kid, claims, privateKey);
    recent.set(key, { token, iat: nowS });
    return token;
  };
}

export interface ServiceTokenVerifier {
  verify(token: string): ServiceClaims | null;
  setKeys(keys: readonly ServiceKey[]): void;
}

/** Checks tokens that are meant for any of `targets`: the services that run in this process. */
export function makeServiceTokenVerifier(parts: {
  readonly targets: readonly string[];
  readonly keys: readonly ServiceKey[];
  readonly clock: Clock;
}): ServiceTokenVerifier {
  let checks = checksFor(parts.targets, parts.keys);
  const known = new LRUCache<string, NonNullable<ReturnType<(typeof checks)[number]>>>({ max: CHECKED_MAX });
  return {
    verify(token) {
      let signed = known.get(token);
      for (const check of checks) signed ??= check(token) ?? undefined;
      if (signed === undefined || timeOf(signed, parts.clock.now()) !== "holds") return null;
      const claims = claimsOf(signed.claims);
      if (claims !== null) known.set(token, signed);
      return claims;
    },
    setKeys(keys) {
      checks = checksFor(parts.targets, keys);
      known.clear();
    },
  };
}

function checksFor(targets: readonly string[], keys: readonly ServiceKey[]) {
  const owner = new Map(keys.map(({ kid, service }) => [kid, service]));
  const issuerOf = (kid: string) => owner.get(kid) ?? "";
  return targets.map((audience) =>
    makeSignatureCheck(keys, { typ: SERVICE_TOKEN_TYPE, audience, issuerOf, lifetimeMaxS: LIFETIME_S }),
  );
}

function claimsOf(claims: Readonly<Record<string, unknown>>): ServiceClaims | null {
  const { iss, aud, kind, sub, sid, roles } = claims;
  if (typeof iss !== "string" || typeof aud !== "string" || !Array.isArray(roles)) return null;
  if (kind !== "anyone" && kind !== "account" && kind !== "service") return null;
  if (kind === "account" && typeof sub !== "string") return null;
  return {
    service: iss,
    target: aud,
    kind,
    roles: roles as Role[],
    ...(typeof sub === "string" ? { accountId: sub } : {}),
    ...(typeof sid === "string" ? { sessionId: sid } : {}),
  };
}
