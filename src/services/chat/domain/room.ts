import { assert } from "#platform/core/assert.ts";
import type { NewFact } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";

export type Side = "BUYER" | "SELLER";

/** A room as its row has it. Who may be in it never changes. */
export interface Room {
  readonly roomId: string;
  readonly kind: "ORDER" | "STORE";
  readonly storeId: string;
  readonly orderId?: string;
  readonly storeOrderId?: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly openedAt: Instant;
  /** The place of the last message; 0 while nothing was said. */
  readonly lastSeq: number;
  readonly lastMessageAt?: Instant;
  /** Up to where each side has read. */
  readonly read: Readonly<Record<Side, number>>;
}

/** What was said is a row of its own, without a history: it is personal data (docs/why/011). */
export interface Message {
  readonly messageId: string;
  readonly roomId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly text?: string;
  readonly imageUrl?: string;
  readonly sentAt: Instant;
}

interface Members {
  readonly buyerId: string;
  readonly sellerId: string;
}
interface Block {
  readonly blockerId: string;
  readonly blockedId: string;
}
interface RoomFacts {
  readonly RoomOpened: Omit<Room, "roomId" | "openedAt" | "lastSeq" | "lastMessageAt" | "read">;
  readonly MessageSent: Members & { readonly messageId: string; readonly seq: number; readonly senderId: string };
  readonly MessagesRead: Members & { readonly readerId: string; readonly seq: number };
  readonly PersonBlocked: Block;
  readonly PersonUnblocked: Block;
}
export type RoomFact = {
  readonly [Type in keyof RoomFacts]: NewFact<Type, RoomFacts[Type]>;
}[keyof RoomFacts];

export function evolveRoom(before: Room | undefined, fact: RoomFact, at: Instant): Room {
  if (fact.type === "RoomOpened") {
    return { roomId: fact.stream, ...fact.data, openedAt: at, lastSeq: 0, read: { BUYER: 0, SELLER: 0 } };
  }
  assert(before, `${fact.type} in a room that was never opened: ${fact.stream}`);
  switch (fact.type) {
    case "MessageSent": {
      const { seq, senderId } = fact.data;
      return { ...readUpTo(before, senderId, seq), lastSeq: seq, lastMessageAt: at };
    }
    case "MessagesRead":
      return readUpTo(before, fact.data.readerId, fact.data.seq);
    default:
      // Who has blocked whom is kept for the two people, not for one of their rooms.
      return before;
  }
}

/** Who writes has the room before their eyes, so their own message counts as read, and all before it. */
function readUpTo(room: Room, readerId: string, seq: number): Room {
  const side = sideOf(room, readerId);
  assert(side, `${readerId} is not in ${room.roomId}`);
  return { ...room, read: { ...room.read, [side]: seq } };
}

/** Which of the two somebody is; undefined for everybody else. */
export function sideOf(room: Members, accountId: string | undefined): Side | undefined {
  if (accountId === room.buyerId) return "BUYER";
  return accountId === room.sellerId ? "SELLER" : undefined;
}

export function otherOf(room: Members, side: Side): string {
  return side === "BUYER" ? room.sellerId : room.buyerId;
}

export function otherSide(side: Side): Side {
  return side === "BUYER" ? "SELLER" : "BUYER";
}

export function unreadOf(room: Room, side: Side): number {
  return room.lastSeq - room.read[side];
}
