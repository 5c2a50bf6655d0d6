import { Type } from "typebox";
import { id, instantField, page, text } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { imageUrl, Message, messageId, Room, reportReason, reportStatus, roomId, seq, upTo, words } from "./shapes.ts";

const members = ["BUYER", "SELLER"] as const;

/** J1. The same store order again gives the same room. A seller sees an order, and its room, once it is paid. */
export const openOrderRoom = operation({
  service: "chat",
  name: "openOrderRoom",
  method: "POST",
  path: "/chat/order-rooms",
  access: members,
  summary: { ko: "주문 대화방 열기 (구매자와 그 가게)", en: "Open the room of a store order" },
  input: Type.Object({ storeOrderId: id("storeOrder") }),
  output: Room,
  problems: ["chat.order_not_found"],
  idempotency: "key",
  requestsPerMinute: 60,
});

/** J1. One room per buyer and store. */
export const openStoreRoom = operation({
  service: "chat",
  name: "openStoreRoom",
  method: "POST",
  path: "/chat/store-rooms",
  access: ["BUYER"],
  summary: { ko: "가게에 문의하는 대화방 열기", en: "Open a room with a store" },
  input: Type.Object({ storeId: id("store") }),
  output: Room,
  problems: ["chat.store_not_found", "chat.own_store"],
  idempotency: "key",
  requestsPerMinute: 60,
});

/** J3. Rooms in which something was said, the latest first. */
export const listRooms = operation({
  service: "chat",
  name: "listRooms",
  method: "GET",
  path: "/chat/rooms",
  access: members,
  summary: { ko: "내 대화방 목록", en: "My rooms" },
  input: Type.Object(page),
  output: Type.Object({ rooms: Type.Array(Room), nextCursor: Type.Optional(Type.String()) }),
  problems: ["chat.cursor_invalid"],
  idempotency: "safe",
});

export const getRoom = operation({
  service: "chat",
  name: "getRoom",
  method: "GET",
  path: "/chat/rooms/:roomId",
  access: members,
  summary: { ko: "대화방 보기", en: "See a room" },
  input: Type.Object({ roomId }),
  output: Room,
  problems: ["chat.room_not_found"],
  idempotency: "safe",
});

export const countUnread = operation({
  service: "chat",
  name: "countUnread",
  method: "GET",
  path: "/chat/unread",
  access: members,
  summary: { ko: "읽지 않은 메시지 수", en: "Unread messages of all my rooms" },
  input: Type.Object({}),
  output: Type.Object({ unread: upTo, rooms: upTo }),
  problems: [],
  idempotency: "safe",
});

/** J3. The newest first; what came since is read over the socket (`resume`). */
export const listMessages = operation({
  service: "chat",
  name: "listMessages",
  method: "GET",
  path: "/chat/rooms/:roomId/messages",
  access: members,
  summary: { ko: "지난 메시지", en: "Messages of a room, newest first" },
  input: Type.Object({ roomId, ...page }),
  output: Type.Object({ messages: Type.Array(Message), nextCursor: Type.Optional(Type.String()) }),
  problems: ["chat.room_not_found", "chat.cursor_invalid"],
  idempotency: "safe",
});

/**
 * J1. The sender makes `messageId` and keeps it: the same message again, over HTTP or a socket, is the same message.
 * Sending counts as having read the room up to there.
 */
export const sendMessage = operation({
  service: "chat",
  name: "sendMessage",
  method: "POST",
  path: "/chat/rooms/:roomId/messages",
  access: members,
  summary: { ko: "메시지 보내기", en: "Send a message" },
  input: Type.Object({ roomId, messageId, text: Type.Optional(words), imageUrl: Type.Optional(imageUrl) }),
  output: Message,
  status: 201,
  problems: [
    "chat.room_not_found",
    "chat.empty_message",
    "chat.image_not_accepted",
    "chat.message_not_found",
    "chat.message_id_used",
    "chat.blocked",
    "chat.unblock_first",
  ],
  idempotency: "key",
  requestsPerMinute: 60,
});

/** J3. Read marks only go forward, so it is safe to repeat. */
export const markRead = operation({
  service: "chat",
  name: "markRead",
  method: "POST",
  path: "/chat/rooms/:roomId/read",
  access: members,
  summary: { ko: "여기까지 읽음", en: "Mark as read up to a message" },
  input: Type.Object({ roomId, seq }),
  output: Type.Object({ roomId, readSeq: upTo, unread: upTo }),
  problems: ["chat.room_not_found", "chat.seq_ahead"],
  idempotency: "own-rules",
  requestsPerMinute: 240,
});

/** J3. Shown to the other person for a few seconds, and kept nowhere after that. */
export const showTyping = operation({
  service: "chat",
  name: "showTyping",
  method: "POST",
  path: "/chat/rooms/:roomId/typing",
  access: members,
  summary: { ko: "쓰는 중이라고 알리기", en: "Show that one is typing" },
  input: Type.Object({ roomId }),
  output: Type.Object({ until: instantField() }),
  problems: ["chat.room_not_found", "chat.blocked", "chat.unblock_first"],
  idempotency: "own-rules",
  requestsPerMinute: 60,
});

/** J4. Of a blocked person nothing arrives, in this room and in all others of the same two people. */
export const blockPerson = operation({
  service: "chat",
  name: "blockPerson",
  method: "POST",
  path: "/chat/rooms/:roomId/block",
  access: members,
  summary: { ko: "상대방 차단", en: "Block the other person" },
  input: Type.Object({ roomId }),
  output: Room,
  problems: ["chat.room_not_found"],
  idempotency: "key",
});

export const unblockPerson = operation({
  service: "chat",
  name: "unblockPerson",
  method: "DELETE",
  path: "/chat/rooms/:roomId/block",
  access: members,
  summary: { ko: "차단 풀기", en: "Unblock the other person" },
  input: Type.Object({ roomId }),
  output: Room,
  problems: ["chat.room_not_found"],
  idempotency: "key",
});

/** J4. A message of the other person, once; reporting it again changes nothing. */
export const reportMessage = operation({
  service: "chat",
  name: "reportMessage",
  method: "POST",
  path: "/chat/rooms/:roomId/reports",
  access: members,
  summary: { ko: "메시지 신고", en: "Report a message" },
  input: Type.Object({ roomId, messageId, reason: reportReason, comment: Type.Optional(text(500)) }),
  output: Type.Object({ reportId: id("report"), status: reportStatus }),
  status: 201,
  problems: ["chat.room_not_found", "chat.message_not_found"],
  idempotency: "key",
  requestsPerMinute: 20,
});

/**
 * A ticket opens one socket (GET /chat/socket?ticket=…) within half a minute. It is not repeated: whoever lost the
 * answer asks for another one.
 */
export const issueChatTicket = operation({
  service: "chat",
  name: "issueChatTicket",
  method: "POST",
  path: "/chat/tickets",
  access: members,
  summary: { ko: "대화 소켓의 입장권", en: "A ticket for the chat socket" },
  input: Type.Object({}),
  output: Type.Object({ ticket: Type.String(), expiresAt: instantField(), path: Type.String() }),
  status: 201,
  problems: [],
  idempotency: "own-rules",
  requestsPerMinute: 30,
});
