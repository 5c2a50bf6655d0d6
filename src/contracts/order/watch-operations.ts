import { type Static, Type } from "typebox";
import { id, instantField, wonField } from "#platform/core/fields.ts";
import { watchOperation } from "#platform/core/operation.ts";
import { fulfilment } from "./events.ts";
import { KitchenTicket, ticketFields } from "./seller-operations.ts";
import { orderId, status, storeOrderId } from "./shapes.ts";

const store = { storeId: id("store") };
const at = instantField();
const ofPart = { orderId, storeOrderId, status, at };

/** As much of an order as its buyer follows it by. */
export const OrderProgress = Type.Object({
  orderId,
  orderNo: Type.String(),
  title: Type.String(),
  status,
  payBy: Type.Optional(instantField()),
  paidAt: Type.Optional(instantField()),
  refunded: wonField(),
  parts: Type.Array(
    Type.Object({
      storeOrderId,
      storeName: Type.String(),
      fulfilment,
      status,
      acceptBy: Type.Optional(instantField()),
      estimatedMinutes: Type.Optional(Type.Integer()),
      carrier: Type.Optional(Type.String()),
      trackingNo: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      refunded: wonField(),
    }),
  ),
});
export type OrderProgress = Static<typeof OrderProgress>;

/** `order` in what is said is how the whole stands when it is said: whoever hears one of them late knows all the same. */
export const watchOrder = watchOperation({
  service: "order",
  name: "watchOrder",
  path: "/orders/:orderId/events",
  access: ["BUYER"],
  summary: { ko: "내 주문을 지켜본다", en: "Watch the own order: its status, its parts, minutes, refunds" },
  input: Type.Object({ orderId }),
  output: OrderProgress,
  says: {
    order: Type.Object({ status, at, reason: Type.Optional(Type.String()), order: OrderProgress }),
    part: Type.Object({
      ...ofPart,
      estimatedMinutes: Type.Optional(Type.Integer()),
      carrier: Type.Optional(Type.String()),
      trackingNo: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      order: OrderProgress,
    }),
  },
  problems: ["order.not_found"],
});

export const QueueTicket = Type.Object({
  ...ticketFields,
  title: Type.String(),
  total: wonField(),
  acceptBy: Type.Optional(instantField("이때까지 받지 않으면 환불된다 · or it refunds itself")),
});
export type QueueTicket = Static<typeof QueueTicket>;

/** `arrived` is what a bell rings for: a paid order, with all that a notification shows; `acceptBy` is when to stop. */
export const watchStoreOrders = watchOperation({
  service: "order",
  name: "watchStoreOrders",
  path: "/stores/:storeId/orders/events",
  access: ["SELLER"],
  summary: { ko: "가게에 들어오는 주문을 지켜본다", en: "Watch a store's queue: new orders, and what becomes of them" },
  input: Type.Object(store),
  output: Type.Object({ waiting: Type.Array(QueueTicket) }),
  says: {
    arrived: Type.Object({ at, ticket: QueueTicket }),
    moved: Type.Object({ ...ofPart, reason: Type.Optional(Type.String()) }),
  },
  problems: ["order.store_not_found"],
});

export const watchKitchen = watchOperation({
  service: "order",
  name: "watchKitchen",
  path: "/stores/:storeId/kitchen/events",
  access: ["SELLER"],
  summary: { ko: "주방 판을 지켜본다", en: "Watch the kitchen board: what to start, what is under way, what is gone" },
  input: Type.Object(store),
  output: Type.Object({ tickets: Type.Array(KitchenTicket) }),
  says: {
    ticket: Type.Object({ at, ticket: KitchenTicket }),
    gone: Type.Object(ofPart),
  },
  problems: ["order.store_not_found"],
});
