import { unreachable } from "#platform/core/assert.ts";
import { add, ZERO } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import type { OrderFact, OrderFacts } from "./facts.ts";
import { given } from "./given.ts";
import { isCancelled, isOver, type Order, type Status, type StoreOrder, statusOf } from "./order.ts";

/** What evolve needs of a stored fact. */
export interface Happened {
  readonly at: Instant;
  readonly actor: string;
}

/** The order after a fact. Pure: replaying all facts gives the live row (G21). */
export function evolve(order: Order | undefined, happened: OrderFact, { at, actor }: Happened): Order {
  if (happened.type === "OrderPlaced") {
    const placed = { ...happened.data, placedAt: at, status: "CREATED" as const, active: true };
    return withParts(
      placed,
      placed.storeOrders.map((part) => moved(part, "CREATED", at, actor)),
    );
  }
  if (!order) throw new Error(`${happened.type} of an order that was never placed`);
  const everyPart = (to: Status, reason?: string) =>
    withParts(
      order,
      order.storeOrders.map((part) => (isCancelled(part.status) ? part : moved(part, to, at, actor, reason))),
    );
  const onePart = (storeOrderId: string, change: (part: StoreOrder) => StoreOrder) =>
    withParts(
      order,
      order.storeOrders.map((part) => (part.storeOrderId === storeOrderId ? change(part) : part)),
    );

  switch (happened.type) {
    case "HoldsConfirmed":
      return { ...everyPart("PENDING_PAYMENT"), ...held(happened.data) };
    case "HoldsRefused":
      return { ...everyPart("CANCELLED", happened.data.code), refusal: refusalOf(happened.data) };
    case "PaymentDeclined":
      return everyPart("PAYMENT_FAILED", happened.data.reason);
    case "PaymentRetried":
      return everyPart("PENDING_PAYMENT");
    case "OrderPaid":
      return { ...everyPart("PAID"), paidAt: at };
    case "StockCommitted":
      return { ...order, isSecured: true };
    case "EndAsked":
      return { ...order, ending: { by: happened.data.by, reason: happened.data.reason } };
    case "OrderEnded":
      return withParts(
        order,
        order.storeOrders.map((part) => ({
          ...moved(part, "CANCELLED", at, actor, happened.data.reason),
          cancelledBy: happened.data.by,
          reason: happened.data.reason,
        })),
      );
    case "StoreOrderMoved": {
      const { storeOrderId, to, reason, estimatedMinutes, carrier, trackingNo, acceptBy } = happened.data;
      const told = given({ estimatedMinutes, carrier, trackingNo, acceptBy });
      // A deadline to accept is over with the first move; the others stay as they were told.
      return onePart(storeOrderId, ({ acceptBy: _over, ...part }) => ({
        ...moved(part, to, at, actor, reason),
        ...told,
      }));
    }
    case "CancelStarted": {
      const { storeOrderId, by, reason, endsAs, refundId } = happened.data;
      return onePart(storeOrderId, ({ acceptBy: _over, ...part }) => ({
        ...moved(part, "CANCELLING", at, actor, reason),
        cancelledBy: by,
        reason,
        endsAs,
        refundId,
      }));
    }
    case "StoreOrderCancelled":
      return onePart(happened.data.storeOrderId, (part) => ({
        ...moved(part, part.endsAs ?? "CANCELLED", at, actor, part.reason),
        refunded: add(part.refunded, happened.data.refunded),
      }));
    case "RefundRefused":
      return onePart(happened.data.storeOrderId, (part) => ({
        ...part,
        history: [...part.history, { status: part.status, at, actor, reason: happened.data.reason }],
      }));
    default:
      return unreachable(happened);
  }
}

function held({ payBy, holdsUntil, paymentId }: OrderFacts["HoldsConfirmed"]) {
  return { payBy, holdsUntil, ...given({ paymentId }) };
}

function refusalOf({ code, field, details }: OrderFacts["HoldsRefused"]) {
  return { code, ...given({ field, details }) };
}

function moved(part: StoreOrder, to: Status, at: Instant, actor: string, reason?: string): StoreOrder {
  const move = { status: to, at, actor, ...(reason === undefined ? {} : { reason }) };
  return { ...part, refunded: part.refunded ?? ZERO, status: to, history: [...part.history, move] };
}

function withParts(order: Order, storeOrders: readonly StoreOrder[]): Order {
  const status = statusOf(storeOrders);
  return { ...order, storeOrders, status, active: !isOver(status) };
}
