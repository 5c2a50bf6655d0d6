import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id } from "#platform/core/fields.ts";
import { messageId, reportReason, roomId, seq } from "./shapes.ts";

// What was said is in none of them: events are for ever, and words are personal data. Keyed by the room, or the report.

const members = { roomId, buyerId: id("account"), sellerId: id("account") };
const example = {
  roomId: "rom_01jd7x0000000000000000r00m",
  buyerId: "acc_01jd7x0000000000000000b9yr",
  sellerId: "acc_01jd7x0000000000000000se11",
};

export const messageSent = event({
  service: "chat",
  type: "chat.message-sent.v1",
  summary: { ko: "메시지가 왔다", en: "A message was sent" },
  data: Type.Object({ ...members, messageId, seq, senderId: id("account") }),
  example: { ...example, messageId: "msg_01jd7x00000000000000000msg", seq: 1, senderId: example.buyerId },
});

export const messagesRead = event({
  service: "chat",
  type: "chat.messages-read.v1",
  summary: { ko: "메시지를 읽었다", en: "Somebody has read a room up to a message" },
  data: Type.Object({ ...members, readerId: id("account"), seq }),
  example: { ...example, readerId: example.sellerId, seq: 1 },
});

export const messageReported = event({
  service: "chat",
  type: "chat.message-reported.v1",
  summary: { ko: "메시지가 신고되었다", en: "A message was reported" },
  data: Type.Object({ reportId: id("report"), roomId, messageId, accusedId: id("account"), reason: reportReason }),
  example: {
    reportId: "rpt_01jd7x0000000000000000rep1",
    roomId: example.roomId,
    messageId: "msg_01jd7x00000000000000000msg",
    accusedId: example.buyerId,
    reason: "SPAM" as const,
  },
});
