import type { chatSocket } from "#contracts/chat/socket.ts";
import { assert } from "#platform/core/assert.ts";
import { CLOSE } from "#platform/socket/close-codes.ts";
import type { Connection } from "#platform/socket/handler.ts";
import type { Log } from "#platform/telemetry/log.ts";
import type { Message } from "../domain/room.ts";
import { showMessage } from "./show-message.ts";

export type MessagesAfter = (roomId: string, seq: number, most: number) => Promise<Message[]>;

interface Members {
  readonly roomId: string;
  readonly buyerId: string;
  readonly sellerId: string;
}

/** What one connection has been sent of each room. */
export interface Seat {
  readonly connection: Connection<typeof chatSocket>;
  /** The client has the room up to `seq`; what it lacks follows. Resolves when all of it has been sent. */
  resume(rooms: readonly (Members & { readonly seq: number })[]): Promise<void>;
  /** There is a message at `seq`. */
  wake(room: Members, seq: number): void;
}

/** Messages read at once; more wait until the client has taken these. */
const PAGE = 100;

/**
 * News only wake the seat: what is sent is read from the table after the place that the client has, and places have no
 * gaps. So whatever comes twice, late or in another order from whichever process, each message leaves once, in order.
 */
export function makeSeat(
  connection: Connection<typeof chatSocket>,
  { after, log }: { readonly after: MessagesAfter; readonly log: Log },
): Seat {
  const places = new Map<string, Members & { seq: number }>();
  const behind = new Set<string>();
  let hasResumed = false;
  let pumping: Promise<void> | undefined;

  async function pumpRoom(roomId: string): Promise<void> {
    const place = places.get(roomId);
    if (place === undefined) return;
    const messages = await after(roomId, place.seq, PAGE);
    // The client has named another place while this was read: the room is behind again, from there.
    if (places.get(roomId) !== place) return;
    for (const message of messages) {
      assert(message.seq === place.seq + 1, `${roomId} has a gap after ${place.seq}`);
      connection.say("message", showMessage(place, message));
      place.seq = message.seq;
    }
    if (messages.length === PAGE) behind.add(roomId);
    await connection.ready();
  }

  async function pump(): Promise<void> {
    try {
      for (let [roomId] = behind; roomId !== undefined && connection.isOpen; [roomId] = behind) {
        behind.delete(roomId);
        await pumpRoom(roomId);
      }
    } catch (error) {
      // The client connects again and says what it has: nothing is lost, and nothing has to be kept here.
      log.warn({ code: "chat.not_delivered", error });
      connection.close(CLOSE.FAULT, "connect again");
    } finally {
      pumping = undefined;
    }
  }

  function deliver(): Promise<void> {
    // With nothing to do the pump would be over before it is written down, and stand there for ever.
    if (pumping === undefined && behind.size > 0 && connection.isOpen) pumping = pump();
    return pumping ?? Promise.resolve();
  }

  return {
    connection,
    async resume(rooms) {
      hasResumed = true;
      for (const { roomId, buyerId, sellerId, seq } of rooms) {
        places.set(roomId, { roomId, buyerId, sellerId, seq });
        behind.add(roomId);
      }
      await deliver();
    },
    wake(room, seq) {
      // Who has not yet said what they have would get it twice, or with a gap.
      if (!hasResumed) return;
      if (!places.has(room.roomId)) places.set(room.roomId, { ...room, seq: seq - 1 });
      behind.add(room.roomId);
      void deliver();
    },
  };
}
