import { type Static, Type } from "typebox";
import { id, instantField, page, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { fulfilment } from "./events.ts";
import { moveProblems, orderId, ownPart, reason, StoreOrderDetail, status, storeOrderId } from "./shapes.ts";

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
  problems: ["order.cursor_invalid", "order.store_not_found"],
  idempotency: "safe",
});

/** What every ticket of a store shows. */
export const ticketFields = {
  ...{ orderId, storeOrderId, orderNo: Type.String(), status, fulfilment, paidAt: instantField() },
  lines: Type.Array(Type.Object({ name: Type.String(), optionText: Type.String(), quantity: Type.Integer() })),
};

export const KitchenTicket = Type.Object({
  ...ticketFields,
  pickupAt: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});
export type KitchenTicket = Static<typeof KitchenTicket>;

export const getKitchen = operation({
  service: "order",
  name: "getKitchen",
  method: "GET",
  path: "/stores/:storeId/kitchen",
  access: ["SELLER"],
  summary: {
    ko: "오늘의 주방 판",
    en: "Today's kitchen board: accepted and not yet handed over, by when it is to be ready",
  },
  input: Type.Object({ storeId: id("store") }),
  output: Type.Object({ storeOrders: Type.Array(KitchenTicket) }),
  problems: ["order.store_not_found"],
  idempotency: "safe",
});

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
