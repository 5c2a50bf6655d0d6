import { logOut as contract, logOutEverywhere as everywhere } from "#contracts/identity/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { Instant } from "#platform/core/time.ts";
import { handle } from "#platform/service.ts";
import { traceOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import { sessionsRevoked } from "../domain/evolve.ts";
import { end, endAll, noSessions, type Sessions } from "../domain/sessions.ts";
import { sessionsRow } from "../rows.ts";

type Ending = (sessions: Sessions, now: Instant) => ReturnType<typeof end>;

export const logOut = handle(contract, async (_input, caller, deps: Deps) => {
  const { sessionId = "" } = caller;
  const outcome = await endSessions(caller, deps, (all, now) => end(all, [sessionId], now, deps.sessionRules));
  return isRefusal(outcome) ? outcome : {};
});

export const logOutEverywhere = handle(everywhere, async (_input, caller, deps: Deps) =>
  endSessions(caller, deps, (all, now) => endAll(all, now, deps.sessionRules)),
);

async function endSessions(caller: Caller, deps: Deps, ending: Ending) {
  assert(caller.id, "the door lets only accounts in");
  const accountId = caller.id;
  const key = sessionsRow(accountId);
  let ended = 0;
  const outcome = await deps.records.change<never>({
    ...traceOf(caller),
    keys: [accountId, key],
    decide: (rows, now) => {
      const after = ending(rows.get<Sessions>(key) ?? noSessions, now);
      // Only the last run of a decision is committed, so this ends up as what happened.
      ended = after.ended.length;
      if (ended === 0) return {};
      return { facts: sessionsRevoked(accountId, after.ended, "LOGGED_OUT"), rows: { [key]: after.sessions } };
    },
  });
  return isRefusal(outcome) ? outcome : { ended };
}
