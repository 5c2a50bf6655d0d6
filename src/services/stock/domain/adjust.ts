import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { isSoldOut, type Sku, type SkuFact } from "./sku.ts";

export interface Adjust {
  readonly unlimited?: boolean | undefined;
  readonly available?: number | undefined;
  readonly version?: number | undefined;
  readonly reason: string;
}

/**
 * Sets by hand what can be reserved from now on (D1). What buyers hold stays theirs. Going unlimited puts the counter
 * to zero, so that nobody finds an old figure when counting begins again; a figure alone begins counting.
 */
export function decideAdjust(
  sku: Sku | undefined,
  command: Adjust,
): readonly NewFact[] | Refusal<"stock.not_found" | "stock.amount_needed" | "stock.changed"> {
  if (!sku) return reject("stock.not_found");
  const unlimited = command.unlimited ?? false;
  if (unlimited === (command.available !== undefined)) return reject("stock.amount_needed", { field: "available" });
  if (command.version !== undefined && command.version !== sku.version) {
    return reject("stock.changed", { field: "version", version: sku.version });
  }
  const available = command.available ?? 0;
  const after = { ...sku, unlimited, available };
  const soldOut = isSoldOut(after);
  const data = { unlimited, available, delta: available - sku.available, reason: command.reason };
  const fact: SkuFact = {
    stream: sku.skuId,
    type: "SkuAdjusted",
    data: soldOut === isSoldOut(sku) ? data : { ...data, soldOut },
  };
  return [fact];
}

export interface SkuOffer {
  readonly skuId: string;
  readonly itemId: string;
  readonly storeId: string;
  readonly name: string;
  readonly unlimited: boolean;
}

/** Opens the SKUs of an item that are new and renames those that are not; a figure set by hand is never touched. */
export function decideOpen(
  skuOf: (skuId: string) => Sku | undefined,
  offers: readonly SkuOffer[],
  now: Instant,
): readonly NewFact[] {
  return offers.flatMap(({ skuId, itemId, storeId, name, unlimited }): SkuFact[] => {
    const sku = skuOf(skuId);
    if (sku) return sku.name === name ? [] : [{ stream: skuId, type: "SkuNamed", data: { name } }];
    return [{ stream: skuId, type: "SkuOpened", data: { itemId, storeId, name, unlimited, openedAt: now } }];
  });
}
