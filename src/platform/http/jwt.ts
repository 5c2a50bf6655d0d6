import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { createDecoder, createVerifier } from "fast-jwt";
import { epochMs, type Instant } from "#platform/core/time.ts";

/** An Ed25519 key as RFC 8037 writes it; everything else in a key set is passed over. */
export interface PublicJwk {
  readonly kid: string;
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly use?: string;
  readonly alg?: string;
}

export interface JwtRules {
  readonly typ: string;
  readonly audience: string;
  /** Who may have signed with the key: checked against `iss`. */
  readonly issuerOf: (kid: string) => string;
  /** Longest time from iat to exp that is believed, in seconds. */
  readonly lifetimeMaxS: number;
}

export type JwtClaims = Readonly<Record<string, unknown>> & { readonly exp: number; readonly iat: number };
export type SignedJwt = { readonly kid: string; readonly claims: JwtClaims };

/** Far beyond any token of ours (about 500 characters); more is not even read. */
const LENGTH_MAX = 4096;
/** Clocks of two processes differ a little; a token from further in the future is none of ours. */
const CLOCK_SKEW_S = 5;
const KID_LENGTH_MAX = 100;

const decode = createDecoder({ complete: true });

/** Checks signatures against a set of keys and nothing else in the token: jku, x5u, jwk and x5c are never followed. */
export function makeSignatureCheck(keys: readonly PublicJwk[], rules: JwtRules): (token: string) => SignedJwt | null {
  const verifiers = new Map<string, (token: string) => unknown>();
  for (const key of keys) {
    if (!isEd25519(key) || key.kid === "" || key.kid.length > KID_LENGTH_MAX) continue;
    const pem = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key.x }, format: "jwk" });
    verifiers.set(
      key.kid,
      createVerifier({
        key: String(pem.export({ type: "spki", format: "pem" })),
        algorithms: ["EdDSA"],
        allowedIss: rules.issuerOf(key.kid),
        allowedAud: rules.audience,
        checkTyp: rules.typ,
        // Times are compared with the clock that is handed in, at every use and not only at the first.
        ignoreExpiration: true,
        ignoreNotBefore: true,
        cache: false,
      }),
    );
  }
  return (token) => {
    if (token.length > LENGTH_MAX) return null;
    const kid = headerKid(token);
    const verify = kid === undefined ? undefined : verifiers.get(kid);
    if (verify === undefined || kid === undefined) return null;
    try {
      return checked(kid, verify(token), rules);
    } catch {
      // Whatever is wrong with somebody's token, it is no token to us; fast-jwt throws for each kind of wrong.
      return null;
    }
  };
}

function headerKid(token: string): string | undefined {
  try {
    const { header } = decode(token) as { header: Record<string, unknown> };
    return header.alg === "EdDSA" && typeof header.kid === "string" ? header.kid : undefined;
  } catch {
    // Not three parts of base64url with JSON in them.
    return undefined;
  }
}

function checked(kid: string, claims: unknown, rules: JwtRules): SignedJwt | null {
  if (typeof claims !== "object" || claims === null) return null;
  const { exp, iat, nbf, aud, iss } = claims as Record<string, unknown>;
  if (!isSeconds(exp) || !isSeconds(iat) || (nbf !== undefined && !isSeconds(nbf))) return null;
  // fast-jwt compares iss and aud only where they are there, and takes a list where ours is one text.
  if (iss !== rules.issuerOf(kid)) return null;
  if (aud !== rules.audience || exp - iat > rules.lifetimeMaxS) return null;
  return { kid, claims: claims as JwtClaims };
}

/** Whether the token holds at this moment: from nbf (or iat, less a few seconds) up to, but not at, exp. */
export function timeOf({ claims }: SignedJwt, now: Instant): "holds" | "expired" | "early" {
  const nowS = epochMs(now) / 1000;
  if (claims.exp <= nowS) return "expired";
  const notBefore = typeof claims.nbf === "number" ? claims.nbf : claims.iat - CLOCK_SKEW_S;
  return notBefore > nowS ? "early" : "holds";
}

/** Signs with Ed25519. The header is ours alone: alg, typ and kid. */
export function signJwt(typ: string, kid: string, claims: JwtClaims, privateKey: KeyObject): string {
  const input = `${part({ alg: "EdDSA", typ, kid })}.${part(claims)}`;
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function isEd25519(key: PublicJwk): boolean {
  const use = key.use === undefined || key.use === "sig";
  const algorithm = key.alg === undefined || key.alg === "EdDSA";
  return key.kty === "OKP" && key.crv === "Ed25519" && typeof key.x === "string" && use && algorithm;
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 && value < 1e11;
}
