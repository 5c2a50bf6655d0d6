import { chatSocket } from "#contracts/chat/socket.ts";
import { type Connection, handleSocket, type Session } from "#platform/socket/handler.ts";
import type { Deps } from "../deps.ts";
import { otherSide, type Room, sideOf } from "../domain/room.ts";

/** One connection of a member. It hears all their rooms; `resume` says from where. */
export const socket = handleSocket(chatSocket, {
  redeem: (ticket, { tickets }: Deps) => tickets.redeem(ticket),
  open(connection, deps) {
    const seat = deps.desk.join(connection);
    const hear: Session<typeof chatSocket>["hear"] = {
      async resume({ rooms }) {
        const found = await roomsOf(deps, connection, rooms);
        await seat.resume(found.map(({ room, seq }) => ({ ...room, seq })));
        return { rooms: found.map(({ state }) => state) };
      },
    };
    return { hear, closed: () => deps.desk.leave(seat) };
  },
});

/** Those of the named rooms that are theirs. To whoever asks for another's, it is not there. */
async function roomsOf(
  { records }: Deps,
  { holder }: Connection<typeof chatSocket>,
  named: readonly { readonly roomId: string; readonly seq: number }[],
) {
  const rows = await records.read(named.map(({ roomId }) => roomId));
  return named.flatMap(({ roomId, seq }) => {
    const room = rows.get<Room>(roomId);
    const me = room && sideOf(room, holder.accountId);
    if (room === undefined || me === undefined) return [];
    const { lastSeq, read } = room;
    const state = { roomId, lastSeq, readSeq: read[me], otherReadSeq: read[otherSide(me)] };
    // A number from nowhere would keep everything from the client until the room has grown so far.
    return [{ room, seq: Math.min(seq, lastSeq), state }];
  });
}
