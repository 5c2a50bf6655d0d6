import type { Instant, Span } from "#platform/core/time.ts";
import { plus } from "#platform/core/time.ts";
import { startCancel } from "./cancel-order.ts";
import { fact, type OrderFact } from "./facts.ts";
import type { Order } from "./order.ts";

/** All holds are taken: the buyer may pay until `payBy`. What costs nothing is paid at once. */
export function confirmHolds(
  order: Order,
  paymentId: string | undefined,
  now: Instant,
  times: { payWithin: Span; holdsOutlast: Span },
) {
  if (order.status !== "CREATED") return [];
  const payBy = plus(now, times.payWithin);
  const held = {
    payable: order.payable,
    payBy,
    holdsUntil: plus(payBy, times.holdsOutlast),
    ...(paymentId === undefined ? {} : { paymentId }),
  };
  const confirmed: OrderFact = fact(order, "HoldsConfirmed", held);
  return order.payable === 0 ? [confirmed, fact(order, "OrderPaid", { payable: order.payable })] : [confirmed];
}

export function refuseHolds(
  order: Order,
  refusal: { code: string; field?: string; details?: Record<string, unknown> },
) {
  return order.status === "CREATED" ? [fact(order, "HoldsRefused", refusal)] : [];
}

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
): readonly OrderFact[] | { readonly ignore: ApprovalIgnored } {
  if (approved.late) return { ignore: "payment_was_late" };
  if (order.paidAt !== undefined) return { ignore: "already_paid" };
  if (order.status !== "PENDING_PAYMENT" && order.status !== "PAYMENT_FAILED") return { ignore: "order_is_over" };
  const { gateway, method } = approved;
  return [
    ...(order.status === "PAYMENT_FAILED" ? [fact(order, "PaymentRetried", {})] : []),
    fact(order, "OrderPaid", { payable: order.payable, gateway, method }),
  ];
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
