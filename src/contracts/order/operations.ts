import { type Static, Type } from "typebox";
import { id, instantField, oneOf, page, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { fulfilment } from "./events.ts";

const orderId = id("order");
const storeOrderId = id("storeOrder");
const reason = text(200, { description: "사유 · reason" });
const ownPart = { orderId, storeOrderId };

export const ORDER_STATUSES = [
  "CREATED",
  "PENDING_PAYMENT",
  "PAYMENT_FAILED",
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
] as const;
const status = oneOf(ORDER_STATUSES);

/** How one store's part is to be handed over. Contact fields are needed for DELIVERY and PARCEL. */
export const Handover = Type.Object(
  {
    storeId: id("store"),
    fulfilment,
    note: Type.Optional(text(200, { description: "요청사항" })),
    disposables: Type.Optional(Type.Boolean({ description: "일회용 수저" })),
    pickupAt: Type.Optional(instantField()),
    table: Type.Optional(text(20)),
    address: Type.Optional(
      Type.Object(
        {
          area: text(20, { description: "법정동 코드 · legal-district code" }),
          recipient: text(40),
          phone: Type.String({ pattern: "^01[016789]-?\\d{3,4}-?\\d{4}$" }),
          zipcode: Type.String({ pattern: "^\\d{5}$" }),
          road: text(120),
          detail: Type.String({ maxLength: 120 }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

const WantedLine = Type.Object(
  {
    itemId: id("item"),
    optionIds: Type.Array(id("option"), { maxItems: 50 }),
    quantity: Type.Integer({ minimum: 1, maximum: 999 }),
    /** The version that the buyer was shown; a newer one than ours makes us ask catalog. */
    itemVersion: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  { additionalProperties: false },
);

/** Either lines of the own cart (all, or some), or lines named here. */
const basket = {
  fromCart: Type.Optional(
    Type.Object(
      { cartLineIds: Type.Optional(Type.Array(id("cartLine"), { minItems: 1, maxItems: 100 })) },
      { additionalProperties: false },
    ),
  ),
  lines: Type.Optional(Type.Array(WantedLine, { minItems: 1, maxItems: 100 })),
  handovers: Type.Array(Handover, { minItems: 1, maxItems: 20 }),
};

const QuotedLine = Type.Object({
  kind: oneOf(["ITEM", "DELIVERY_FEE"]),
  itemId: Type.Optional(id("item")),
  optionIds: Type.Array(id("option")),
  name: text(100),
  optionText: Type.String(),
  unitPrice: wonField(),
  quantity: Type.Integer(),
  amount: wonField(),
});

export const Quote = Type.Object({
  itemsTotal: wonField(),
  deliveryFee: wonField(),
  payable: wonField(),
  storeOrders: Type.Array(
    Type.Object({
      storeId: id("store"),
      storeName: text(60),
      fulfilment,
      itemsTotal: wonField(),
      deliveryFee: wonField(),
      lines: Type.Array(QuotedLine),
    }),
  ),
});

const Move = Type.Object({
  status,
  at: instantField(),
  actor: Type.String(),
  reason: Type.Optional(Type.String()),
});

export const StoreOrderDetail = Type.Object({
  storeOrderId,
  storeId: id("store"),
  sellerId: id("account"),
  storeName: text(60),
  fulfilment,
  status,
  itemsTotal: wonField(),
  deliveryFee: wonField(),
  total: wonField(),
  refunded: wonField(),
  acceptBy: Type.Optional(instantField()),
  estimatedMinutes: Type.Optional(Type.Integer()),
  carrier: Type.Optional(Type.String()),
  trackingNo: Type.Optional(Type.String()),
  cancelledBy: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  pickupAt: Type.Optional(Type.String()),
  table: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
  disposables: Type.Optional(Type.Boolean()),
  address: Type.Optional(
    Type.Object({
      area: Type.String(),
      recipient: Type.String(),
      phone: Type.String(),
      zipcode: Type.String(),
      road: Type.String(),
      detail: Type.String(),
    }),
  ),
  lines: Type.Array(
    Type.Object({
      orderLineId: id("orderLine"),
      kind: oneOf(["ITEM", "DELIVERY_FEE"]),
      itemId: Type.Optional(id("item")),
      name: Type.String(),
      optionText: Type.String(),
      unitPrice: wonField(),
      quantity: Type.Integer(),
      amount: wonField(),
    }),
  ),
  history: Type.Array(Move),
});

export const OrderDetail = Type.Object({
  orderId,
  orderNo: text(20),
  title: text(100),
  buyerId: id("account"),
  status,
  placedAt: instantField(),
  itemsTotal: wonField(),
  deliveryFee: wonField(),
  payable: wonField(),
  paymentId: Type.Optional(id("payment")),
  payBy: Type.Optional(instantField()),
  paidAt: Type.Optional(instantField()),
  storeOrders: Type.Array(StoreOrderDetail),
});
export type OrderDetail = Static<typeof OrderDetail>;

const OrderSummary = Type.Object({
  orderId,
  orderNo: text(20),
  title: text(100),
  status,
  payable: wonField(),
  placedAt: instantField(),
});

const pricingProblems = [
  "order.nothing_to_order",
  "order.handover_missing",
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
  problems: ["request.bad_cursor"],
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

export const listStoreOrders = operation({
  service: "order",
  name: "listStoreOrders",
  method: "GET",
  path: "/stores/:storeId/orders",
  access: ["SELLER"],
  summary: { ko: "가게에 들어온 주문", en: "A store's queue, newest first" },
  input: Type.Object({ storeId: id("store"), status: Type.Optional(status), ...page }),
  output: Type.Object({
    storeOrders: Type.Array(
      Type.Object({
        orderId,
        storeOrderId,
        orderNo: Type.String(),
        title: Type.String(),
        status,
        fulfilment,
        total: wonField(),
        paidAt: instantField(),
        acceptBy: Type.Optional(instantField()),
      }),
    ),
    nextCursor: Type.Optional(Type.String()),
  }),
  problems: ["request.bad_cursor", "order.store_not_found"],
  idempotency: "safe",
});

export const getKitchen = operation({
  service: "order",
  name: "getKitchen",
  method: "GET",
  path: "/stores/:storeId/kitchen",
  access: ["SELLER"],
  summary: {
    ko: "오늘의 주방 판",
    en: "Today's kitchen board: what is accepted and not yet handed over, oldest first",
  },
  input: Type.Object({ storeId: id("store") }),
  output: Type.Object({
    storeOrders: Type.Array(
      Type.Object({
        orderId,
        storeOrderId,
        orderNo: Type.String(),
        status,
        fulfilment,
        paidAt: instantField(),
        note: Type.Optional(Type.String()),
        lines: Type.Array(Type.Object({ name: Type.String(), optionText: Type.String(), quantity: Type.Integer() })),
      }),
    ),
  }),
  problems: ["order.store_not_found"],
  idempotency: "safe",
});

const moveProblems = ["order.not_found", "order.wrong_state"] as const;

function sellerMove<Extra extends Parameters<typeof Type.Object>[0]>(
  name: string,
  path: string,
  summary: { ko: string; en: string },
  extra: Extra,
) {
  return operation({
    service: "order",
    name,
    method: "POST",
    path: `/orders/:orderId/store-orders/:storeOrderId/${path}`,
    access: ["SELLER"],
    summary,
    input: Type.Object({ ...ownPart, ...extra }),
    output: StoreOrderDetail,
    problems: moveProblems,
    idempotency: "key",
  });
}

export const acceptStoreOrder = sellerMove(
  "acceptStoreOrder",
  "accept",
  { ko: "주문을 받는다", en: "Accept" },
  { estimatedMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 600 })) },
);
export const rejectStoreOrder = sellerMove(
  "rejectStoreOrder",
  "reject",
  { ko: "주문을 거절한다 (환불된다)", en: "Reject; the buyer gets the money back" },
  { reason },
);
export const prepareStoreOrder = sellerMove(
  "prepareStoreOrder",
  "prepare",
  { ko: "조리·준비 시작", en: "Start preparing" },
  {},
);
export const readyStoreOrder = sellerMove("readyStoreOrder", "ready", { ko: "준비 완료", en: "Ready" }, {});
export const sendOutStoreOrder = sellerMove(
  "sendOutStoreOrder",
  "send-out",
  { ko: "배달 출발", en: "Out for delivery" },
  {},
);
export const shipStoreOrder = sellerMove(
  "shipStoreOrder",
  "ship",
  { ko: "발송한다", en: "Ship" },
  { carrier: text(40), trackingNo: text(40) },
);
export const deliverStoreOrder = sellerMove(
  "deliverStoreOrder",
  "deliver",
  { ko: "배달·배송 완료", en: "Delivered" },
  {},
);
export const handOverStoreOrder = sellerMove(
  "handOverStoreOrder",
  "hand-over",
  { ko: "손님에게 건넸다 (포장·매장)", en: "Handed over (pickup, dine-in)" },
  {},
);

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
