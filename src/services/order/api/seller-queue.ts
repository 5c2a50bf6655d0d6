import { getKitchen, listStoreOrders } from "#contracts/order/seller-operations.ts";
import { ORDER_STATUSES } from "#contracts/order/shapes.ts";
import { reject } from "#platform/core/decision.ts";
import type { OutputOf } from "#platform/core/operation.ts";
import { cutPage, LAST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { kitchenToday, PART } from "./ticket.ts";

type Queued = OutputOf<typeof listStoreOrders>["storeOrders"][number];

/**
 * A store's paid orders, newest first. Another seller's store does not exist. Each state is an own stretch of the one
 * index, of which a page at most is read: a second index would be written for each order that is paid.
 */
export const listStoreOrdersHandler = handle(listStoreOrders, async (input, caller, deps: OrderDeps) => {
  const { storeId, status, limit = 20, cursor } = input;
  const after = readCursor(cursor) ?? LAST;
  if (after === "invalid") return reject("order.cursor_invalid", { field: "cursor" });
  if (!(await ownsStore(storeId, caller.id, deps))) return reject("order.store_not_found");
  const rows = await deps.sql.rows<Omit<Queued, "acceptBy"> & { acceptBy: string | null }>(
    "queue",
    `select s.order_id as "orderId", s.id as "storeOrderId", o.order_no as "orderNo", o.data->>'title' as title,
       s.status, part->>'fulfilment' as fulfilment, (part->'total')::bigint as total, s.paid_at as "paidAt",
       part->>'acceptBy' as "acceptBy"
     from (
       select q.* from unnest($2::text[]) asked(status) cross join lateral (
         select * from store_orders q
         where q.store_id = $1 and q.status = asked.status and (q.paid_at, q.id) < ($3, $4)
         order by q.paid_at desc, q.id desc limit $5) q
       order by q.paid_at desc, q.id desc limit $5) s ${PART}
     order by s.paid_at desc, s.id desc`,
    [storeId, status === undefined ? ORDER_STATUSES : [status], after.sorted, after.key, limit + 1],
  );
  const { shown, ...next } = cutPage(rows, limit, (part) => ({ sorted: part.paidAt, key: part.storeOrderId }));
  const storeOrders = shown.map(({ acceptBy, ...part }) => (acceptBy === null ? part : { ...part, acceptBy }));
  return { storeOrders, ...next };
});

/** Today's tickets, by when they are to be ready (G9). */
export const getKitchenHandler = handle(getKitchen, async ({ storeId }, caller, deps: OrderDeps) => {
  if (!(await ownsStore(storeId, caller.id, deps))) return reject("order.store_not_found");
  return { storeOrders: await kitchenToday(storeId, deps) };
});

export async function ownsStore(storeId: string, sellerId: string | undefined, deps: OrderDeps): Promise<boolean> {
  const rows = await deps.sql.rows("owns_store", "select 1 from stores where id = $1 and seller_id = $2", [
    storeId,
    sellerId,
  ]);
  return rows.length > 0;
}
