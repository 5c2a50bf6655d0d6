import { cancelOrder } from "#contracts/order/operations.ts";
import { rejectStoreOrder } from "#contracts/order/seller-operations.ts";
import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { handle } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { type CancelOrder, type CancelRefusal, cancelOrder as decide } from "../domain/cancel-order.ts";
import { type EndedBy, findPart, type Order } from "../domain/order.ts";
import { orderDetail, partDetail, sellerDetail } from "./detail.ts";

/** Commits the cancellation and starts its refund; the answer shows CANCELLING, or CANCELLED if it was quick. */
async function cancel(orderId: string, command: CancelOrder, caller: Caller, deps: OrderDeps) {
  const outcome = await deps.records.change<CancelRefusal>({
    keys: [orderId],
    ...(caller.command ? { command: caller.command } : {}),
    actor: caller.id ?? "",
    traceparent: caller.traceparent,
    decide: (rows) => {
      const decided = decide(rows.get<Order>(orderId), command);
      return isRefusal(decided) ? (decided as Refusal<CancelRefusal>) : { facts: decided };
    },
  });
  if (isRefusal(outcome)) return outcome as Refusal<CancelRefusal>;
  await outcome.started;
  return (await deps.records.read([orderId])).get<Order>(orderId);
}

export const cancelOrderHandler = handle(
  cancelOrder,
  async ({ orderId, storeOrderId, reason }, caller, deps: OrderDeps) => {
    const by = await relation(orderId, caller, deps);
    if (!by) return reject("order.not_found");
    const part = storeOrderId === undefined ? {} : { storeOrderId };
    const order = await cancel(orderId, { by, reason, accountId: caller.id ?? "", ...part }, caller, deps);
    if (isRefusal(order))
      return order as Refusal<"order.not_found" | "order.too_late_to_cancel" | "order.already_cancelled">;
    const seen = order && (by === "seller" ? sellerDetail(order, caller.id ?? "") : orderDetail(order));
    return seen ?? reject("order.not_found");
  },
);

export const rejectStoreOrderHandler = handle(rejectStoreOrder, async (input, caller, deps: OrderDeps) => {
  const { orderId, storeOrderId, reason } = input;
  const command = {
    by: "seller" as const,
    accountId: caller.id ?? "",
    storeOrderId,
    reason,
    endsAs: "REJECTED" as const,
  };
  const order = await cancel(orderId, command, caller, deps);
  if (isRefusal(order)) return asMove(order);
  const part = order && findPart(order, storeOrderId);
  return part ? partDetail(part) : reject("order.not_found");
});

/**
 * As whom the caller acts on this order: its buyer, one of its sellers, or an operator; nobody, if it is not theirs.
 */
async function relation(orderId: string, caller: Caller, deps: OrderDeps): Promise<EndedBy | undefined> {
  const order = (await deps.records.read([orderId])).get<Order>(orderId);
  if (order?.buyerId === caller.id) return "buyer";
  if (order?.storeOrders.some((part) => part.sellerId === caller.id)) return "seller";
  return order && caller.roles.includes("OPERATOR") ? "operator" : undefined;
}

/**
 * To a seller who rejects, every reason why an order cannot be cancelled is its state; anything else stays what it is.
 */
function asMove(refusal: Refusal) {
  const { refused, details } = refusal;
  const isState = refused === "order.too_late_to_cancel" || refused === "order.already_cancelled";
  if (isState) return reject("order.wrong_state", { status: "CANCELLED", ...details });
  return refusal as Refusal<"order.not_found" | "order.wrong_state">;
}
