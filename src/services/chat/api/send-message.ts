import * as contract from "#contracts/chat/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Pair, PEACE, pairKey } from "../domain/pair.ts";
import type { Message, Room } from "../domain/room.ts";
import { decideSend, isAcceptedHost, isEmptyMessage } from "../domain/send-message.ts";
import { showMessage } from "../live/show-message.ts";
import { inNameOf, memberOf } from "./member.ts";

export const sendMessage = handle(contract.sendMessage, async (input, caller, deps: Deps) => {
  const { roomId, messageId, text, imageUrl } = input;
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  if (isEmptyMessage(input)) return reject("chat.empty_message", { field: "text" });
  if (imageUrl !== undefined && !isAcceptedHost(URL.parse(imageUrl)?.hostname, deps.imageHosts)) {
    return reject("chat.image_not_accepted", { field: "imageUrl" });
  }
  const { myId: senderId, otherId } = member;
  const pair = pairKey(senderId, otherId);
  const outcome = await deps.records.change({
    ...inNameOf(caller),
    keys: [roomId, messageId, pair],
    decide(rows, now) {
      const room = rows.get<Room>(roomId) ?? member.room;
      const between = rows.get<Pair>(pair) ?? PEACE;
      const earlier = rows.get<Message>(messageId);
      const sent = decideSend({ room, pair: between, earlier }, { messageId, senderId, text, imageUrl }, now);
      if (sent === "again") return {};
      // The pair is written as it was: a block of another process that came in between makes this be decided anew, so
      // that nothing arrives once a block has been answered.
      return isRefusal(sent) ? sent : { facts: [sent.fact], rows: { [messageId]: sent.message, [pair]: between } };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const message = outcome.rows.get<Message>(messageId);
  assert(message, `a message that was sent has no row: ${messageId}`);
  return showMessage(member.room, message);
});
