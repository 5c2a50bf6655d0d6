import { isOpen, nextOpening } from "#contracts/store/opening.ts";
import type { Instant } from "#platform/core/time.ts";
import type { Store } from "../domain/store.ts";

/** The store as its seller and the operators see it. */
export function ownStore(store: Store, now: Instant) {
  return { ...store, openNow: isOpen(store, now) };
}

/** The store as every visitor sees it. */
export function publicStore(store: Store, now: Instant) {
  const { storeId, name, kind, description, categories, minOrder, fulfilments } = store;
  const opening = nextOpening(store, now);
  return {
    storeId,
    name,
    kind,
    description,
    categories,
    minOrder,
    fulfilments,
    openNow: isOpen(store, now),
    ...(opening === undefined ? {} : { nextOpening: opening }),
  };
}
