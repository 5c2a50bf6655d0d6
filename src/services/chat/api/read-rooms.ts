import * as contract from "#contracts/chat/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { cutPage, LAST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { showMessage } from "../live/show-message.ts";
import { messagesBefore } from "../views/messages.ts";
import { countUnreadOf, listRoomsOf } from "../views/rooms.ts";
import { memberOf } from "./member.ts";
import { showRoom, showRoomNow } from "./show-room.ts";

const pageSize = 20;

export const listRooms = handle(contract.listRooms, async ({ cursor, limit = pageSize }, caller, { sql }: Deps) => {
  const after = readCursor(cursor) ?? LAST;
  if (after === "invalid") return reject("chat.cursor_invalid", { field: "cursor" });
  const myId = caller.id ?? "";
  const rooms = await listRoomsOf(sql, myId, { ...after, sorted: String(after.sorted) }, limit + 1);
  const place = ({ room }: (typeof rooms)[number]) => ({ sorted: room.lastMessageAt ?? "", key: room.roomId });
  const { shown, ...next } = cutPage(rooms, limit, place);
  return { rooms: shown.map((room) => showRoom(room, myId)), ...next };
});

export const getRoom = handle(contract.getRoom, async ({ roomId }, caller, deps: Deps) => {
  const member = await memberOf(deps, roomId, caller);
  return member === undefined ? reject("chat.room_not_found") : showRoomNow(deps, roomId, member.myId);
});

export const countUnread = handle(contract.countUnread, (_input, caller, { sql }: Deps) =>
  countUnreadOf(sql, caller.id ?? ""),
);

export const listMessages = handle(contract.listMessages, async (input, caller, deps: Deps) => {
  const { roomId, cursor, limit = pageSize } = input;
  const after = readCursor(cursor);
  const before = after === undefined ? Number.MAX_SAFE_INTEGER : after === "invalid" ? undefined : after.sorted;
  if (typeof before !== "number") return reject("chat.cursor_invalid", { field: "cursor" });
  const member = await memberOf(deps, roomId, caller);
  if (member === undefined) return reject("chat.room_not_found");
  const messages = await messagesBefore(deps.sql, roomId, before, limit + 1);
  const { shown, ...next } = cutPage(messages, limit, ({ seq, messageId }) => ({ sorted: seq, key: messageId }));
  return { messages: shown.map((message) => showMessage(member.room, message)), ...next };
});
