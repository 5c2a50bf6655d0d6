import { moveItem as contract } from "#contracts/catalog/operations.ts";
import { handle } from "#platform/service.ts";
import type { CatalogDeps } from "../deps.ts";
import { moveItem as move } from "../domain/change-item.ts";
import { changeOwnItem } from "./change-item.ts";

export const moveItem = handle(contract, ({ itemId, version, status }, caller, deps: CatalogDeps) =>
  changeOwnItem(deps, caller, { itemId, fact: "ItemMoved", decide: (item) => move(item, { version, status }) }),
);
