import type { Static } from "typebox";
import { type StoreSnapshot, storeChanged } from "#contracts/store/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { Store, StoreFactData } from "./domain/store.ts";

/** Every change of a store is told as its whole snapshot. */
export function announce(fact: StoredFact): readonly Announcement[] {
  return [announcement(storeChanged, snapshotOf((fact.data as StoreFactData).store))];
}

/** What others may know of a store; description, categories and the operator's comment stay at home. */
export function snapshotOf(store: Store): Static<typeof StoreSnapshot> {
  const { storeId, sellerId, version, name, kind, status, hours, holidays, openSwitch, minOrder, deliveryAreas } =
    store;
  const { fulfilments, autoAccept } = store;
  return {
    ...{ storeId, sellerId, version, name, kind, status, hours, holidays, openSwitch, minOrder, deliveryAreas },
    fulfilments,
    autoAccept,
  };
}
