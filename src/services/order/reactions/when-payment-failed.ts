import { paymentFailed } from "#contracts/payment/events.ts";
import type { Rows } from "#platform/facts/change.ts";
import { when } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Order } from "../domain/order.ts";
import { declinePayment } from "../domain/pay-order.ts";

/** A declined attempt is shown, and the holds stay until the deadline: the buyer may try another way. */
export const whenPaymentFailed = when(paymentFailed, ({ data, traceparent }, _deps: OrderDeps) => ({
  keys: [data.orderId],
  traceparent,
  actor: "system",
  decide: (rows: Rows) => {
    const order = rows.get<Order>(data.orderId);
    return { facts: order ? declinePayment(order, data.reason) : [] };
  },
}));
