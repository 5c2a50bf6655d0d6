import { listCategories } from "#contracts/store/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import type { CatalogDeps } from "../deps.ts";
import { asCatalog } from "./store-of-item.ts";

/** Whether store's category tree has this code. Asked only when an item is written, and the answer is cacheable. */
export async function isCategory(deps: CatalogDeps, caller: Caller, code: string): Promise<boolean> {
  const tree = await deps.call(listCategories, {}, asCatalog(caller));
  return !isRefusal(tree) && tree.categories.some((category) => category.code === code);
}
