import { Type } from "typebox";
import { id, instantField, text } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { skuId } from "./events.ts";

/** All lines or none. The same order again answers as before; after a release it is refused (reverse before forward). */
export const reserveStock = operation({
  service: "stock",
  name: "reserveStock",
  method: "POST",
  path: "/internal/stock/reservations",
  access: "service",
  summary: { ko: "주문의 재고를 예약한다", en: "Reserve the stock of an order" },
  input: Type.Object({
    orderId: id("order"),
    lines: Type.Array(Type.Object({ orderLineId: id("orderLine"), skuId, quantity: Type.Integer({ minimum: 1 }) }), {
      minItems: 1,
      maxItems: 200,
    }),
    expiresAt: instantField(),
  }),
  output: Type.Object({ expiresAt: instantField() }),
  problems: ["stock.sold_out", "stock.unknown_sku", "stock.reservation_over"],
  idempotency: "key",
});

/** On PAID, not before. Refused when the reservation has expired or was released: the order is then refunded (D8). */
export const commitStock = operation({
  service: "stock",
  name: "commitStock",
  method: "POST",
  path: "/internal/stock/reservations/:orderId/commit",
  access: "service",
  summary: { ko: "예약을 확정한다", en: "Commit an order's reservation" },
  input: Type.Object({ orderId: id("order") }),
  output: Type.Object({}),
  problems: ["stock.reservation_over"],
  idempotency: "key",
});

/**
 * Makes sure that these lines (all, when none are named) hold nothing any more: pending ones are released, committed ones
 * returned. `restock: false` writes the goods off (food already prepared). Unseen orders leave a tombstone.
 */
export const releaseStock = operation({
  service: "stock",
  name: "releaseStock",
  method: "POST",
  path: "/internal/stock/reservations/:orderId/release",
  access: "service",
  summary: { ko: "예약을 풀거나 재고를 되돌린다", en: "Release or return an order's stock" },
  input: Type.Object({
    orderId: id("order"),
    orderLineIds: Type.Optional(Type.Array(id("orderLine"), { maxItems: 200 })),
    restock: Type.Boolean(),
    reason: text(100),
  }),
  output: Type.Object({}),
  problems: [],
  idempotency: "key",
});
