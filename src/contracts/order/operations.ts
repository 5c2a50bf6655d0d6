import { Type } from "typebox";
import { LineAmount } from "#contracts/payment/events.ts";
import { id, instantField, page, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import {
  basket,
  moveProblems,
  OrderDetail,
  OrderSummary,
  orderId,
  ownPart,
  Quote,
  reason,
  StoreOrderDetail,
  storeOrderId,
} from "./shapes.ts";

const pricingProblems = [
  "order.nothing_to_order",
  "order.handover_missing",
  "order.handover_surplus",
  "order.item_gone",
  "order.item_unavailable",
  "order.option_invalid",
  "order.option_choice",
  "order.mixed_kinds",
  "order.one_food_store",
  "order.store_gone",
  "order.store_closed",
  "order.below_minimum",
  "order.fulfilment_not_offered",
  "order.address_missing",
  "order.area_not_served",
  "order.too_much",
  "cart.empty",
  "cart.unseen_changes",
  "cart.line_not_found",
] as const;

export const quoteOrder = operation({
  service: "order",
  name: "quoteOrder",
  method: "POST",
  path: "/orders/quote",
  access: ["BUYER"],
  summary: { ko: "주문하면 얼마인지 알아본다", en: "What an order would cost, part by part" },
  input: Type.Object(basket),
  output: Quote,
  problems: pricingProblems,
  idempotency: "safe",
});

export const placeOrder = operation({
  service: "order",
  name: "placeOrder",
  method: "POST",
  path: "/orders",
  access: ["BUYER"],
  summary: { ko: "주문한다", en: "Place an order" },
  status: 201,
  input: Type.Object({
    orderId: id("order", "보내는 쪽이 만든다: ord_ + 26자 · made by the client"),
    ...basket,
    expectedTotal: wonField({ description: "화면에 보인 결제 금액 · the total the buyer was shown" }),
    evenIfDouble: Type.Optional(Type.Boolean({ description: "조금 전과 같은 주문이라도 넣는다" })),
  }),
  output: OrderDetail,
  problems: [
    ...pricingProblems,
    "order.price_changed",
    "order.looks_doubled",
    "order.sold_out",
    "order.not_found",
    "order.could_not_hold",
  ],
  idempotency: "key",
});

export const getOrder = operation({
  service: "order",
  name: "getOrder",
  method: "GET",
  path: "/orders/:orderId",
  access: ["BUYER", "SELLER", "OPERATOR", "ADMIN"],
  summary: { ko: "주문 하나를 본다 (구매자는 전부, 판매자는 자기 몫)", en: "One order; a seller sees the own part" },
  input: Type.Object({ orderId }),
  output: OrderDetail,
  problems: ["order.not_found"],
  idempotency: "safe",
});

export const getOrderByNumber = operation({
  service: "order",
  name: "getOrderByNumber",
  method: "GET",
  path: "/orders/by-number/:orderNo",
  access: ["BUYER"],
  summary: { ko: "주문번호로 찾는다", en: "The own order with this number" },
  input: Type.Object({ orderNo: text(20) }),
  output: OrderDetail,
  problems: ["order.not_found"],
  idempotency: "safe",
});

export const listOrders = operation({
  service: "order",
  name: "listOrders",
  method: "GET",
  path: "/orders",
  access: ["BUYER"],
  summary: { ko: "내 주문 목록", en: "The own orders, newest first" },
  input: Type.Object({ active: Type.Optional(Type.Boolean()), ...page }),
  output: Type.Object({ orders: Type.Array(OrderSummary), nextCursor: Type.Optional(Type.String()) }),
  problems: ["order.cursor_invalid"],
  idempotency: "safe",
});

/** An order as it stood at a past moment, rebuilt from its facts (G21). */
export const getOrderAt = operation({
  service: "order",
  name: "getOrderAt",
  method: "GET",
  path: "/orders/:orderId/at",
  access: ["OPERATOR", "ADMIN"],
  summary: { ko: "지난 어느 때의 주문을 다시 만든다", en: "An order as it stood at a past moment, from its facts" },
  input: Type.Object({ orderId, at: instantField() }),
  output: OrderDetail,
  problems: ["order.not_found"],
  idempotency: "safe",
});

export const confirmPurchase = operation({
  service: "order",
  name: "confirmPurchase",
  method: "POST",
  path: "/orders/:orderId/store-orders/:storeOrderId/confirm",
  access: ["BUYER"],
  summary: { ko: "구매 확정", en: "Confirm the purchase" },
  input: Type.Object(ownPart),
  output: StoreOrderDetail,
  problems: moveProblems,
  idempotency: "key",
});

export const cancelOrder = operation({
  service: "order",
  name: "cancelOrder",
  method: "POST",
  path: "/orders/:orderId/cancel",
  access: ["BUYER", "SELLER", "OPERATOR"],
  summary: {
    ko: "주문을 취소한다: 전체 또는 한 판매자의 몫 (환불은 저절로)",
    en: "Cancel the whole or one seller's part; the refund starts by itself",
  },
  input: Type.Object({ orderId, storeOrderId: Type.Optional(storeOrderId), reason }),
  output: OrderDetail,
  problems: ["order.not_found", "order.too_late_to_cancel", "order.already_cancelled"],
  idempotency: "key",
});

/** What is to be paid for an order, whatever became of it since: asked by payment when its buyer begins to pay. */
export const getOrderForPayment = operation({
  service: "order",
  name: "getOrderForPayment",
  method: "GET",
  path: "/internal/orders/:orderId/payable",
  access: "service",
  summary: { ko: "주문의 결제할 내용을 읽는다", en: "Read what is to be paid for an order" },
  input: Type.Object({ orderId }),
  output: Type.Object({
    buyerId: id("account"),
    orderName: text(100),
    amount: wonField({ minimum: 1 }),
    lines: Type.Array(LineAmount, { minItems: 1, maxItems: 200 }),
    expiresAt: instantField(),
  }),
  problems: ["order.not_found"],
  idempotency: "safe",
});

/** Between whom a part of an order is, from the moment that its seller sees it (docs/why/023): asked by chat. */
export const getStoreOrderPeople = operation({
  service: "order",
  name: "getStoreOrderPeople",
  method: "GET",
  path: "/internal/store-orders/:storeOrderId/people",
  access: "service",
  summary: { ko: "주문 한 몫의 구매자와 판매자를 읽는다", en: "Read between whom a part of an order is" },
  input: Type.Object({ storeOrderId }),
  output: Type.Object({ orderId, storeId: id("store"), buyerId: id("account"), sellerId: id("account") }),
  problems: ["order.not_found"],
  idempotency: "safe",
});
