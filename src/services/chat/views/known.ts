import { accountChanged, accountRegistered } from "#contracts/identity/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import type { Sql } from "#platform/db/sql.ts";
import { project, type View } from "#platform/service.ts";

const nicknames = `insert into people as t (id, nickname, version)
  select x.id, x.nickname, x.version from json_to_recordset($1) as x(id text, nickname text, version bigint)
  on conflict (id) do update set nickname = excluded.nickname, version = excluded.version
  where excluded.version > t.version`;

/** What chat keeps of what others said: who people and stores are. */
export const known: View = {
  name: "known",
  projections: [
    project(
      storeChanged,
      ({ data: { storeId, sellerId, name, status, version } }) => ({ id: storeId, sellerId, name, status, version }),
      `insert into stores as t (id, seller_id, name, status, version)
       select x.id, x."sellerId", x.name, x.status, x.version
       from json_to_recordset($1) as x(id text, "sellerId" text, name text, status text, version bigint)
       on conflict (id) do update set seller_id = excluded.seller_id, name = excluded.name, status = excluded.status,
         version = excluded.version
       where excluded.version > t.version`,
    ),
    ...[accountRegistered, accountChanged].map((event) =>
      project(event, ({ data, version }) => ({ id: data.accountId, nickname: data.nickname, version }), nicknames),
    ),
  ],
};

export interface KnownStore {
  readonly sellerId: string;
  readonly status: string;
}

export async function storeOf(sql: Sql, storeId: string): Promise<KnownStore | undefined> {
  const text = `select seller_id as "sellerId", status from stores where id = $1`;
  const [store] = await sql.rows<KnownStore>("chat-store", text, [storeId]);
  return store;
}
