import type { Sql } from "#platform/db/sql.ts";
import type { Place } from "#platform/http/page.ts";
import type { Pair } from "../domain/pair.ts";
import type { Message, Room } from "../domain/room.ts";

/** A room with all that it is shown with. */
export interface ShownRoom {
  readonly room: Room;
  readonly storeName: string | null;
  readonly nickname: string | null;
  readonly lastMessage: Message | null;
  readonly pair: Pair | null;
}

const shown = `r.data as room, stores.name as "storeName", people.nickname, last.data as "lastMessage", pair.data as pair
  from mine r
  left join stores on stores.id = r.data ->> 'storeId'
  left join people on people.id = r.data ->> 'buyerId'
  left join states last on last.room_id = r.key and last.seq = (r.data ->> 'lastSeq')::bigint
  left join states pair on pair.key = 'pair:' || least(r.buyer_id, r.seller_id) || ':'
    || greatest(r.buyer_id, r.seller_id)`;

const one = `with mine as (select key, data, buyer_id, seller_id from states where key = $1) select ${shown}`;

const side = (column: "buyer_id" | "seller_id") => `(select key, data, buyer_id, seller_id, last_at from states
  where ${column} = $1 and last_at is not null and (last_at, key) < ($2, $3)
  order by last_at desc, key desc limit $4)`;
const latestFirst = `with mine as (${side("buyer_id")} union all ${side("seller_id")}
  order by last_at desc, key desc limit $4)
  select ${shown} order by r.last_at desc, r.key desc`;

export async function readRoom(sql: Sql, roomId: string): Promise<ShownRoom | undefined> {
  const [found] = await sql.rows<ShownRoom>("chat-room", one, [roomId]);
  return found;
}

/** Rooms of somebody in which something was said, the latest first. */
export function listRoomsOf(sql: Sql, accountId: string, after: Place, most: number): Promise<ShownRoom[]> {
  return sql.rows<ShownRoom>("chat-rooms", latestFirst, [accountId, after.sorted, after.key, most]);
}

const unread = `select coalesce(sum(left_over), 0)::int as unread, count(*)::int as rooms from (
    select (data ->> 'lastSeq')::bigint - (data -> 'read' ->> 'BUYER')::bigint as left_over
    from states where buyer_id = $1 and last_at is not null
    union all
    select (data ->> 'lastSeq')::bigint - (data -> 'read' ->> 'SELLER')::bigint
    from states where seller_id = $1 and last_at is not null) rooms
  where left_over > 0`;

export async function countUnreadOf(sql: Sql, accountId: string): Promise<{ unread: number; rooms: number }> {
  const [sum] = await sql.rows<{ unread: number; rooms: number }>("chat-unread", unread, [accountId]);
  return sum ?? { unread: 0, rooms: 0 };
}
