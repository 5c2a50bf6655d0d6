import type { Won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";

export type Status =
  | "PENDING_PAYMENT"
  | "PAYMENT_FAILED"
  | "PAID"
  | "ACCEPTED"
  | "PREPARING"
  | "READY"
  | "OUT_FOR_DELIVERY"
  | "SHIPPED"
  | "DELIVERED"
  | "COMPLETED"
  | "CANCELLING"
  | "CANCELLED"
  | "REJECTED";

export type Kind = "FOOD" | "GOODS";
export type Fulfilment = "DELIVERY" | "PICKUP" | "DINE_IN" | "PARCEL";

/** An order with all its store orders is one stream, so that whoever changes it decides on the whole of it. */
export interface Order {
  readonly orderId: string;
  readonly orderNo: string;
  readonly title: string;
  readonly buyerId: string;
  readonly kind: Kind;
  readonly placedAt: Instant;
  /** Derived from the parts by `statusOf`; kept so that lists can be filtered by it. */
  readonly status: Status;
  /** Placed and not yet over: what "active" lists show. */
  readonly active: boolean;
  readonly itemsTotal: Won;
  readonly deliveryFee: Won;
  readonly payable: Won;
  readonly cartLineIds: readonly string[];
  readonly storeOrders: readonly StoreOrder[];
  /** Absent: it costs nothing, so nothing is waited for. */
  readonly paymentId?: string;
  readonly payBy: Instant;
  readonly holdsUntil: Instant;
  /** Stock is held for it. Without it there is nothing to commit and nothing to release: its items have no limit. */
  readonly isHeld: boolean;
  readonly paidAt?: Instant;
  /** Paid, and its stock is committed: the sellers may act on it. */
  readonly isSecured?: boolean;
  /** Somebody wants the unpaid order ended; the payment is being asked. */
  readonly ending?: { readonly by: EndedBy; readonly reason: string };
}

export type EndedBy = "buyer" | "seller" | "operator" | "system";

export interface StoreOrder {
  readonly storeOrderId: string;
  readonly storeId: string;
  readonly sellerId: string;
  readonly storeName: string;
  readonly fulfilment: Fulfilment;
  readonly autoAccept: boolean;
  readonly status: Status;
  readonly itemsTotal: Won;
  readonly deliveryFee: Won;
  readonly total: Won;
  readonly refunded: Won;
  readonly lines: readonly OrderLine[];
  readonly disposables?: boolean;
  readonly pickupAt?: Instant;
  readonly table?: string;
  readonly acceptBy?: Instant;
  readonly estimatedMinutes?: number;
  readonly carrier?: string;
  readonly trackingNo?: string;
  readonly cancelledBy?: EndedBy;
  readonly reason?: string;
  /** Where CANCELLING ends. */
  readonly endsAs?: "CANCELLED" | "REJECTED";
  readonly refundId?: string;
  readonly history: readonly Move[];
}

export interface OrderLine {
  readonly orderLineId: string;
  readonly kind: "ITEM" | "DELIVERY_FEE";
  readonly itemId?: string;
  readonly optionIds: readonly string[];
  readonly name: string;
  readonly optionText: string;
  readonly unitPrice: Won;
  readonly quantity: number;
  readonly amount: Won;
  /** What it takes from stock: the item, or those of its options that have a stock of their own. */
  readonly skuIds: readonly string[];
}

export interface Move {
  readonly status: Status;
  readonly at: Instant;
  readonly actor: string;
  readonly reason?: string;
}

/** How far along a part is. The order shows its least advanced living part (DOMAIN.md §4.1). */
const PROGRESS: readonly Status[] = [
  "PENDING_PAYMENT",
  "PAYMENT_FAILED",
  "CANCELLING",
  "PAID",
  "ACCEPTED",
  "PREPARING",
  "READY",
  "OUT_FOR_DELIVERY",
  "SHIPPED",
  "DELIVERED",
  "COMPLETED",
];

export function isCancelled(status: Status): boolean {
  return status === "CANCELLED" || status === "REJECTED";
}

/** All parts cancelled: CANCELLED. All finished: COMPLETED. Else the least advanced living part. */
export function statusOf(parts: readonly { readonly status: Status }[]): Status {
  const living = parts.filter((part) => !isCancelled(part.status)).map((part) => part.status);
  if (living.length === 0) return "CANCELLED";
  return PROGRESS.find((status) => living.includes(status)) ?? "COMPLETED";
}

export function isOver(status: Status): boolean {
  return status === "COMPLETED" || isCancelled(status);
}

export function findPart(order: Order, storeOrderId: string): StoreOrder | undefined {
  return order.storeOrders.find((part) => part.storeOrderId === storeOrderId);
}
