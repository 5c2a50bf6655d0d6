import { accountChanged, accountRegistered } from "#contracts/identity/events.ts";
import { storeOrderMoved } from "#contracts/order/events.ts";
import { storeChanged } from "#contracts/store/events.ts";
import type { Sql } from "#platform/db/sql.ts";
import { project, type View } from "#platform/service.ts";

const nicknames = `insert into people as t (id, nickname, version)
  select x.id, x.nickname, x.version from json_to_recordset($1) as x(id text, nickname text, version bigint)
  on conflict (id) do update set nickname = excluded.nickname, version = excluded.version
  where excluded.version > t.version`;

/** What chat keeps of what others said: who people and stores are, and whose a paid store order is. */
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
    // Sellers see an order when it is paid and secured (docs/why/023): from then on it can be talked about.
    project(
      storeOrderMoved,
      ({ data: { storeOrderId, orderId, storeId, buyerId, sellerId, status } }) =>
        status === "PAID" ? { id: storeOrderId, orderId, storeId, buyerId, sellerId } : null,
      `insert into store_orders (id, order_id, store_id, buyer_id, seller_id)
       select x.id, x."orderId", x."storeId", x."buyerId", x."sellerId" from json_to_recordset($1)
         as x(id text, "orderId" text, "storeId" text, "buyerId" text, "sellerId" text)
       on conflict (id) do nothing`,
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

export interface KnownStoreOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly buyerId: string;
  readonly sellerId: string;
}

export async function storeOrderOf(sql: Sql, storeOrderId: string): Promise<KnownStoreOrder | undefined> {
  const text = `select order_id as "orderId", store_id as "storeId", buyer_id as "buyerId", seller_id as "sellerId"
    from store_orders where id = $1`;
  const [part] = await sql.rows<KnownStoreOrder>("chat-store-order", text, [storeOrderId]);
  return part;
}
