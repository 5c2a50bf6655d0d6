import { readCartForOrder } from "#contracts/cart/operations.ts";
import { getItemForOrder } from "#contracts/catalog/operations.ts";
import * as events from "#contracts/order/events.ts";
import { closePayment, refundPayment } from "#contracts/payment/operations.ts";
import { commitStock, releaseStock, reserveStock } from "#contracts/stock/operations.ts";
import type { Rows, Step, StoredFact } from "#platform/facts/change.ts";
import { service } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { cancelOrderHandler, rejectStoreOrderHandler } from "./api/cancel-order.ts";
import { getOrderForPaymentHandler } from "./api/get-order-for-payment.ts";
import { getStoreOrderPeopleHandler } from "./api/get-store-order-people.ts";
import { listOrdersHandler } from "./api/list-orders.ts";
import { moveHandlers } from "./api/move-store-order.ts";
import { placeOrderHandler } from "./api/place-order.ts";
import { problems } from "./api/problems.ts";
import { quoteOrderHandler } from "./api/quote-order.ts";
import { getOrderAtHandler, getOrderByNumberHandler, getOrderHandler } from "./api/read-order.ts";
import { getKitchenHandler, listStoreOrdersHandler } from "./api/seller-queue.ts";
import { watchKitchenHandler } from "./api/watch-kitchen.ts";
import { watchOrderHandler } from "./api/watch-order.ts";
import { watchStoreOrdersHandler } from "./api/watch-store-orders.ts";
import { commitWith } from "./commit-with.ts";
import { orderDeps } from "./deps.ts";
import { checkout, type PlacedFact } from "./domain/checkout.ts";
import type { Order } from "./domain/order.ts";
import { evolveStored } from "./evolve-stored.ts";
import { facets } from "./facets.ts";
import { whenPaymentApproved } from "./reactions/when-payment-approved.ts";
import { whenPaymentFailed } from "./reactions/when-payment-failed.ts";
import { whenPaymentCancelled, whenPaymentCancelRefused } from "./reactions/when-refund-ended.ts";
import { settings } from "./settings.ts";
import { knownView } from "./views/known.ts";
import { commitPaidStock } from "./work/commit-stock.ts";
import { completePart, rejectUnaccepted } from "./work/deadlines.ts";
import { endUnpaid } from "./work/end-unpaid.ts";
import { refundPart } from "./work/refund-part.ts";
import { releaseHolds } from "./work/release-holds.ts";

/** Orders: placed, held, paid, handed over, completed; or taken back on the way. */
export const order = service({
  name: "order",
  migrations: `${import.meta.dirname}/db`,
  settings,
  calls: [reserveStock, commitStock, releaseStock, closePayment, refundPayment, readCartForOrder, getItemForOrder],
  problems,
  announces: [
    events.orderPlaced,
    events.orderPendingPayment,
    events.orderPaymentFailed,
    events.orderPaid,
    events.orderCancelled,
    events.orderExpired,
    events.storeOrderMoved,
    events.storeOrderCompleted,
  ],
  announce,
  commitWith,
  facets,
  evolve: evolveStored,
  follow,
  deps: orderDeps,
  operations: [
    quoteOrderHandler,
    placeOrderHandler,
    listOrdersHandler,
    getOrderHandler,
    getOrderByNumberHandler,
    getOrderAtHandler,
    getOrderForPaymentHandler,
    getStoreOrderPeopleHandler,
    listStoreOrdersHandler,
    getKitchenHandler,
    watchOrderHandler,
    watchStoreOrdersHandler,
    watchKitchenHandler,
    ...moveHandlers,
    rejectStoreOrderHandler,
    cancelOrderHandler,
  ],
  reactions: [whenPaymentApproved, whenPaymentFailed, whenPaymentCancelled, whenPaymentCancelRefused],
  views: [knownView],
  work: {
    "end-unpaid": endUnpaid,
    "release-holds": releaseHolds,
    "commit-stock": commitPaidStock,
    "reject-unaccepted": rejectUnaccepted,
    "refund-part": refundPart,
    "complete-part": completePart,
  },
});

/** The process manager sees the order as it is after the fact. */
function follow(stored: StoredFact, rows: Rows): readonly Step[] {
  const state = rows.get<Order>(stored.stream);
  return state ? checkout(state, stored as StoredFact & PlacedFact) : [];
}
