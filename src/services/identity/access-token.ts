import { SignJWT } from "jose";
import { epochMs, type Instant, instant } from "#platform/core/time.ts";
import type { Deps } from "./deps.ts";
import type { Account } from "./domain/account.ts";

/**
 * Signs the short token that every request carries: who (`sub`), as what (`roles`), in which session (`sid`, what a
 * revocation names), at which state of the account's authority (`ver`). Profile of RFC 9068, algorithm pinned to EdDSA.
 */
export async function signAccessToken(
  account: Account,
  sessionId: string,
  now: Instant,
  deps: Pick<Deps, "keyring" | "sessionRules" | "token">,
): Promise<{ readonly accessToken: string; readonly accessTokenExpiresAt: Instant }> {
  const { kid, key } = await deps.keyring.signer(now);
  const issuedAt = Math.floor(epochMs(now) / 1000);
  const expiresAt = issuedAt + Math.floor(deps.sessionRules.accessTokenMs / 1000);
  const accessToken = await new SignJWT({ roles: account.roles, sid: sessionId, ver: account.authority })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
    .setIssuer(deps.token.issuer)
    .setAudience(deps.token.audience)
    .setSubject(account.accountId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
  return { accessToken, accessTokenExpiresAt: instant(expiresAt * 1000) };
}
