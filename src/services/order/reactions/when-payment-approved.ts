import { paymentApproved } from "#contracts/payment/events.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Rows } from "#platform/facts/change.ts";
import { when } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import type { Order } from "../domain/order.ts";
import { payOrder } from "../domain/pay-order.ts";

/** PENDING_PAYMENT → PAID is driven by the payment event, and by nothing else (G19). */
export const whenPaymentApproved = when(paymentApproved, ({ data, traceparent }, { times }: OrderDeps) => ({
  keys: [data.orderId],
  traceparent,
  actor: "system",
  decide: (rows: Rows, now: Instant) => {
    const order = rows.get<Order>(data.orderId);
    const { acceptWithin } = times;
    const decided = order ? payOrder(order, data, { now, acceptWithin }) : { ignore: "order_is_over" as const };
    return "ignore" in decided ? {} : { facts: decided };
  },
}));
