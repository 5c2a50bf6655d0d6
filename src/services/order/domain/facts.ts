import type { NewFact } from "#platform/core/decision.ts";
import type { Won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import type { EndedBy, Order, OrderLine, Status, StoreOrder } from "./order.ts";

/** Whose the order is: facts carry it, so that announce.ts needs nothing but the fact. */
export interface Whose {
  readonly buyerId: string;
}

/** One seller's part of an order. */
export interface SellersPart {
  readonly storeOrderId: string;
  readonly storeId: string;
  readonly sellerId: string;
}

/** Which part it is about, and whose that is. */
export interface Part extends Whose, SellersPart {}

/**
 * The order has reached its sellers: which parts wait for theirs to accept, and until when. A fact for each would say
 * nothing more; the parts that accept by themselves have moved on by facts of their own.
 */
export interface Secured {
  readonly acceptBy: Instant;
  readonly waiting: readonly SellersPart[];
}

/** Everything that can happen to an order, in the past tense. `evolve.ts` says what each does to its state. */
export interface OrderFacts {
  OrderPlaced: Omit<Order, "status" | "active" | "placedAt">;
  PaymentDeclined: Whose & { reason: string };
  PaymentRetried: Whose;
  /** `secured` with it: no stock is held, so that none need be committed first. */
  OrderPaid: Whose & { payable: Won; gateway?: string; method?: string; secured?: Secured };
  StockCommitted: Whose & Secured;
  EndAsked: Whose & { by: EndedBy; reason: string };
  OrderEnded: Whose & { by: EndedBy; reason: string; expired: boolean };
  StoreOrderMoved: Part & {
    to: Status;
    estimatedMinutes?: number;
    carrier?: string;
    trackingNo?: string;
    /** With DELIVERED: when it completes by itself. */
    completesAt?: Instant;
    reason?: string;
    /** With COMPLETED: what was really handed over, which the ledger and settlement live from. */
    completed?: readonly OrderLine[];
  };
  CancelStarted: Part & {
    by: EndedBy;
    reason: string;
    endsAs: "CANCELLED" | "REJECTED";
    refundId: string;
    amount: Won;
    restock: boolean;
  };
  StoreOrderCancelled: Part & { endsAs: "CANCELLED" | "REJECTED"; refunded: Won; isLast: boolean };
  RefundRefused: Part & { reason: string };
}

export type OrderFactType = keyof OrderFacts;
export type OrderFact = {
  [Type in OrderFactType]: NewFact<Type, OrderFacts[Type]>;
}[OrderFactType];

type OfOrder = Exclude<OrderFactType, OfPart | "OrderPlaced">;
type OfPart = "StoreOrderMoved" | "CancelStarted" | "StoreOrderCancelled" | "RefundRefused";

export function fact<Type extends OfOrder>(
  order: Order,
  type: Type,
  data: Omit<OrderFacts[Type], keyof Whose>,
): OrderFact {
  return { stream: order.orderId, type, data: { buyerId: order.buyerId, ...data } } as OrderFact;
}

export function partFact<Type extends OfPart>(
  order: Order,
  part: StoreOrder,
  type: Type,
  data: Omit<OrderFacts[Type], keyof Part>,
): OrderFact {
  const { storeOrderId, storeId, sellerId } = part;
  return {
    stream: order.orderId,
    type,
    data: { buyerId: order.buyerId, storeOrderId, storeId, sellerId, ...data },
  } as unknown as OrderFact;
}
