import { getOrder, getOrderAt, getOrderByNumber } from "#contracts/order/operations.ts";
import { reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Order } from "../domain/order.ts";
import { evolveStored } from "../evolve-stored.ts";
import { type Contact, orderDetail, sellerDetail } from "./detail.ts";
import { contactKey } from "./place-order.ts";

/**
 * An order as the caller may see it: the buyer whole, a seller the own part, an operator whole; to others it is not
 * there.
 */
async function seen(orderId: string, caller: Caller, deps: OrderDeps) {
  const rows = await deps.records.read([orderId, contactKey(orderId)]);
  const order = rows.get<Order>(orderId);
  if (!order) return undefined;
  const contact = rows.get<Contact>(contactKey(orderId));
  if (order.buyerId === caller.id) return orderDetail(order, contact);
  if (caller.roles.includes("OPERATOR") || caller.roles.includes("ADMIN")) return orderDetail(order);
  return sellerDetail(order, caller.id ?? "", contact);
}

export const getOrderHandler = handle(getOrder, async ({ orderId }, caller, deps: OrderDeps) => {
  return (await seen(orderId, caller, deps)) ?? reject("order.not_found");
});

export const getOrderByNumberHandler = handle(getOrderByNumber, async ({ orderNo }, caller, deps: OrderDeps) => {
  const [row] = await deps.sql.rows<{ key: string }>(
    "order_by_number",
    "select key from states where order_no = $1 and buyer_id = $2",
    [orderNo, caller.id],
  );
  return (row && (await seen(row.key, caller, deps))) ?? reject("order.not_found");
});

/** Rebuilt from the facts up to that moment: the same function that made the live row (G21). */
export const getOrderAtHandler = handle(getOrderAt, async ({ orderId, at }, _caller, deps: OrderDeps) => {
  const facts = await deps.sql.rows<StoredFact>(
    "facts_until",
    `select position, stream, version, type, data, meta, at from facts
     where stream = $1 and at <= $2 order by version`,
    [orderId, at],
  );
  const order = facts.reduce<unknown>((state, fact) => evolveStored(state, fact), undefined) as Order | undefined;
  return order ? orderDetail(order) : reject("order.not_found");
});
