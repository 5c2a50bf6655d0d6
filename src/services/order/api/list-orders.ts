import { listOrders } from "#contracts/order/operations.ts";
import { reject } from "#platform/core/decision.ts";
import type { OutputOf } from "#platform/core/operation.ts";
import { cutPage, LAST, readCursor } from "#platform/http/page.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";

type Summary = OutputOf<typeof listOrders>["orders"][number];

/** The buyer's own orders, newest first: one indexed query, a page at a time. */
export const listOrdersHandler = handle(listOrders, async ({ active, limit = 20, cursor }, caller, deps: OrderDeps) => {
  const after = readCursor(cursor) ?? LAST;
  if (after === "invalid") return reject("order.cursor_invalid", { field: "cursor" });
  const rows = await deps.sql.rows<Summary>(
    active ? "active_orders" : "orders",
    `select key as "orderId", data->>'orderNo' as "orderNo", data->>'title' as title, data->>'status' as status,
       (data->>'payable')::bigint as payable, placed_at as "placedAt"
     from states
     where buyer_id = $1 and order_no is not null ${active ? "and active" : ""}
       and (placed_at, key) < ($2, $3)
     order by placed_at desc, key desc limit $4`,
    [caller.id, after.sorted, after.key, limit + 1],
  );
  const { shown, ...next } = cutPage(rows, limit, (order) => ({ sorted: order.placedAt, key: order.orderId }));
  return { orders: shown, ...next };
});
