import * as contract from "#contracts/chat/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Pair, PEACE, pairKey, setBlock } from "../domain/pair.ts";
import type { RoomFact } from "../domain/room.ts";
import { inNameOf, memberOf } from "./member.ts";
import { showRoomNow } from "./show-room.ts";

export const blockPerson = handle(contract.blockPerson, ({ roomId }, caller, deps: Deps) =>
  set(deps, caller, roomId, true),
);
export const unblockPerson = handle(contract.unblockPerson, ({ roomId }, caller, deps: Deps) =>
  set(deps, caller, roomId, false),
);

/** The room's log says who did it and where; the pair's row says how it stands between the two (J4). */
async function set(deps: Deps, caller: Caller, roomId: string, isBlocked: boolean) {
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  const { myId: blockerId, otherId: blockedId } = member;
  const key = pairKey(blockerId, blockedId);
  const type = isBlocked ? "PersonBlocked" : "PersonUnblocked";
  const fact: RoomFact = { stream: roomId, type, data: { blockerId, blockedId } };
  const outcome = await deps.records.change<never>({
    ...inNameOf(caller),
    keys: [roomId, key],
    decide(rows) {
      const pair = setBlock(rows.get<Pair>(key) ?? PEACE, blockerId, isBlocked);
      return pair === undefined ? {} : { facts: [fact], rows: { [key]: pair } };
    },
  });
  return isRefusal(outcome) ? outcome : showRoomNow(deps, roomId, blockerId);
}
