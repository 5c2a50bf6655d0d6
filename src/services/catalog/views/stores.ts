import { storeChanged } from "#contracts/store/events.ts";
import type { Sql } from "#platform/db/sql.ts";
import { project, type View } from "#platform/service.ts";

/** What catalog must know of a store: whose it is, of which kind, and whether it is seen. */
export interface StoreRow {
  readonly sellerId: string;
  readonly kind: "FOOD" | "GOODS";
  readonly status: string;
}

export const stores: View = {
  name: "stores",
  projections: [
    project(
      storeChanged,
      ({ data: { storeId, sellerId, kind, status, name, version } }) => {
        return { id: storeId, sellerId, kind, status, name, version };
      },
      `insert into stores as t (id, seller_id, kind, status, name, version)
       select x.id, x."sellerId", x.kind, x.status, x.name, x.version
       from json_to_recordset($1) as x(id text, "sellerId" text, kind text, status text, name text, version bigint)
       on conflict (id) do update set seller_id = excluded.seller_id, kind = excluded.kind, status = excluded.status,
         name = excluded.name, version = excluded.version
       where excluded.version > t.version`,
    ),
  ],
};

export async function findStore(sql: Sql, storeId: string): Promise<StoreRow | undefined> {
  const rows = await sql.rows<StoreRow>(
    "store",
    `select stores.seller_id as "sellerId", stores.kind, stores.status from stores where stores.id = $1`,
    [storeId],
  );
  return rows[0];
}
