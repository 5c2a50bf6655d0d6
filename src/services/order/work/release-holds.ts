import { closePayment } from "#contracts/payment/operations.ts";
import { releaseStock } from "#contracts/stock/operations.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { asOrder, orderOf, settle } from "./steps.ts";

/**
 * The order is over unpaid: whatever was held is let go, in reverse. A payment that nobody began leaves a tombstone, so
 * that a buyer who comes late is refused.
 */
export async function releaseHolds(task: Task, deps: OrderDeps): Promise<void> {
  const { orderId, isHeld } = await orderOf(task, deps);
  await deps.call(closePayment, { orderId, force: true }, asOrder(task, closePayment));
  if (isHeld) await deps.call(releaseStock, { orderId, restock: true, reason: "unpaid" }, asOrder(task, releaseStock));
  await settle(task, deps, () => []);
}
