import { getItem, getItemForOrder, readMyItem } from "#contracts/catalog/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { snapshotOf } from "../announce.ts";
import type { CatalogDeps } from "../deps.ts";
import type { Item } from "../domain/item.ts";
import { findDetail } from "../views/item-detail.ts";
import { ownItem } from "./change-item.ts";

export const getPublic = handle(getItem, async ({ itemId }, _caller, deps: CatalogDeps) => {
  return (await findDetail(deps.sql, itemId)) ?? reject("item.not_found");
});

export const readMine = handle(readMyItem, async ({ itemId }, caller, deps: CatalogDeps) => {
  const item = (await deps.records.read([itemId])).get<Item>(itemId);
  return item === undefined || item.sellerId !== caller.id ? reject("item.not_found") : ownItem(item);
});

export const readForOrder = handle(getItemForOrder, async ({ itemId }, _caller, deps: CatalogDeps) => {
  const item = (await deps.records.read([itemId])).get<Item>(itemId);
  return item === undefined ? reject("item.not_found") : snapshotOf(item);
});
