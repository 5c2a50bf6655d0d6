import { logIn as contract } from "#contracts/identity/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import { clientOf, guessKeys, guessRows, readGuesses } from "../client.ts";
import { traceOf } from "../command.ts";
import { hashPassword, isOutdated, isPassword } from "../crypto/argon2.ts";
import { firstRefreshToken, type RefreshToken, refreshHash } from "../crypto/refresh-token.ts";
import type { Deps } from "../deps.ts";
import type { Account } from "../domain/account.ts";
import { sessionsRevoked } from "../domain/evolve.ts";
import { countAttempt, forgive } from "../domain/guesses.ts";
import { noSessions, open, type Sessions } from "../domain/sessions.ts";
import { type Claim, emailClaim, passwordRow, type StoredPassword, sessionsRow } from "../rows.ts";
import { sessionTokens } from "./session-tokens.ts";

interface Proven {
  readonly accountId: string;
  /** The hash that the password was checked against. */
  readonly hash: string;
  readonly newHash?: string;
}

/** An unknown account takes the very same steps as a wrong password: neither answer nor time tells them apart. */
export const logIn = handle(contract, async (input, caller, deps: Deps) => {
  const proven = await deps.turns(() => prove(input, caller, deps));
  if (isRefusal(proven)) return proven;
  const token = firstRefreshToken(proven.accountId, deps.ids.make("session"), deps.random);
  const outcome = await begin(proven, token, { email: input.email, caller }, deps);
  if (isRefusal(outcome)) return outcome;
  const { accountId } = proven;
  const account = outcome.rows.get<Account>(accountId);
  const sessions = outcome.rows.get<Sessions>(sessionsRow(accountId));
  return sessionTokens(account, sessions, { token, now: deps.clock.now() }, deps);
});

/** Counts the attempt before it looks at the password: a thousand guesses sent at once count as a thousand. */
async function prove(input: { readonly email: string; readonly password: string }, caller: Caller, deps: Deps) {
  const keys = guessKeys(input.email, caller);
  const claim = emailClaim(input.email);
  const counted = await deps.records.change({
    ...traceOf(caller),
    keys: [keys.pair, keys.account, keys.network, claim],
    decide: (rows, now) => {
      const attempt = countAttempt(readGuesses(rows, keys), now, deps.guessRules);
      if ("counted" in attempt) return { rows: guessRows(attempt.counted, keys) };
      return reject("session.too_many_guesses", { retryAfterSeconds: Math.ceil(attempt.waitMs / 1000) });
    },
  });
  if (isRefusal(counted)) return counted;
  const accountId = counted.rows.get<Claim>(claim)?.accountId ?? "nobody";
  const row = passwordRow(accountId);
  const hash = (await deps.records.read([row])).get<StoredPassword>(row)?.hash ?? deps.nobodysHash;
  if (!(await isPassword(input.password, hash))) return reject("session.wrong_credentials");
  const newHash = isOutdated(hash) ? { newHash: await hashPassword(input.password, deps.random) } : {};
  return { accountId, hash, ...newHash } satisfies Proven;
}

function begin(
  proven: Proven,
  token: RefreshToken,
  from: { readonly email: string; readonly caller: Caller },
  deps: Deps,
) {
  const { accountId, hash, newHash } = proven;
  const keys = guessKeys(from.email, from.caller);
  const sessionsKey = sessionsRow(accountId);
  const passwordKey = passwordRow(accountId);
  const begun = { sessionId: token.sessionId, refreshHash: refreshHash(token), client: clientOf(from.caller) };
  return deps.records.change<"account.suspended" | "session.wrong_credentials">({
    ...traceOf(from.caller),
    actor: accountId,
    keys: [accountId, sessionsKey, passwordKey, keys.pair, keys.account, keys.network],
    decide: (rows, now) => {
      // Changed while we were hashing: what was proven is no longer the password.
      if (rows.get<StoredPassword>(passwordKey)?.hash !== hash) return reject("session.wrong_credentials");
      if (rows.get<Account>(accountId)?.status !== "ACTIVE") return reject("account.suspended");
      const sessions = rows.get<Sessions>(sessionsKey) ?? noSessions;
      const opened = open(sessions, begun, now, deps.sessionRules);
      return {
        facts: sessionsRevoked(accountId, opened.ended, "TOO_MANY"),
        rows: {
          [sessionsKey]: opened.sessions,
          ...guessRows(forgive(readGuesses(rows, keys), now, deps.guessRules), keys),
          ...(newHash === undefined ? {} : { [passwordKey]: { hash: newHash } }),
        },
      };
    },
  });
}
