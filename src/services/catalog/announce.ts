import type { Static } from "typebox";
import { type ItemSnapshot, itemChanged } from "#contracts/catalog/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { Item, ItemFactData } from "./domain/item.ts";

/** Every change of an item is told as its whole snapshot. */
export function announce(fact: StoredFact): readonly Announcement[] {
  return [announcement(itemChanged, snapshotOf((fact.data as ItemFactData).item))];
}

/** What others need of an item to price and check it. */
export function snapshotOf(item: Item): Static<typeof ItemSnapshot> {
  const { itemId, storeId, version, kind, name, basePrice, status, optionGroups } = item;
  return { itemId, storeId, version, kind, name, basePrice, status, optionGroups };
}
