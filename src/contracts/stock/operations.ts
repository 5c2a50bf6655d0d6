import { Type } from "typebox";
import { id, instantField, page, text, versionField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { skuId } from "./events.ts";

/**
 * All lines or none. The same order again answers as before; after a release: refused (reverse before forward).
 * `isHeld: false`: every SKU is unlimited, so nothing was written and there is nothing to commit or to release.
 */
export const reserveStock = operation({
  service: "stock",
  name: "reserveStock",
  method: "POST",
  path: "/internal/stock/reservations",
  access: "service",
  summary: { ko: "주문의 재고를 예약한다", en: "Reserve the stock of an order" },
  input: Type.Object({
    orderId: id("order"),
    lines: Type.Array(
      Type.Object({ orderLineId: id("orderLine"), skuId, quantity: Type.Integer({ minimum: 1, maximum: 100_000 }) }),
      {
        minItems: 1,
        maxItems: 200,
      },
    ),
    expiresAt: instantField(),
  }),
  output: Type.Object({ isHeld: Type.Boolean() }),
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
 * Makes sure that these lines (all, when none are named) hold nothing any more: pending ones are released, committed
 * ones returned. `restock: false` writes the goods off (food already prepared). Unseen orders leave a tombstone.
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

/** Pieces of a SKU as its seller sees them. `available` can be reserved; it means nothing while `unlimited`. */
export const StockView = Type.Object({
  skuId,
  itemId: id("item"),
  storeId: id("store"),
  name: Type.String(),
  unlimited: Type.Boolean(),
  available: Type.Integer(),
  reserved: Type.Integer(),
  /** Committed less returned: what has left for good. */
  sold: Type.Integer(),
  version: Type.Integer({ description: "이 값을 고쳐 보낼 때 함께 보낸다 · send it back when adjusting" }),
});

export const listStoreStock = operation({
  service: "stock",
  name: "listStoreStock",
  method: "GET",
  path: "/stores/:storeId/stock",
  access: ["SELLER"],
  summary: { ko: "내 가게의 재고를 본다", en: "List the stock of one's own store" },
  input: Type.Object({ storeId: id("store"), ...page }),
  output: Type.Object({ stock: Type.Array(StockView), nextCursor: Type.Optional(Type.String()) }),
  problems: ["stock.store_not_found", "stock.cursor_invalid"],
  idempotency: "safe",
});

/** Sets what can be reserved from now on; what buyers hold at this moment stays theirs and is not part of it. */
export const adjustStock = operation({
  service: "stock",
  name: "adjustStock",
  method: "PUT",
  path: "/stock/:skuId",
  access: ["SELLER"],
  summary: { ko: "재고를 손으로 맞춘다", en: "Adjust a SKU's stock by hand" },
  input: Type.Object({
    skuId,
    unlimited: Type.Optional(Type.Boolean()),
    available: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
    /** The version that was looked at: given and out of date, the adjustment is refused instead of undoing a sale. */
    version: Type.Optional(versionField()),
    reason: text(200),
  }),
  output: StockView,
  problems: ["stock.not_found", "stock.amount_needed", "stock.changed"],
  idempotency: "key",
});

/** What any visitor may know. SKUs that do not exist are left out of the answer. */
export const getAvailability = operation({
  service: "stock",
  name: "getAvailability",
  method: "GET",
  path: "/stock",
  access: "anyone",
  summary: { ko: "여러 상품의 품절 여부를 본다", en: "See what is sold out" },
  input: Type.Object({
    skuIds: Type.String({
      pattern: "^(itm|opt)_[0-9a-hjkmnp-tv-z]{26}(,(itm|opt)_[0-9a-hjkmnp-tv-z]{26}){0,99}$",
      maxLength: 3_200,
      description: "쉼표로 이은 itm_/opt_ 아이디, 100개까지 · ids joined by commas, at most 100",
    }),
  }),
  output: Type.Object({
    skus: Type.Array(
      Type.Object({
        skuId,
        soldOut: Type.Boolean(),
        /** Absent: unlimited. */
        available: Type.Optional(Type.Integer()),
      }),
    ),
  }),
  problems: [],
  idempotency: "safe",
  cacheMs: 500,
});
