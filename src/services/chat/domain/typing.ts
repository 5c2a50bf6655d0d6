import { type Instant, isAfter, plus } from "#platform/core/time.ts";
import type { Room, Side } from "./room.ts";

/** Until when each side of a room is shown as typing. One row per room: it is overwritten, never added to. */
export interface Typing {
  readonly roomId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly BUYER?: Instant;
  readonly SELLER?: Instant;
  /** The later of the two: what rows are found by. */
  readonly until: Instant;
}

const SHOWN = { seconds: 5 };
/** Whoever is shown for this long still is not written down again: a key a second is one row in three. */
const FRESH = { seconds: 2 };

export function typingKey(roomId: string): string {
  return `typing:${roomId}`;
}

/** The row after somebody types; undefined when it says so already. */
export function decideTyping(before: Typing | undefined, room: Room, me: Side, now: Instant): Typing | undefined {
  const shown = before?.[me];
  if (shown !== undefined && isAfter(shown, plus(now, FRESH))) return undefined;
  const until = plus(now, SHOWN);
  const { roomId, buyerId, sellerId } = room;
  return { ...before, roomId, buyerId, sellerId, [me]: until, until };
}
