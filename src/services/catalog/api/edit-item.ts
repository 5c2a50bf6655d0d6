import { editItem as contract } from "#contracts/catalog/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { CatalogDeps } from "../deps.ts";
import { editItem as edit } from "../domain/change-item.ts";
import { contentOf } from "../domain/content.ts";
import type { Item } from "../domain/item.ts";
import { isCategory } from "./category.ts";
import { changeOwnItem } from "./change-item.ts";

export const editItem = handle(contract, async (input, caller, deps: CatalogDeps) => {
  const { itemId, version, optionGroups: given, ...rest } = input;
  const before = (await deps.records.read([itemId])).get<Item>(itemId);
  if (before === undefined || before.sellerId !== caller.id) return reject("item.not_found");
  if (rest.category !== before.category && !(await isCategory(deps, caller, rest.category))) {
    return reject("item.category_not_found", { field: "category" });
  }
  const content = contentOf({ ...rest, optionGroups: given }, (kind) => deps.ids.make(kind));
  return changeOwnItem(deps, caller, {
    itemId,
    fact: "ItemEdited",
    decide: (item) => edit(item, { version, content, given }),
  });
});
