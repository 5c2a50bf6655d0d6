import { openPayment } from "#contracts/payment/operations.ts";
import { reserveStock } from "#contracts/stock/operations.ts";
import { isRefusal, type Refusal } from "#platform/core/decision.ts";
import { plus } from "#platform/core/time.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { linesOf } from "../domain/lines.ts";
import type { Order } from "../domain/order.ts";
import { confirmHolds, refuseHolds } from "../domain/pay-order.ts";
import { asOrder, orderOf, settle } from "./steps.ts";

const UNKNOWN_TRIES = 3;

/** Reserves the stock and opens the payment; then the order waits for its money, or is told why it cannot be had. */
export async function takeHolds(task: Task, deps: OrderDeps): Promise<void> {
  const order = await orderOf(task, deps);
  if (order.status !== "CREATED") return settle(task, deps, () => []);
  const refused = (await reserve(order, task, deps)) ?? (await openUnlessFree(order, task, deps));
  if (refused) return settle(task, deps, (now) => refuseHolds(now, tellable(refused)));
  const paymentId = order.payable === 0 ? undefined : `pay_${order.orderId.slice(4)}`;
  await settle(task, deps, (held, now) => confirmHolds(held, paymentId, now, deps.times));
}

async function reserve(order: Order, task: Task, deps: OrderDeps): Promise<Refusal | undefined> {
  const lines = order.storeOrders.flatMap((part) =>
    part.lines.flatMap(({ orderLineId, quantity, skuIds }) =>
      skuIds.map((skuId) => ({ orderLineId, skuId, quantity })),
    ),
  );
  const expiresAt = holdsEnd(order, deps);
  const answer = await deps.call(
    reserveStock,
    { orderId: order.orderId, lines, expiresAt },
    asOrder(task, reserveStock),
  );
  if (!isRefusal(answer)) return undefined;
  // A new item may have reached us a moment before it reached stock: that is no reason to say sold out.
  if (answer.refused === "stock.unknown_sku" && task.attempt < UNKNOWN_TRIES)
    throw new Error("stock does not know it yet");
  return answer;
}

async function openUnlessFree(order: Order, task: Task, deps: OrderDeps): Promise<Refusal | undefined> {
  if (order.payable === 0) return undefined;
  const { orderId, buyerId, title, payable } = order;
  const expiresAt = plus(deps.clock.now(), deps.times.payWithin);
  const input = { orderId, buyerId, orderName: title, amount: payable, lines: linesOf(order), expiresAt };
  const answer = await deps.call(openPayment, input, asOrder(task, openPayment));
  return isRefusal(answer) ? answer : undefined;
}

/**
 * Holds outlast the payment's deadline, which begins when the holds are taken: counted from now, so never too short.
 */
function holdsEnd(_order: Order, deps: OrderDeps) {
  return plus(plus(deps.clock.now(), deps.times.payWithin), deps.times.holdsOutlast);
}

/** The buyer is told in the order's words; the other service's code stays in the details. */
function tellable({ refused, field, details }: Refusal) {
  const isStock = refused === "stock.sold_out" || refused === "stock.unknown_sku";
  return {
    code: isStock ? "order.sold_out" : "order.could_not_hold",
    ...(field === undefined ? {} : { field }),
    details: { ...details, because: refused },
  };
}
