import type { Static } from "typebox";
import type { StoreOrderDetail } from "#contracts/order/shapes.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { OrderDeps } from "../deps.ts";
import { type MoveRefusal, type MoveStoreOrder, moveStoreOrder } from "../domain/move-store-order.ts";
import { findPart, type Order } from "../domain/order.ts";
import { partDetail } from "./detail.ts";

type Detail = Static<typeof StoreOrderDetail>;

/**
 * One step of a store order, by its seller or its buyer: decided on the order's row, answered with the part after it.
 */
export async function move(
  orderId: string,
  command: Omit<MoveStoreOrder, "accountId" | "completesAfter">,
  caller: Caller,
  deps: OrderDeps,
): Promise<Detail | Refusal<MoveRefusal>> {
  const { completesAfter } = deps.times;
  const outcome = await deps.records.change<MoveRefusal>({
    keys: [orderId],
    ...(caller.command ? { command: caller.command } : {}),
    actor: caller.id ?? "",
    traceparent: caller.traceparent,
    decide: (rows, now) => {
      const whole = { ...command, accountId: caller.id ?? "", completesAfter };
      const decided = moveStoreOrder(rows.get<Order>(orderId), whole, now);
      return isRefusal(decided) ? (decided as Refusal<MoveRefusal>) : { facts: decided };
    },
  });
  if (isRefusal(outcome)) return outcome as Refusal<MoveRefusal>;
  const order = outcome.rows.get<Order>(orderId);
  const part = order && findPart(order, command.storeOrderId);
  return part ? partDetail(part) : reject("order.not_found");
}
