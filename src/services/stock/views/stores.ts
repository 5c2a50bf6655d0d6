import { storeChanged } from "#contracts/store/events.ts";
import type { Sql } from "#platform/db/sql.ts";
import { project, type View } from "#platform/service.ts";

/** Which seller a store belongs to: all that stock needs to know of stores. */
export const stores: View = {
  name: "stores",
  projections: [
    project(
      storeChanged,
      ({ data }) => ({ id: data.storeId, sellerId: data.sellerId, version: data.version }),
      `insert into stores as t (id, seller_id, version)
       select x.id, x."sellerId", x.version from json_to_recordset($1) as x(id text, "sellerId" text, version bigint)
       on conflict (id) do update set seller_id = excluded.seller_id, version = excluded.version
       where excluded.version > t.version`,
    ),
  ],
};

export async function sellerOfStore(sql: Sql, storeId: string): Promise<string | undefined> {
  const rows = await sql.rows<{ seller_id: string }>("seller-of-store", "select seller_id from stores where id = $1", [
    storeId,
  ]);
  return rows[0]?.seller_id;
}

export async function sellerOfSku(sql: Sql, skuId: string): Promise<string | undefined> {
  const rows = await sql.rows<{ seller_id: string }>(
    "seller-of-sku",
    "select stores.seller_id from states join stores on stores.id = states.store_id where states.key = $1",
    [skuId],
  );
  return rows[0]?.seller_id;
}
