import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Operation, Role } from "#platform/core/operation.ts";
import { epochMs } from "#platform/core/time.ts";
import { type PublicJwk, signJwt } from "#platform/http/jwt.ts";
import { makeServiceTokens, makeServiceTokenVerifier } from "#platform/http/service-token.ts";
import { ACCESS_TOKEN_TYPE } from "#platform/http/token.ts";
import type { TestApp } from "#platform/testing/app.ts";
import { service } from "#platform/testing/people.ts";
import { allServices } from "../services.ts";

/** Who asks: the headers that show it. */
export interface As {
  readonly name: string;
  readonly headers: (operation: Operation) => Record<string, string>;
}

export interface Claims {
  readonly sub?: string;
  readonly sid?: string;
  readonly roles?: readonly string[];
  /** Seconds from now to its end; negative for a token that is over. */
  readonly livesS?: number;
  readonly [claim: string]: unknown;
}

/** A key that the door takes for one of identity's, and what is signed with it. */
export function makeMint({ clock, app }: TestApp) {
  const { privateKey, jwk } = newKey("minted-1");
  const token = (claims: Claims = {}, key: KeyObject = privateKey, typ = ACCESS_TOKEN_TYPE) => {
    const { livesS = 300, ...rest } = claims;
    const now = Math.floor(epochMs(clock.now()) / 1000);
    const who = { sub: app.ids.make("account"), sid: app.ids.make("session"), roles: ["BUYER"] };
    const times = { iat: Math.min(now, now + livesS - 600), exp: now + livesS };
    return signJwt(typ, "minted-1", { iss: "madang", aud: "madang", ...who, ...times, ...rest }, key);
  };
  /** Somebody new with these roles, without an account: far cheaper than to sign up. */
  const as = (...roles: readonly Role[]): Minted => {
    const accountId = app.ids.make("account");
    return { accountId, ...bearer(roles.join("+") || "no role", token({ sub: accountId, roles })) };
  };
  return { jwk, token, as };
}
export interface Minted extends As {
  readonly accountId: string;
}
export type Mint = ReturnType<typeof makeMint>;

export function bearer(name: string, token: string): As {
  return { name, headers: () => ({ authorization: `Bearer ${token}` }) };
}

/** Another service of the house, and the door's eye for its tokens. */
export function makeHouse({ clock }: TestApp) {
  const { privateKey, jwk } = newKey("order-1");
  const targets = allServices.map(({ name }) => name);
  const { verify } = makeServiceTokenVerifier({ targets, keys: [{ ...jwk, service: "order" }], clock });
  const sign = makeServiceTokens({ service: "order", kid: "order-1", privateKey, clock });
  const as = (target?: string): As => ({
    name: "house",
    headers: (to) => ({ "x-madang-service-token": sign(target ?? to.service, service("order")) }),
  });
  return { verify, as };
}

export function newKey(kid: string): { privateKey: KeyObject; jwk: PublicJwk } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { x } = publicKey.export({ format: "jwk" }) as { x: string };
  return { privateKey, jwk: { kty: "OKP", crv: "Ed25519", kid, x } };
}
