import { type Instant, plus, type Span } from "#platform/core/time.ts";
import { startCancel } from "./cancel-order.ts";
import { fact, type OrderFact, type OrderFacts } from "./facts.ts";
import { toSellers } from "./move-store-order.ts";
import type { Order } from "./order.ts";

export interface Approved {
  readonly gateway: string;
  readonly method: string;
  readonly amount: number;
  readonly late: boolean;
}

/** Why an approval does not pay an order. Payment refunds a late one by itself (MECHANISMS.md §8). */
export type ApprovalIgnored = "payment_was_late" | "already_paid" | "order_is_over";

/** The payment event makes the order PAID, and nothing else does (G19). */
export function payOrder(
  order: Order,
  approved: Approved,
  on: { readonly now: Instant; readonly acceptWithin: Span },
): readonly OrderFact[] | { readonly ignore: ApprovalIgnored } {
  if (approved.late) return { ignore: "payment_was_late" };
  if (order.paidAt !== undefined) return { ignore: "already_paid" };
  if (order.status !== "PENDING_PAYMENT" && order.status !== "PAYMENT_FAILED") return { ignore: "order_is_over" };
  const { gateway, method } = approved;
  return [
    ...(order.status === "PAYMENT_FAILED" ? [fact(order, "PaymentRetried", {})] : []),
    ...paid(order, { gateway, method }, on),
  ];
}

/**
 * PAID, and what follows at once where no stock is to be committed first: it reaches its sellers, or goes back to a
 * buyer who had asked to end it.
 */
export function paid(
  order: Order,
  how: Pick<OrderFacts["OrderPaid"], "gateway" | "method">,
  on: { readonly now: Instant; readonly acceptWithin: Span },
): readonly OrderFact[] {
  const told = { payable: order.payable, ...how };
  if (order.isHeld || order.ending) return [fact(order, "OrderPaid", told)];
  // An unpaid order is ended only whole, so that every part of it is paid now.
  const { secured, accepted } = toSellers(order, order.storeOrders, plus(on.now, on.acceptWithin));
  return [fact(order, "OrderPaid", { ...told, secured }), ...accepted];
}

/** A declined attempt keeps the holds until the deadline: the buyer may try another card. */
export function declinePayment(order: Order, reason: string) {
  return order.status === "PENDING_PAYMENT" ? [fact(order, "PaymentDeclined", { reason })] : [];
}

/**
 * Paid, but what was held is gone, or the buyer had asked to end it: the money goes back without a person (D8, R39).
 */
export function undoPaid(order: Order, by: "system" | "buyer", reason: string) {
  const parts = order.storeOrders.filter((part) => part.status === "PAID");
  return parts.map((part) => startCancel(order, part, { by, reason }));
}
