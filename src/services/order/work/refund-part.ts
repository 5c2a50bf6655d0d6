import { refundPayment } from "#contracts/payment/operations.ts";
import { releaseStock } from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { finishFree } from "../domain/cancel-order.ts";
import { linesOfPart } from "../domain/lines.ts";
import { findPart, type Order, type StoreOrder } from "../domain/order.ts";
import { asOrder, orderOf, type StepData, settle } from "./steps.ts";

/** A part is being cancelled: its money goes back over the gateway, its stock to the shelf unless it was cooked. */
export async function refundPart(task: Task, deps: OrderDeps): Promise<void> {
  const { storeOrderId = "", restock = true } = task.data as StepData;
  const order = await orderOf(task, deps);
  const part = findPart(order, storeOrderId);
  if (!part) return settle(task, deps, () => []);
  const isFree = part.total === 0;
  // If the answer to our asking was lost, the money may be back before we ask again; the stock is not, all the same.
  if (!isFree && part.status === "CANCELLING") await askForRefund(order, part, task, deps);
  const orderLineIds = part.lines.filter((line) => line.kind === "ITEM").map((line) => line.orderLineId);
  const release = { orderId: order.orderId, orderLineIds, restock, reason: part.reason ?? "cancelled" };
  if (order.isHeld) await deps.call(releaseStock, release, asOrder(task, releaseStock));
  // The gateway's word arrives as payment.cancelled.v1; only what cost nothing is over now.
  await settle(task, deps, (now) => (isFree ? finishFree(now, storeOrderId) : []));
}

async function askForRefund(order: Order, part: StoreOrder, task: Task, deps: OrderDeps): Promise<void> {
  const input = {
    orderId: order.orderId,
    refundId: part.refundId ?? "",
    amount: part.total,
    lines: linesOfPart(part),
    reason: part.reason ?? "cancelled",
  };
  const answer = await deps.call(refundPayment, input, asOrder(task, refundPayment));
  if (isRefusal(answer)) throw new Error(`a refund that must be possible was refused: ${answer.refused}`);
}
