import { Type } from "typebox";
import { instantField } from "#platform/core/fields.ts";
import { said, socket } from "#platform/core/socket.ts";
import { markRead, sendMessage, showTyping } from "./operations.ts";
import { Message, roomId, seq, side, upTo } from "./shapes.ts";

const room = { roomId: "rom_01jd7x0000000000000000r00m" };

/** J1–J3: docs/how-to/chat.md shows a whole conversation; a test holds it against these values. */
export const chatSocket = socket({
  service: "chat",
  name: "chatSocket",
  path: "/chat/socket",
  summary: { ko: "대화 (WebSocket)", en: "Chat over a WebSocket" },
  operations: [sendMessage, markRead, showTyping],
  hears: {
    /**
     * Said first, and again at any time: up to where the client has each room. Everything after that follows as
     * `message`, in order and once, before the answer, and from then on what is new. A room that is not named begins
     * with its next message; as `seq` has no gaps, a client sees what it lacks and may name the room then.
     */
    resume: {
      summary: { ko: "여기까지 받았음", en: "What the client has already" },
      input: Type.Object({ rooms: Type.Array(Type.Object({ roomId, seq: upTo }), { maxItems: 200 }) }),
      output: Type.Object({
        /** Those of the named rooms that are the caller's, as they stand now. */
        rooms: Type.Array(Type.Object({ roomId, lastSeq: upTo, readSeq: upTo, otherReadSeq: upTo })),
      }),
      requestsPerMinute: 60,
    },
  },
  says: {
    message: said({
      summary: { ko: "새 메시지 (보낸 사람의 다른 기기에도)", en: "A message; the sender's devices hear it, too" },
      fields: Message,
      example: {
        ...room,
        messageId: "msg_01jd7x00000000000000000msg",
        seq: 8,
        from: "SELLER" as const,
        text: "지금 포장하고 있어요!",
        sentAt: "2026-11-21T03:00:01.000Z",
      },
    }),
    read: said({
      summary: { ko: "어느 쪽이 어디까지 읽었음", en: "One side has read up to here" },
      fields: Type.Object({ roomId, by: side, seq }),
      example: { ...room, by: "BUYER" as const, seq: 8 },
    }),
    typing: said({
      summary: { ko: "상대방이 쓰는 중", en: "The other person is typing until then" },
      fields: Type.Object({ roomId, from: side, until: instantField() }),
      example: { ...room, from: "SELLER" as const, until: "2026-11-21T03:00:05.000Z" },
    }),
  },
});
