import { reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { type Won, ZERO } from "#platform/core/money.ts";
import { fact, type OrderFact, partFact } from "./facts.ts";
import { type EndedBy, findPart, isCancelled, type Order, type Status, type StoreOrder } from "./order.ts";

export interface CancelOrder {
  readonly by: EndedBy;
  /** Buyer or seller: only what is theirs. */
  readonly accountId?: string;
  /** One seller's part; absent: the whole. */
  readonly storeOrderId?: string;
  readonly reason: string;
  /** A seller who refuses a paid order rejects it; everything else is a cancellation. */
  readonly endsAs?: "CANCELLED" | "REJECTED";
}

export type CancelRefusal =
  | "order.not_found"
  | "order.too_late_to_cancel"
  | "order.already_cancelled"
  | "order.wrong_state";

/**
 * From where each may still cancel a paid part (DOMAIN.md §4.1). A buyer of goods may until they are being prepared.
 */
const CANCELLABLE: Readonly<Record<EndedBy, (order: Order) => readonly Status[]>> = {
  buyer: (order) => (order.kind === "GOODS" ? ["PAID", "ACCEPTED"] : ["PAID"]),
  seller: () => ["PAID", "ACCEPTED", "PREPARING"],
  operator: () => ["PAID", "ACCEPTED", "PREPARING"],
  system: () => ["PAID", "ACCEPTED", "PREPARING"],
};

const UNPAID: readonly Status[] = ["PENDING_PAYMENT", "PAYMENT_FAILED"];

/**
 * Cancels before hand-over. Unpaid: the payment is asked to close first, since it may be paying at this very moment.
 * Paid: each part goes to CANCELLING and its refund starts by itself.
 */
export function cancelOrder(order: Order | undefined, command: CancelOrder) {
  if (!order) return reject("order.not_found");
  const parts = partsOf(order, command);
  if (parts.length === 0) return reject("order.not_found");
  if (parts.every((part) => isCancelled(part.status) || part.status === "CANCELLING")) {
    return reject("order.already_cancelled");
  }
  if (UNPAID.includes(order.status)) return endUnpaid(order, command);
  const living = parts.filter((part) => !isCancelled(part.status) && part.status !== "CANCELLING");
  const allowed = CANCELLABLE[command.by](order);
  const late = living.find((part) => !allowed.includes(part.status));
  if (late) return reject("order.too_late_to_cancel", { status: late.status, store: late.storeName });
  return living.map((part) => startCancel(order, part, command));
}

/** The parts the command is about, as far as they are the caller's business: else they do not exist. */
function partsOf(order: Order, { by, accountId, storeOrderId }: CancelOrder): readonly StoreOrder[] {
  if (by === "buyer" && order.buyerId !== accountId) return [];
  const own = by === "seller" ? order.storeOrders.filter((part) => part.sellerId === accountId) : order.storeOrders;
  return storeOrderId === undefined ? own : own.filter((part) => part.storeOrderId === storeOrderId);
}

function endUnpaid(order: Order, { by, reason, storeOrderId }: CancelOrder) {
  // One part of an unpaid order cannot go alone: the buyer would pay another sum than was shown. A seller is not
  // shown unpaid orders at all.
  if (by === "seller") return reject("order.not_found");
  if (storeOrderId !== undefined && order.storeOrders.length > 1) {
    return reject("order.too_late_to_cancel", { status: order.status });
  }
  if (order.ending) return [];
  return [fact(order, "EndAsked", { by, reason })];
}

export function startCancel(order: Order, part: StoreOrder, command: CancelOrder): OrderFact {
  return partFact(order, part, "CancelStarted", {
    by: command.by,
    reason: command.reason,
    endsAs: command.endsAs ?? "CANCELLED",
    // One cancellation of a part is one refund, however often it is asked for (MONEY.md R35).
    refundId: siblingId("refund", part.storeOrderId),
    amount: part.total,
    // Food that is being prepared is eaten or thrown away: its stock does not come back (DOMAIN.md §4.3).
    restock: !(order.kind === "FOOD" && part.status === "PREPARING"),
  });
}

/** The payment is closed without money: the order is over. */
export function endOrder(order: Order, ended: { readonly expired: boolean }) {
  if (!UNPAID.includes(order.status)) return [];
  const { by, reason } = order.ending ?? { by: "system" as const, reason: "unpaid" };
  return [fact(order, "OrderEnded", { by, reason, expired: ended.expired })];
}

/** The gateway has sent the money back. */
export function finishCancel(order: Order, refundId: string, refunded: Won): readonly OrderFact[] {
  const part = order.storeOrders.find((one) => one.refundId === refundId);
  return part?.status === "CANCELLING" ? [finished(order, part, refunded)] : [];
}

/** A part that cost nothing is cancelled without asking a gateway. */
export function finishFree(order: Order, storeOrderId: string): readonly OrderFact[] {
  const part = findPart(order, storeOrderId);
  return part?.status === "CANCELLING" ? [finished(order, part, ZERO)] : [];
}

function finished(order: Order, part: StoreOrder, refunded: Won): OrderFact {
  const isLast = order.storeOrders.every((one) => one === part || isCancelled(one.status));
  return partFact(order, part, "StoreOrderCancelled", { endsAs: part.endsAs ?? "CANCELLED", refunded, isLast });
}
