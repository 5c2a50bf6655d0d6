import {
  orderCancelled,
  orderExpired,
  orderPaid,
  orderPaymentFailed,
  orderPendingPayment,
  orderPlaced,
  storeOrderCompleted,
  storeOrderMoved,
} from "#contracts/order/events.ts";
import { type Announcement, announcement, type EventData } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { OrderFact, OrderFacts, Part, Secured } from "./domain/facts.ts";
import { given } from "./domain/given.ts";
import type { OrderLine } from "./domain/order.ts";

/** What others are told of an order's facts. Holds, retries and wishes are nobody's business but ours. */
export function announce(stored: StoredFact): readonly Announcement[] {
  const happened = stored as StoredFact & OrderFact;
  const orderId = happened.stream;
  switch (happened.type) {
    case "OrderPlaced":
      return [announcement(orderPlaced, placed(happened.data)), ...waiting(happened.data)];
    case "PaymentDeclined":
      return [announcement(orderPaymentFailed, { orderId, ...happened.data })];
    case "OrderPaid": {
      const { buyerId, payable, secured } = happened.data;
      const paid = announcement(orderPaid, { orderId, buyerId, payable, paidAt: stored.at });
      return secured ? [paid, ...arrived(orderId, buyerId, secured)] : [paid];
    }
    case "StockCommitted":
      return arrived(orderId, happened.data.buyerId, happened.data);
    case "OrderEnded": {
      const { buyerId, reason, expired } = happened.data;
      const ended = announcement(orderCancelled, { orderId, buyerId, reason });
      return expired ? [announcement(orderExpired, { orderId, buyerId }), ended] : [ended];
    }
    case "StoreOrderMoved":
      return moved(orderId, happened.data, stored);
    case "CancelStarted":
      return [
        announcement(storeOrderMoved, {
          ...part(orderId, happened.data),
          status: "CANCELLING",
          reason: happened.data.reason,
        }),
      ];
    case "StoreOrderCancelled": {
      const { endsAs, isLast, buyerId } = happened.data;
      const over = announcement(storeOrderMoved, { ...part(orderId, happened.data), status: endsAs });
      return isLast ? [over, announcement(orderCancelled, { orderId, buyerId, reason: "refunded" })] : [over];
    }
    default:
      return [];
  }
}

function placed(data: OrderFacts["OrderPlaced"]): EventData<typeof orderPlaced> {
  const { orderId, buyerId, orderNo, title, payable, cartLineIds } = data;
  const storeOrders = data.storeOrders.map(({ storeOrderId, storeId, sellerId, storeName, fulfilment, lines }) => ({
    storeOrderId,
    storeId,
    sellerId,
    storeName,
    fulfilment,
    lines: lines.map(line),
  }));
  return { orderId, buyerId, orderNo, title, payable, cartLineIds: [...cartLineIds], storeOrders };
}

/** What costs nothing waits for no money. */
function waiting({ orderId, buyerId, payable, payBy, paymentId }: OrderFacts["OrderPlaced"]) {
  return paymentId === undefined ? [] : [announcement(orderPendingPayment, { orderId, buyerId, payable, payBy })];
}

function line({ orderLineId, kind, itemId, optionIds, name, optionText, quantity, amount }: OrderLine) {
  return { orderLineId, kind, optionIds: [...optionIds], name, optionText, quantity, amount, ...given({ itemId }) };
}

function part(orderId: string, { buyerId, storeOrderId, storeId, sellerId }: Part) {
  return { orderId, buyerId, storeOrderId, storeId, sellerId };
}

/** The sellers hear of the parts that wait for them as PAID; the buyer may have been told so before. */
function arrived(orderId: string, buyerId: string, { waiting }: Secured): readonly Announcement[] {
  return waiting.map((one) => announcement(storeOrderMoved, { ...part(orderId, { buyerId, ...one }), status: "PAID" }));
}

function moved(orderId: string, data: OrderFacts["StoreOrderMoved"], stored: StoredFact): readonly Announcement[] {
  const { to, estimatedMinutes, carrier, trackingNo, reason, completed, storeOrderId, storeId, sellerId } = data;
  const status = to as EventData<typeof storeOrderMoved>["status"];
  const move = announcement(storeOrderMoved, {
    ...part(orderId, data),
    status,
    ...given({ estimatedMinutes, carrier, trackingNo, reason }),
  });
  if (!completed) return [move];
  const completedAt = stored.at;
  const lines = completed.map(line);
  return [move, announcement(storeOrderCompleted, { orderId, storeOrderId, storeId, sellerId, completedAt, lines })];
}
