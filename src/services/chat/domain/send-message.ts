import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { type Pair, refusalBetween } from "./pair.ts";
import type { Message, Room, RoomFact } from "./room.ts";

export interface Sending {
  readonly messageId: string;
  readonly senderId: string;
  readonly text?: string | undefined;
  readonly imageUrl?: string | undefined;
}

export interface Sent {
  readonly message: Message;
  readonly fact: RoomFact;
}

type Code = "chat.message_not_found" | "chat.message_id_used" | "chat.blocked" | "chat.unblock_first";

/**
 * The next message of the room (J1, J4): its place is the one after the last, so places have no gap. A message that is
 * there already is not said twice, even if its sender has been blocked since.
 * @returns "again" for the very same message.
 */
export function decideSend(
  { room, pair, earlier }: { readonly room: Room; readonly pair: Pair; readonly earlier: Message | undefined },
  sending: Sending,
  now: Instant,
): Sent | "again" | Refusal<Code> {
  const { messageId, senderId, text, imageUrl } = sending;
  const { roomId, buyerId, sellerId } = room;
  if (earlier !== undefined) {
    // An id of somebody else's is not there, as everywhere.
    if (earlier.roomId !== roomId || earlier.senderId !== senderId) return reject("chat.message_not_found");
    const isSame = earlier.text === text && earlier.imageUrl === imageUrl;
    return isSame ? "again" : reject("chat.message_id_used", { field: "messageId" });
  }
  const refusal = refusalBetween(pair, senderId);
  if (refusal !== undefined) return refusal;
  const seq = room.lastSeq + 1;
  const said = { ...(text === undefined ? {} : { text }), ...(imageUrl === undefined ? {} : { imageUrl }) };
  return {
    message: { messageId, roomId, seq, senderId, ...said, sentAt: now },
    fact: { stream: roomId, type: "MessageSent", data: { messageId, seq, senderId, buyerId, sellerId } },
  };
}

/** A message has words or an image; blanks alone are neither. */
export function isEmptyMessage({ text, imageUrl }: Pick<Sending, "text" | "imageUrl">): boolean {
  return imageUrl === undefined && (text ?? "").trim() === "";
}

/** Which hosts images may lie at; with none named, any. An address that cannot be read has none. */
export function isAcceptedHost(host: string | undefined, accepted: readonly string[]): boolean {
  return host !== undefined && (accepted.length === 0 || accepted.includes(host));
}
