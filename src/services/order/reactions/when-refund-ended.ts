import { paymentCancelled, paymentCancelRefused } from "#contracts/payment/events.ts";
import { won } from "#platform/core/money.ts";
import type { Rows } from "#platform/facts/change.ts";
import { when } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { finishCancel } from "../domain/cancel-order.ts";
import { partFact } from "../domain/facts.ts";
import type { Order } from "../domain/order.ts";

/** The money is back: CANCELLING → CANCELLED or REJECTED. */
export const whenPaymentCancelled = when(paymentCancelled, ({ data, traceparent }, _deps: OrderDeps) => ({
  keys: [data.orderId],
  traceparent,
  actor: "system",
  decide: (rows: Rows) => {
    const order = rows.get<Order>(data.orderId);
    return { facts: order ? finishCancel(order, data.refundId, won(data.amount)) : [] };
  },
}));

/** The gateway refused for good: the part stays CANCELLING, and an operator decides (DOMAIN.md §4.1). */
export const whenPaymentCancelRefused = when(paymentCancelRefused, ({ data, traceparent }, _deps: OrderDeps) => ({
  keys: [data.orderId],
  traceparent,
  actor: "system",
  decide: (rows: Rows) => {
    const order = rows.get<Order>(data.orderId);
    const part = order?.storeOrders.find((one) => one.refundId === data.refundId && one.status === "CANCELLING");
    return { facts: order && part ? [partFact(order, part, "RefundRefused", { reason: data.reason })] : [] };
  },
}));
