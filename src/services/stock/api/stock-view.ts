import type { Static } from "typebox";
import type { StockView } from "#contracts/stock/operations.ts";
import type { Sku } from "../domain/sku.ts";

/** A SKU as its seller sees it. */
export function stockView(sku: Sku): Static<typeof StockView> {
  const { skuId, itemId, storeId, name, unlimited, available, reserved, version } = sku;
  const sold = sku.committed - sku.returned;
  return { skuId, itemId, storeId, name, unlimited, available, reserved, sold, version };
}
