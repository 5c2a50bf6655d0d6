import { itemChanged } from "#contracts/catalog/events.ts";
import type { EventData } from "#platform/core/event.ts";
import { when } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { decideOpen, type SkuOffer } from "../domain/adjust.ts";
import type { Sku } from "../domain/sku.ts";

/** An item, and each option that has a stock of its own, gets a SKU: food without limit, goods with none yet. */
export const whenItemChanged = when(itemChanged, (event, _deps: Deps) => {
  const offers = offersOf(event.data);
  return {
    keys: offers.map((offer) => offer.skuId),
    traceparent: event.traceparent,
    decide: (rows, now) => ({ facts: decideOpen((skuId) => rows.get<Sku>(skuId), offers, now) }),
  };
});

export function offersOf(item: EventData<typeof itemChanged>): SkuOffer[] {
  const { itemId, storeId, name } = item;
  const unlimited = item.kind === "FOOD";
  const options = item.optionGroups.flatMap((group) => group.options).filter((option) => option.stocked);
  return [
    { skuId: itemId, itemId, storeId, name, unlimited },
    ...options.map((option) => {
      return { skuId: option.optionId, itemId, storeId, name: `${name} · ${option.name}`, unlimited };
    }),
  ];
}
