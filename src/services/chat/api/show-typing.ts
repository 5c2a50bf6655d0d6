import * as contract from "#contracts/chat/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Pair, PEACE, pairKey, refusalBetween } from "../domain/pair.ts";
import { decideTyping, type Typing, typingKey } from "../domain/typing.ts";
import { inNameOf, memberOf } from "./member.ts";

export const showTyping = handle(contract.showTyping, async ({ roomId }, caller, deps: Deps) => {
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  const { room, me, myId, otherId } = member;
  const [key, pair] = [typingKey(roomId), pairKey(myId, otherId)];
  const outcome = await deps.records.change({
    ...inNameOf(caller),
    keys: [key, pair],
    decide(rows, now) {
      const refusal = refusalBetween(rows.get<Pair>(pair) ?? PEACE, myId);
      if (refusal !== undefined) return refusal;
      const typing = decideTyping(rows.get<Typing>(key), room, me, now);
      return typing === undefined ? {} : { rows: { [key]: typing } };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const typing = outcome.rows.get<Typing>(key);
  // Who is connected to this process need not wait for the next look at the rows.
  if (typing !== undefined) deps.desk.hearTyping([typing], deps.clock.now());
  return { until: typing?.[me] ?? deps.clock.now() };
});
