import { createItem as contract } from "#contracts/catalog/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { accept } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { CatalogDeps } from "../deps.ts";
import { contentFault, contentOf, idFault } from "../domain/content.ts";
import type { Item } from "../domain/item.ts";
import { isCategory } from "./category.ts";
import { commandOf, ownItem } from "./change-item.ts";
import { ownStore } from "./store-of-item.ts";

export const createItem = handle(contract, async (input, caller, deps: CatalogDeps) => {
  const { storeId, status = "ON_SALE", optionGroups: given = [], description = "", ...rest } = input;
  const store = await ownStore(deps, caller, storeId);
  if (store === undefined) return reject("item.store_not_found");
  if (store.status === "CLOSED") return reject("item.store_closed");
  const content = contentOf({ ...rest, description, optionGroups: given }, (kind) => deps.ids.make(kind));
  const fault = idFault(given, undefined) ?? contentFault(store.kind, content);
  if (fault) return fault;
  if (!(await isCategory(deps, caller, content.category)))
    return reject("item.category_not_found", { field: "category" });
  const itemId = deps.ids.make("item");
  const { sellerId, kind } = store;
  const outcome = await deps.records.change<never>({
    ...commandOf(caller),
    keys: [itemId],
    decide: (_rows, now) => {
      const item: Item = { itemId, storeId, sellerId, version: 1, kind, status, createdAt: now, ...content };
      return accept({ stream: itemId, type: "ItemCreated", data: { item } });
    },
  });
  if (isRefusal(outcome)) return outcome;
  const item = outcome.rows.get<Item>(outcome.stream);
  assert(item, "a created item has a row");
  return ownItem(item);
});
