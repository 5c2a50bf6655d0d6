import type { Caller } from "#platform/core/operation.ts";
import type { Deps } from "../deps.ts";
import { otherOf, type Room, type Side, sideOf } from "../domain/room.ts";

/** A room, seen by one of its two people. Who they are never changes, so it may be read before a decision. */
export interface Member {
  readonly room: Room;
  readonly me: Side;
  readonly myId: string;
  readonly otherId: string;
}

/** Undefined for everybody who is not in the room: to them it is not there. */
export async function memberOf({ records }: Deps, roomId: string, caller: Caller): Promise<Member | undefined> {
  const room = (await records.read([roomId])).get<Room>(roomId);
  const me = room && sideOf(room, caller.id);
  return room && me && { room, me, myId: caller.id ?? "", otherId: otherOf(room, me) };
}

/** In whose name a change is made, and the command that must not be done twice. */
export function inNameOf({ command, id, traceparent }: Caller) {
  return { ...(command ? { command } : {}), ...(id === undefined ? {} : { actor: id }), traceparent };
}
