import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, instantField, oneOf, text, wonField } from "#platform/core/fields.ts";

export const fulfilment = oneOf(["DELIVERY", "PICKUP", "DINE_IN", "PARCEL"]);

export const OrderLineSnapshot = Type.Object({
  orderLineId: id("orderLine"),
  /** DELIVERY_FEE lines carry the fee of their store order, so that every won of an order is on a line. */
  kind: oneOf(["ITEM", "DELIVERY_FEE"]),
  itemId: Type.Optional(id("item")),
  optionIds: Type.Array(id("option")),
  name: text(100),
  optionText: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  amount: wonField(),
});

export const StoreOrderSnapshot = Type.Object({
  storeOrderId: id("storeOrder"),
  storeId: id("store"),
  sellerId: id("account"),
  storeName: text(60),
  fulfilment,
  lines: Type.Array(OrderLineSnapshot),
});

const orderId = id("order");
const buyerId = id("account");
const ids = { orderId: "ord_01jd7x0000000000000000rder", buyerId: "acc_01jd7x0000000000000000b9yr" };
const storeOrderExample = {
  storeOrderId: "sto_01jd7x0000000000000000str1",
  storeId: "str_01jd7x0000000000000000stre",
  sellerId: "acc_01jd7x0000000000000000se11",
  storeName: "마당분식",
  fulfilment: "PICKUP" as const,
  lines: [
    {
      orderLineId: "oln_01jd7x0000000000000000knee",
      kind: "ITEM" as const,
      itemId: "itm_01jd7x0000000000000000jtem",
      optionIds: ["opt_01jd7x0000000000000000mjd1"],
      name: "국물떡볶이",
      optionText: "보통",
      quantity: 1,
      amount: 12_000,
    },
  ],
};

export const orderPlaced = event({
  service: "order",
  type: "order.placed.v1",
  summary: { ko: "주문이 들어왔다", en: "An order was placed" },
  data: Type.Object({
    orderId,
    buyerId,
    orderNo: text(20),
    title: text(100),
    payable: wonField(),
    /** Lines of the cart it was placed from: the cart lets go of them. */
    cartLineIds: Type.Array(id("cartLine")),
    storeOrders: Type.Array(StoreOrderSnapshot),
  }),
  example: {
    ...ids,
    orderNo: "20261121-7K3M9Q",
    title: "국물떡볶이",
    payable: 12_000,
    cartLineIds: [],
    storeOrders: [storeOrderExample],
  },
});

export const orderPendingPayment = event({
  service: "order",
  type: "order.pending-payment.v1",
  summary: { ko: "결제를 기다린다", en: "All holds are taken; the order waits for its payment" },
  data: Type.Object({ orderId, buyerId, payable: wonField(), payBy: instantField() }),
  example: { ...ids, payable: 12_000, payBy: "2026-11-21T03:10:00.000Z" },
});

/** A declined attempt; the holds stay, and the buyer may try another way until the deadline. */
export const orderPaymentFailed = event({
  service: "order",
  type: "order.payment-failed.v1",
  summary: { ko: "결제가 거절되었다 (다시 시도할 수 있다)", en: "An attempt to pay was declined; another may follow" },
  data: Type.Object({ orderId, buyerId, reason: text(200) }),
  example: { ...ids, reason: "REJECT_CARD_PAYMENT" },
});

export const orderPaid = event({
  service: "order",
  type: "order.paid.v1",
  summary: { ko: "주문이 결제되었다", en: "An order was paid" },
  data: Type.Object({
    orderId,
    buyerId,
    payable: wonField(),
    paidAt: instantField(),
  }),
  example: { ...ids, payable: 12_000, paidAt: "2026-11-21T03:01:00.000Z" },
});

export const orderCancelled = event({
  service: "order",
  type: "order.cancelled.v1",
  summary: { ko: "주문 전체가 취소되었다", en: "The whole order was cancelled" },
  data: Type.Object({ orderId, buyerId, reason: text(200) }),
  example: { ...ids, reason: "buyer" },
});

export const orderExpired = event({
  service: "order",
  type: "order.expired.v1",
  summary: { ko: "결제 기한이 지났다", en: "The payment deadline passed" },
  data: Type.Object({ orderId, buyerId }),
  example: ids,
});

/** One event per move of a store order: `status` is where it stands now. */
export const storeOrderMoved = event({
  service: "order",
  type: "store-order.moved.v1",
  summary: { ko: "가게 주문의 상태가 바뀌었다", en: "A store order moved to another state" },
  data: Type.Object({
    orderId,
    buyerId,
    storeOrderId: id("storeOrder"),
    storeId: id("store"),
    sellerId: id("account"),
    status: oneOf([
      "PAID",
      "ACCEPTED",
      "PREPARING",
      "READY",
      "OUT_FOR_DELIVERY",
      "SHIPPED",
      "DELIVERED",
      "COMPLETED",
      "CANCELLING",
      "CANCELLED",
      "REJECTED",
    ]),
    estimatedMinutes: Type.Optional(Type.Integer()),
    carrier: Type.Optional(text(40)),
    trackingNo: Type.Optional(text(40)),
    reason: Type.Optional(text(200)),
  }),
  example: {
    ...ids,
    storeOrderId: storeOrderExample.storeOrderId,
    storeId: storeOrderExample.storeId,
    sellerId: storeOrderExample.sellerId,
    status: "ACCEPTED" as const,
    estimatedMinutes: 20,
  },
});

/** What settlement and the ledger (J2) live from: the lines that were really delivered, with their amounts. */
export const storeOrderCompleted = event({
  service: "order",
  type: "store-order.completed.v1",
  summary: { ko: "가게 주문이 끝났다 (구매 확정)", en: "A store order was completed" },
  data: Type.Object({
    orderId,
    storeOrderId: id("storeOrder"),
    storeId: id("store"),
    sellerId: id("account"),
    completedAt: instantField(),
    lines: Type.Array(OrderLineSnapshot),
  }),
  example: {
    orderId: ids.orderId,
    storeOrderId: storeOrderExample.storeOrderId,
    storeId: storeOrderExample.storeId,
    sellerId: storeOrderExample.sellerId,
    completedAt: "2026-11-21T04:00:00.000Z",
    lines: storeOrderExample.lines,
  },
});
