import * as contract from "#contracts/stock/operations.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { isSoldOut, type Sku } from "../domain/sku.ts";

export const getAvailability = handle(contract.getAvailability, async (input, _caller, deps: Deps) => {
  const skuIds = [...new Set(input.skuIds.split(","))];
  const rows = await deps.records.read(skuIds);
  const skus = skuIds.flatMap((skuId) => {
    const sku = rows.get<Sku>(skuId);
    if (!sku) return [];
    return [{ skuId, soldOut: isSoldOut(sku), ...(sku.unlimited ? {} : { available: sku.available }) }];
  });
  return { skus };
});
