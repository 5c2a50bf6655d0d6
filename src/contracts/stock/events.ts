import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, text } from "#platform/core/fields.ts";

/** An item or an option that has a stock of its own. */
export const skuId = Type.String({ pattern: "^(itm|opt)_[0-9a-hjkmnp-tv-z]{26}$" });
const quantity = Type.Integer({ minimum: 1 });
const movement = Type.Object({ skuId, orderId: id("order"), orderLineId: id("orderLine"), quantity });
const example = {
  skuId: "itm_01jd7x0000000000000000jtem",
  orderId: "ord_01jd7x0000000000000000rder",
  orderLineId: "oln_01jd7x0000000000000000knee",
  quantity: 2,
};

function moved(type: string, ko: string, en: string) {
  return event({ service: "stock", type, summary: { ko, en }, data: movement, example });
}

export const stockReserved = moved("stock.reserved.v1", "재고를 예약했다", "Stock was reserved");
export const stockCommitted = moved("stock.committed.v1", "예약을 확정했다", "A reservation was committed");
export const stockReleased = moved("stock.released.v1", "예약을 풀었다", "A reservation was released");
export const stockReturned = moved("stock.returned.v1", "재고가 되돌아왔다", "Committed stock was returned");

export const stockAdjusted = event({
  service: "stock",
  type: "stock.adjusted.v1",
  summary: { ko: "재고를 손으로 맞췄다", en: "Stock was adjusted by hand" },
  data: Type.Object({
    skuId,
    unlimited: Type.Boolean(),
    available: Type.Integer({ minimum: 0 }),
    reason: text(200),
  }),
  example: { skuId: example.skuId, unlimited: false, available: 200, reason: "입고" },
});

/** Said when the answer changes, not at each movement: heard by catalog and cart. */
export const stockAvailability = event({
  service: "stock",
  type: "stock.availability.v1",
  summary: { ko: "품절 여부가 바뀌었다", en: "A SKU sold out or came back" },
  data: Type.Object({ skuId, soldOut: Type.Boolean() }),
  example: { skuId: example.skuId, soldOut: true },
});
