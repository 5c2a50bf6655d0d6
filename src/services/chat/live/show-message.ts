import type { Static } from "typebox";
import type { Message as Shown } from "#contracts/chat/shapes.ts";
import { assert } from "#platform/core/assert.ts";
import { type Message, sideOf } from "../domain/room.ts";

/** A message as people see it: who wrote it is a side of the room. */
export function showMessage(
  room: { readonly buyerId: string; readonly sellerId: string },
  { senderId, ...message }: Message,
): Static<typeof Shown> {
  const from = sideOf(room, senderId);
  assert(from, `${message.messageId} was written by nobody of its room`);
  return { ...message, from };
}
