import type { messageSent, messagesRead } from "#contracts/chat/events.ts";
import type { chatSocket } from "#contracts/chat/socket.ts";
import type { EventData } from "#platform/core/event.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Connection } from "#platform/socket/handler.ts";
import type { Log } from "#platform/telemetry/log.ts";
import { otherOf, type Side, sideOf } from "../domain/room.ts";
import type { Typing } from "../domain/typing.ts";
import { type MessagesAfter, makeSeat, type Seat } from "./seat.ts";

/** Who is connected to this process. What happens in any process reaches it by the tails of the chat's own feed. */
export interface Desk {
  readonly isEmpty: boolean;
  join(connection: Connection<typeof chatSocket>): Seat;
  leave(seat: Seat): void;
  hearMessage(event: EventData<typeof messageSent>): void;
  hearRead(event: EventData<typeof messagesRead>): void;
  hearTyping(rows: readonly Typing[], now: Instant): void;
}

const SIDES: readonly Side[] = ["BUYER", "SELLER"];

export function makeDesk(parts: { readonly log: Log; readonly after: MessagesAfter }): Desk {
  const byAccount = new Map<string, Set<Seat>>();
  /** Until when each side of a room was last told to be typing: a row is looked at more often than it changes. */
  const told = new Map<string, Instant>();
  const seatsOf = (accountId: string): Iterable<Seat> => byAccount.get(accountId) ?? [];

  return {
    get isEmpty() {
      return byAccount.size === 0;
    },
    join(connection) {
      const seat = makeSeat(connection, parts);
      const { accountId } = connection.holder;
      byAccount.set(accountId, (byAccount.get(accountId) ?? new Set()).add(seat));
      return seat;
    },
    leave(seat) {
      const { accountId } = seat.connection.holder;
      const seats = byAccount.get(accountId);
      seats?.delete(seat);
      if (seats?.size === 0) byAccount.delete(accountId);
    },
    hearMessage({ roomId, seq, buyerId, sellerId }) {
      for (const id of [buyerId, sellerId])
        for (const seat of seatsOf(id)) seat.wake({ roomId, buyerId, sellerId }, seq);
    },
    hearRead({ roomId, seq, buyerId, sellerId, readerId }) {
      const by = sideOf({ buyerId, sellerId }, readerId);
      if (by === undefined) return;
      for (const id of [buyerId, sellerId])
        for (const seat of seatsOf(id)) seat.connection.say("read", { roomId, by, seq });
    },
    hearTyping(rows, now) {
      for (const [key, until] of told) if (until <= now) told.delete(key);
      for (const row of rows) {
        for (const from of SIDES) {
          const until = row[from];
          const key = `${row.roomId}:${from}`;
          if (until === undefined || until <= now || (told.get(key) ?? "") >= until) continue;
          told.set(key, until);
          for (const seat of seatsOf(otherOf(row, from))) {
            seat.connection.say("typing", { roomId: row.roomId, from, until });
          }
        }
      }
    },
  };
}
