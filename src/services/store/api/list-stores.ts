import { listMyStores, listStores, listStoresForReview } from "#contracts/store/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { findStores } from "../views/stores.ts";
import { ownStore, publicStore } from "./answers.ts";

/** B10: only approved stores are seen by visitors. */
export const listPublic = handle(listStores, async ({ keyword, category, kind, ...page }, _caller, deps: StoreDeps) => {
  const found = await findStores(deps.sql, { status: "APPROVED", keyword, category, kind }, page);
  if (isRefusal(found)) return found;
  const now = deps.clock.now();
  return { ...found, stores: found.stores.map((store) => publicStore(store, now)) };
});

export const listMine = handle(listMyStores, async (page, caller, deps: StoreDeps) => {
  const found = await findStores(deps.sql, { sellerId: caller.id ?? "" }, page);
  if (isRefusal(found)) return found;
  const now = deps.clock.now();
  return { ...found, stores: found.stores.map((store) => ownStore(store, now)) };
});

export const listForReview = handle(listStoresForReview, async ({ status, ...page }, _caller, deps: StoreDeps) => {
  const found = await findStores(deps.sql, { status }, page);
  if (isRefusal(found)) return found;
  const now = deps.clock.now();
  return { ...found, stores: found.stores.map((store) => ownStore(store, now)) };
});
