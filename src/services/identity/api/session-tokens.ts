import { assert } from "#platform/core/assert.ts";
import type { Instant } from "#platform/core/time.ts";
import { signAccessToken } from "../access-token.ts";
import { type RefreshToken, writeRefreshToken } from "../crypto/refresh-token.ts";
import type { Deps } from "../deps.ts";
import type { Account } from "../domain/account.ts";
import type { Sessions } from "../domain/sessions.ts";

/** The answer to a log-in and to a refresh: both tokens of a session that is live. */
export async function sessionTokens(
  account: Account | undefined,
  sessions: Sessions | undefined,
  refresh: { readonly token: RefreshToken; readonly now: Instant },
  deps: Deps,
) {
  const { token, now } = refresh;
  const session = sessions?.live.find((one) => one.sessionId === token.sessionId);
  assert(account && session, "tokens are given for a live session of an account");
  return {
    ...(await signAccessToken(account, session.sessionId, now, deps)),
    refreshToken: writeRefreshToken(token, deps.secrets),
    refreshTokenExpiresAt: session.expiresAt,
    accountId: account.accountId,
    sessionId: session.sessionId,
    roles: [...account.roles],
  };
}
