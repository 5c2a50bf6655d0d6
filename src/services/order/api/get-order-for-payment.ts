import { getOrderForPayment } from "#contracts/order/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { linesOf } from "../domain/lines.ts";
import type { Order } from "../domain/order.ts";

/** None of it changes after the order is placed, so it may come from memory. What costs nothing has no payment. */
export const getOrderForPaymentHandler = handle(getOrderForPayment, async ({ orderId }, _caller, deps: OrderDeps) => {
  const order = (await deps.records.recall([orderId])).get<Order>(orderId);
  if (order?.paymentId === undefined) return reject("order.not_found");
  const { buyerId, title: orderName, payable: amount, payBy: expiresAt } = order;
  return { buyerId, orderName, amount, lines: linesOf(order), expiresAt };
});
