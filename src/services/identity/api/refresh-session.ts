import { refreshSession as contract } from "#contracts/identity/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { type Accepted, accept } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import { clientOf } from "../client.ts";
import { traceOf } from "../command.ts";
import { readRefreshToken, refreshHash, successorOf } from "../crypto/refresh-token.ts";
import type { Deps } from "../deps.ts";
import type { Account } from "../domain/account.ts";
import { sessionsRevoked } from "../domain/evolve.ts";
import { noSessions, refresh, type Sessions } from "../domain/sessions.ts";
import { sessionsRow } from "../rows.ts";
import { sessionTokens } from "./session-tokens.ts";

/** Roles are read anew, so a granted role works from the next refresh on. */
export const refreshSession = handle(contract, async (input, caller, deps: Deps) => {
  const token = readRefreshToken(input.refreshToken, deps.secrets);
  if (token === undefined) return reject("session.refresh_invalid");
  const { accountId, sessionId, generation } = token;
  const successor = successorOf(token, deps.secrets);
  const client = clientOf(caller);
  const presented = { sessionId, generation, hash: refreshHash(token), successorHash: refreshHash(successor), client };
  const key = sessionsRow(accountId);
  const outcome = await deps.records.change({
    ...traceOf(caller),
    actor: accountId,
    keys: [accountId, key],
    decide: (rows, now): Accepted | ReturnType<typeof reject<"session.refresh_invalid">> => {
      const sessions = rows.get<Sessions>(key) ?? noSessions;
      const result = refresh(sessions, presented, now, deps.sessionRules);
      switch (result.kind) {
        case "rotated":
          return { rows: { [key]: result.sessions } };
        case "again":
          return accept();
        case "reused":
          return {
            facts: sessionsRevoked(accountId, result.ended, "REFRESH_REUSED"),
            rows: { [key]: result.sessions },
          };
        case "unknown":
          return reject("session.refresh_invalid");
      }
    },
  });
  if (isRefusal(outcome)) return outcome;
  const sessions = outcome.rows.get<Sessions>(key);
  // The end of the family had to be committed, so the refusal is read from what is left.
  if (!sessions?.live.some((one) => one.sessionId === sessionId)) return reject("session.refresh_reused");
  const account = outcome.rows.get<Account>(accountId);
  return sessionTokens(account, sessions, { token: successor, now: deps.clock.now() }, deps);
});
