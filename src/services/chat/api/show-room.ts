import type { Static } from "typebox";
import type { Room as Shown } from "#contracts/chat/shapes.ts";
import { assert } from "#platform/core/assert.ts";
import type { Deps } from "../deps.ts";
import { otherSide, sideOf, unreadOf } from "../domain/room.ts";
import { showMessage } from "../live/show-message.ts";
import { readRoom, type ShownRoom } from "../views/rooms.ts";

/** A room as one of its people sees it. */
export function showRoom({ room, storeName, nickname, lastMessage, pair }: ShownRoom, myId: string) {
  const me = sideOf(room, myId);
  assert(me, `${myId} is shown a room of others`);
  const { roomId, kind, storeId, orderId, storeOrderId, lastSeq, read, openedAt } = room;
  const shown: Static<typeof Shown> = {
    ...{ roomId, kind, storeId, me, lastSeq, openedAt },
    storeName: storeName ?? "",
    otherName: (me === "BUYER" ? storeName : nickname) ?? "",
    ...(orderId === undefined ? {} : { orderId }),
    ...(storeOrderId === undefined ? {} : { storeOrderId }),
    ...(lastMessage ? { lastMessage: showMessage(room, lastMessage) } : {}),
    readSeq: read[me],
    otherReadSeq: read[otherSide(me)],
    unread: unreadOf(room, me),
    isBlockedByMe: pair?.blockedBy.includes(myId) ?? false,
  };
  return shown;
}

/** The room as it is now, for who is in it. */
export async function showRoomNow({ sql }: Deps, roomId: string, myId: string) {
  const found = await readRoom(sql, roomId);
  assert(found, `the room is gone: ${roomId}`);
  return showRoom(found, myId);
}
