import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Room, RoomFact, Side } from "./room.ts";

/** Marks only go forward: what was read on one device is not unread again on another (J3). */
export function decideRead(room: Room, me: Side, seq: number): readonly RoomFact[] | Refusal<"chat.seq_ahead"> {
  const { roomId, buyerId, sellerId } = room;
  if (seq > room.lastSeq) return reject("chat.seq_ahead", { field: "seq", last: room.lastSeq });
  if (seq <= room.read[me]) return [];
  const readerId = me === "BUYER" ? buyerId : sellerId;
  return [{ stream: roomId, type: "MessagesRead", data: { readerId, seq, buyerId, sellerId } }];
}
