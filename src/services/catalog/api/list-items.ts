import { listMyItems, listStoreItems, searchItems } from "#contracts/catalog/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { CatalogDeps } from "../deps.ts";
import { findItems, findOwnItems } from "../views/items.ts";
import { ownItem } from "./change-item.ts";
import { ownStore } from "./store-of-item.ts";

export const listOfStore = handle(listStoreItems, async ({ storeId, ...page }, _caller, deps: CatalogDeps) =>
  findItems(deps.sql, { storeId }, page),
);

export const search = handle(searchItems, async (input, _caller, deps: CatalogDeps) => {
  const { keyword, category, kind, ...page } = input;
  return findItems(deps.sql, { keyword, category, kind }, page);
});

export const listMine = handle(listMyItems, async ({ storeId, ...page }, caller, deps: CatalogDeps) => {
  if ((await ownStore(deps, caller, storeId)) === undefined) return reject("item.store_not_found");
  const found = await findOwnItems(deps.sql, storeId, page);
  return isRefusal(found) ? found : { ...found, items: found.items.map(ownItem) };
});
