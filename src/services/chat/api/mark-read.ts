import * as contract from "#contracts/chat/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { decideRead } from "../domain/mark-read.ts";
import { type Room, unreadOf } from "../domain/room.ts";
import { inNameOf, memberOf } from "./member.ts";

export const markRead = handle(contract.markRead, async ({ roomId, seq }, caller, deps: Deps) => {
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  const { me } = member;
  const outcome = await deps.records.change({
    ...inNameOf(caller),
    keys: [roomId],
    decide(rows) {
      const facts = decideRead(rows.get<Room>(roomId) ?? member.room, me, seq);
      return isRefusal(facts) ? facts : { facts };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const room = outcome.rows.get<Room>(roomId) ?? member.room;
  return { roomId, readSeq: room.read[me], unread: unreadOf(room, me) };
});
