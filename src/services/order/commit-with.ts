import { textColumn } from "#platform/db/columns.ts";
import type { Rows, StoredFact } from "#platform/facts/change.ts";
import type { CommitWith } from "#platform/facts/record-store.ts";
import type { OrderFactType } from "./domain/facts.ts";
import type { Order } from "./domain/order.ts";

const MOVING: ReadonlySet<string> = new Set<OrderFactType>([
  "OrderPaid",
  "StockCommitted",
  "StoreOrderMoved",
  "CancelStarted",
  "StoreOrderCancelled",
]);

/**
 * The sellers' queue, a row for each part of the orders that a batch moved: written in the commit of the facts, so that
 * a seller's list is never behind the order. A part enters it when its stock is secured (docs/why/023).
 */
export function commitWith(facts: readonly StoredFact[], rows: Rows): CommitWith | null {
  const orderIds = new Set(facts.filter((fact) => MOVING.has(fact.type)).map((fact) => fact.stream));
  const parts = [...orderIds].flatMap((orderId) => {
    const order = rows.get<Order>(orderId);
    return order?.isSecured && order.paidAt ? queued(order, order.paidAt) : [];
  });
  if (parts.length === 0) return null;
  parts.sort((a, b) => (a.id < b.id ? -1 : 1));
  const columns = (["id", "orderId", "storeId", "status", "paidAt"] as const).map((name) =>
    textColumn(parts.map((part) => part[name])),
  );
  return { function: "queue_store_orders", values: columns };
}

function queued({ orderId, storeOrders }: Order, paidAt: string) {
  return storeOrders.map(({ storeOrderId, storeId, status }) => ({
    id: storeOrderId,
    orderId,
    storeId,
    status,
    paidAt,
  }));
}
