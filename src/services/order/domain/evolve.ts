import { assert } from "#platform/core/assert.ts";
import { add } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import type { OrderFact, OrderFacts, OrderFactType, Secured } from "./facts.ts";
import { given } from "./given.ts";
import { isCancelled, isOver, type Order, type Status, type StoreOrder, statusOf } from "./order.ts";

/** What evolve needs of a stored fact. */
export interface Happened {
  readonly at: Instant;
  readonly actor: string;
}

type Fact<Type extends OrderFactType> = OrderFacts[Type];
/** How a fact of each type changes an order that is there. */
type Arms = {
  readonly [Type in Exclude<OrderFactType, "OrderPlaced">]: (order: Order, data: Fact<Type>, on: Happened) => Order;
};

const ARMS: Arms = {
  PaymentDeclined: (order, { reason }, on) => everyPart(order, "PAYMENT_FAILED", on, reason),
  PaymentRetried: (order, _data, on) => everyPart(order, "PENDING_PAYMENT", on),
  OrderPaid: (order, { secured }, on) => {
    const paid = { ...everyPart(order, "PAID", on), paidAt: on.at };
    return secured ? withSellers(paid, secured) : paid;
  },
  StockCommitted: withSellers,
  EndAsked: (order, { by, reason }) => ({ ...order, ending: { by, reason } }),
  OrderEnded: (order, { by, reason }, on) =>
    withParts(
      order,
      order.storeOrders.map((part) => ({ ...moved(part, "CANCELLED", on, reason), cancelledBy: by, reason })),
    ),
  StoreOrderMoved: (order, { storeOrderId, to, reason, estimatedMinutes, carrier, trackingNo }, on) =>
    // A deadline to accept is over with the first move; the others stay as they were told.
    onePart(order, storeOrderId, ({ acceptBy: _over, ...part }) => ({
      ...moved(part, to, on, reason),
      ...given({ estimatedMinutes, carrier, trackingNo }),
    })),
  CancelStarted: (order, { storeOrderId, by, reason, endsAs, refundId }, on) =>
    onePart(order, storeOrderId, ({ acceptBy: _over, ...part }) => ({
      ...moved(part, "CANCELLING", on, reason),
      cancelledBy: by,
      reason,
      endsAs,
      refundId,
    })),
  StoreOrderCancelled: (order, { storeOrderId, refunded }, on) =>
    onePart(order, storeOrderId, (part) => ({
      ...moved(part, part.endsAs ?? "CANCELLED", on, part.reason),
      refunded: add(part.refunded, refunded),
    })),
  RefundRefused: (order, { storeOrderId, reason }, on) =>
    onePart(order, storeOrderId, (part) => moved(part, part.status, on, reason)),
};

/** The order after a fact. Pure: replaying all facts gives the live row (G21). */
export function evolve(order: Order | undefined, happened: OrderFact, on: Happened): Order {
  if (happened.type === "OrderPlaced") {
    return everyPart(
      { ...happened.data, placedAt: on.at, status: "PENDING_PAYMENT", active: true },
      "PENDING_PAYMENT",
      on,
    );
  }
  assert(order, `${happened.type} of an order that was never placed`);
  const arm = ARMS[happened.type] as (order: Order, data: unknown, on: Happened) => Order;
  return arm(order, happened.data, on);
}

function everyPart(order: Order, to: Status, on: Happened, reason?: string): Order {
  return withParts(
    order,
    order.storeOrders.map((part) => (isCancelled(part.status) ? part : moved(part, to, on, reason))),
  );
}

/** The sellers may act on it, and those of the waiting parts have until `acceptBy`. */
function withSellers(order: Order, { acceptBy, waiting }: Secured): Order {
  const ids = waiting.map((part) => part.storeOrderId);
  const storeOrders = order.storeOrders.map((part) => (ids.includes(part.storeOrderId) ? { ...part, acceptBy } : part));
  return { ...order, isSecured: true, storeOrders };
}

function onePart(order: Order, storeOrderId: string, change: (part: StoreOrder) => StoreOrder): Order {
  return withParts(
    order,
    order.storeOrders.map((part) => (part.storeOrderId === storeOrderId ? change(part) : part)),
  );
}

/** A fact that tells more of the same state, and no reason, is no step of the history that people read (G15). */
function moved(part: StoreOrder, to: Status, { at, actor }: Happened, reason?: string): StoreOrder {
  if (part.status === to && reason === undefined && part.history.length > 0) return part;
  const move = { status: to, at, actor, ...(reason === undefined ? {} : { reason }) };
  return { ...part, status: to, history: [...part.history, move] };
}

function withParts(order: Order, storeOrders: readonly StoreOrder[]): Order {
  const status = statusOf(storeOrders);
  return { ...order, storeOrders, status, active: !isOver(status) };
}
