import { assert } from "#platform/core/assert.ts";
import { isRefusal, type NewFact, type Refusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { Change } from "#platform/facts/change.ts";
import { commandOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import type { Account } from "../domain/account.ts";
import { type SessionEnd, sessionsRevoked } from "../domain/evolve.ts";
import { endAll, noSessions, type Sessions } from "../domain/sessions.ts";
import { sessionsRow } from "../rows.ts";

/**
 * An ADMIN's change of somebody's account. With `endsSessions` every session ends in the same commit: no token with the
 * old rights outlives it.
 */
export function changeAccount<Code extends string>(
  of: { readonly accountId: string; readonly reason: string; readonly endsSessions?: SessionEnd },
  caller: Caller,
  deps: Deps,
  decide: (account: Account | undefined, by: { by: string; reason: string }) => readonly NewFact[] | Refusal<Code>,
) {
  const { accountId, reason, endsSessions } = of;
  assert(caller.id, "the door lets only accounts in");
  const by = { by: caller.id, reason };
  const key = sessionsRow(accountId);
  const change: Change<Code> = {
    ...commandOf(caller),
    keys: [accountId, key],
    decide: (rows, now) => {
      const facts = decide(rows.get<Account>(accountId), by);
      if (isRefusal(facts)) return facts as Refusal<Code>;
      if (endsSessions === undefined || facts.length === 0) return { facts };
      const after = endAll(rows.get<Sessions>(key) ?? noSessions, now, deps.sessionRules);
      // Written even if nobody was logged in: a log-in at this very moment then loses, and is decided anew.
      return {
        facts: [...facts, ...sessionsRevoked(accountId, after.ended, endsSessions)],
        rows: { [key]: after.sessions },
      };
    },
  };
  return deps.records.change(change);
}
