import {
  stockAdjusted,
  stockAvailability,
  stockCommitted,
  stockReleased,
  stockReserved,
  stockReturned,
} from "#contracts/stock/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { SkuFact } from "./domain/sku.ts";

const movements = {
  StockReserved: stockReserved,
  StockCommitted: stockCommitted,
  StockReleased: stockReleased,
  StockReturned: stockReturned,
};

/** Facts of SKUs become events keyed by the SKU; a reservation's own facts repeat them by order and stay private. */
export function announce(stored: StoredFact): readonly Announcement[] {
  const fact = stored as unknown as SkuFact;
  const skuId = fact.stream;
  switch (fact.type) {
    case "SkuOpened":
      return [announcement(stockAvailability, { skuId, soldOut: !fact.data.unlimited })];
    case "SkuAdjusted": {
      const { unlimited, available, reason, soldOut } = fact.data;
      return [announcement(stockAdjusted, { skuId, unlimited, available, reason }), ...availability(skuId, soldOut)];
    }
    case "StockReserved":
    case "StockCommitted":
    case "StockReleased":
    case "StockReturned": {
      const { orderId, orderLineId, quantity, soldOut } = fact.data;
      const data = { skuId, orderId, orderLineId, quantity };
      return [announcement(movements[fact.type], data), ...availability(skuId, soldOut)];
    }
    default:
      return [];
  }
}

function availability(skuId: string, soldOut: boolean | undefined): Announcement[] {
  return soldOut === undefined ? [] : [announcement(stockAvailability, { skuId, soldOut })];
}
