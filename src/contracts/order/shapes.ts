import { type Static, Type } from "typebox";
import { id, instantField, oneOf, text, versionField, wonField } from "#platform/core/fields.ts";
import { fulfilment } from "./events.ts";

export const orderId = id("order");
export const storeOrderId = id("storeOrder");
export const reason = text(200, { description: "사유 · reason" });
export const ownPart = { orderId, storeOrderId };

export const ORDER_STATUSES = [
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
export const status = oneOf(ORDER_STATUSES);

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
    itemVersion: Type.Optional(versionField()),
  },
  { additionalProperties: false },
);

/** Either lines of the own cart (all, or some), or lines named here. */
export const basket = {
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

export const OrderSummary = Type.Object({
  orderId,
  orderNo: text(20),
  title: text(100),
  status,
  payable: wonField(),
  placedAt: instantField(),
});

/** Refusals of every move of a part. */
export const moveProblems = ["order.not_found", "order.wrong_state"] as const;
