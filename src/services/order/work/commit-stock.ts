import { commitStock } from "#contracts/stock/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Task } from "#platform/facts/change.ts";
import type { OrderDeps } from "../deps.ts";
import { secureOrder } from "../domain/move-store-order.ts";
import { undoPaid } from "../domain/pay-order.ts";
import { asOrder, orderOf, settle } from "./steps.ts";

/** Paid: the stock is committed and the sellers hear of it; or it is gone, and the money goes back by itself (D8). */
export async function commitPaidStock(task: Task, deps: OrderDeps): Promise<void> {
  const { ending, orderId } = await orderOf(task, deps);
  // The buyer wanted to cancel while the payment was going through: the wish stands.
  if (ending) return settle(task, deps, (order) => undoPaid(order, "buyer", ending.reason));
  const answer = await deps.call(commitStock, { orderId }, asOrder(task, commitStock));
  await settle(task, deps, (order, now) =>
    isRefusal(answer) ? undoPaid(order, "system", answer.refused) : secureOrder(order, now, deps.times.acceptWithin),
  );
}
