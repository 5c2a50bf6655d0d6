import { isRefusal } from "#platform/core/decision.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { cancelOrder } from "../domain/cancel-order.ts";
import { moveStoreOrder } from "../domain/move-store-order.ts";
import { type StepData, settle } from "./steps.ts";

/** Nobody accepted in time: the buyer gets the money back (G10). */
export async function rejectUnaccepted(task: Task, deps: OrderDeps): Promise<void> {
  const { storeOrderId = "" } = task.data as StepData;
  await settle(task, deps, (order) => {
    const part = order.storeOrders.find((one) => one.storeOrderId === storeOrderId);
    if (part?.status !== "PAID") return [];
    const decided = cancelOrder(order, {
      by: "system",
      storeOrderId,
      reason: "not_accepted_in_time",
      endsAs: "REJECTED",
    });
    return isRefusal(decided) ? [] : decided;
  });
}

/** Delivered and nobody objected: the purchase is confirmed by itself (G13). */
export async function completePart(task: Task, deps: OrderDeps): Promise<void> {
  const { storeOrderId = "" } = task.data as StepData;
  await settle(task, deps, (order, now) => {
    const decided = moveStoreOrder(order, { storeOrderId, to: "COMPLETED", by: "system" }, now);
    return isRefusal(decided) ? [] : decided;
  });
}
