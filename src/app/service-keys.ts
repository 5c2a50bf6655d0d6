import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Caller } from "#platform/core/operation.ts";
import type { Clock } from "#platform/core/time.ts";
import { EDGE } from "#platform/http/access.ts";
import { makeServiceTokens, makeServiceTokenVerifier, type ServiceKey } from "#platform/http/service-token.ts";

import type { Config } from "./config.ts";
import { allServices } from "./services.ts";

/** DER of an Ed25519 private key up to its 32 bytes of seed (RFC 8410). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The keys with which services of different processes know each other (A16). Each service's key is derived from the
 * house's one shared secret, so that processes need no exchange. The price: whoever has it can sign for every service
 * (a known limit, docs/how-to/split.md).
 */
function keyOf(service: string, secret: string): { kid: string; privateKey: KeyObject; key: ServiceKey } {
  const seed = Buffer.from(hkdfSync("sha256", secret, "madang service key", service, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
  const { kty = "OKP", crv, x } = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = `${service}-${String(x).slice(0, 8)}`;
  const key = { service, kid, kty, use: "sig", alg: "EdDSA", ...(crv ? { crv } : {}), ...(x ? { x } : {}) };
  return { kid, privateKey, key };
}

export interface ServiceTokens {
  readonly sign: (target: string, caller: Caller) => string;
  readonly verify: ReturnType<typeof makeServiceTokenVerifier>["verify"];
}

/** Those of this process; undefined without SERVICE_SECRET: then nobody is called, and nobody calls. */
export function serviceTokensOf(config: Config, clock: Clock): ServiceTokens | undefined {
  const { serviceSecret } = config.platform;
  if (serviceSecret === "") return undefined;
  const names = (services: readonly { readonly name: string }[]) => services.map(({ name }) => name);
  return serviceTokens(serviceSecret, names(allServices), names(config.services), clock);
}

/**
 * Signs as the service that calls (the door, for people's calls that go on), verifies for the services that run here.
 */
export function serviceTokens(
  secret: string,
  all: readonly string[],
  here: readonly string[],
  clock: Clock,
): ServiceTokens {
  const signers = new Map<string, (target: string, caller: Caller) => string>();
  const signerOf = (service: string) => {
    const known = signers.get(service) ?? makeServiceTokens({ service, clock, ...keyOf(service, secret) });
    signers.set(service, known);
    return known;
  };
  const keys = [...all, "door", EDGE].map((service) => keyOf(service, secret).key);
  const verifier = makeServiceTokenVerifier({ targets: here, keys, clock });
  return {
    sign: (target, caller) => signerOf(caller.kind === "service" && caller.id ? caller.id : "door")(target, caller),
    verify: (token) => verifier.verify(token),
  };
}
