import * as events from "#contracts/order/events.ts";
import { type OrderProgress, watchOrder } from "#contracts/order/watch-operations.ts";
import { assert } from "#platform/core/assert.ts";
import { reject } from "#platform/core/decision.ts";
import type { PublicEvent } from "#platform/core/event.ts";
import { add } from "#platform/core/money.ts";
import { hearing, watching } from "#platform/service.ts";
import type { OrderDeps } from "../deps.ts";
import { given } from "../domain/given.ts";
import type { Order, Status, StoreOrder } from "../domain/order.ts";

/** A buyer's own order as it goes on: each step of the whole and of each seller's part. */
export const watchOrderHandler = watching(watchOrder, {
  open: async ({ orderId }, caller, deps: OrderDeps) => {
    const order = (await deps.rowsNow([orderId])).get(orderId) as Order | undefined;
    return order && order.buyerId === caller.id ? progressOf(order) : reject("order.not_found");
  },
  of: ({ orderId }) => orderId,
  hears: [
    ...[
      whole(events.orderPendingPayment, "PENDING_PAYMENT"),
      whole(events.orderPaymentFailed, "PAYMENT_FAILED"),
      whole(events.orderPaid, "PAID"),
      whole(events.orderCancelled, "CANCELLED"),
    ],
    hearing(
      events.storeOrderMoved,
      ({ key }) => key,
      async (event, deps: OrderDeps) => {
        const { orderId, storeOrderId, status, estimatedMinutes, carrier, trackingNo, reason } = event.data;
        const told = given({ estimatedMinutes, carrier, trackingNo, reason });
        const order = await progressNow(event, deps);
        return { name: "part" as const, data: { orderId, storeOrderId, status, at: event.occurredAt, ...told, order } };
      },
    ),
  ],
});

type Whole =
  | typeof events.orderPendingPayment
  | typeof events.orderPaymentFailed
  | typeof events.orderPaid
  | typeof events.orderCancelled;

function whole(on: Whole, status: Status) {
  return hearing(
    on,
    ({ key }) => key,
    async (event, deps: OrderDeps) => {
      const reason = "reason" in event.data ? { reason: event.data.reason } : {};
      const order = await progressNow(event, deps);
      return { name: "order" as const, data: { status, at: event.occurredAt, ...reason, order } };
    },
  );
}

async function progressNow({ key }: PublicEvent, deps: OrderDeps): Promise<OrderProgress> {
  const order = (await deps.rowsNow([key])).get(key) as Order | undefined;
  assert(order, `an event of an order that is not there: ${key}`);
  return progressOf(order);
}

function progressOf(order: Order): OrderProgress {
  const { orderId, orderNo, title, status, payBy, paidAt, storeOrders } = order;
  const refunded = add(...storeOrders.map((part) => part.refunded));
  return { orderId, orderNo, title, status, ...given({ payBy, paidAt }), refunded, parts: storeOrders.map(partOf) };
}

function partOf(part: StoreOrder): OrderProgress["parts"][number] {
  const { storeOrderId, storeName, fulfilment, status, refunded } = part;
  const { acceptBy, estimatedMinutes, carrier, trackingNo, reason } = part;
  const told = given({ acceptBy, estimatedMinutes, carrier, trackingNo, reason });
  return { storeOrderId, storeName, fulfilment, status, refunded, ...told };
}
