import { itemChanged } from "#contracts/catalog/events.ts";
import { listCategories, readStoreSnapshot } from "#contracts/store/operations.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import { service } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { createItem } from "./api/create-item.ts";
import { editItem } from "./api/edit-item.ts";
import { listMine, listOfStore, search } from "./api/list-items.ts";
import { moveItem } from "./api/move-item.ts";
import { problems } from "./api/problems.ts";
import { getPublic, readForOrder, readMine } from "./api/read-item.ts";
import type { CatalogDeps } from "./deps.ts";
import type { ItemFactData } from "./domain/item.ts";
import { availability } from "./views/availability.ts";
import { stores } from "./views/stores.ts";

export const catalog = service<CatalogDeps, Record<string, never>>({
  name: "catalog",
  migrations: `${import.meta.dirname}/db`,
  settings: {},
  calls: [listCategories, readStoreSnapshot],
  problems,
  announces: [itemChanged],
  announce,
  evolve: (_state: unknown, fact: StoredFact) => (fact.data as ItemFactData).item,
  deps: ({ call, ids, records, sql }) => ({ call, ids, records, sql }),
  operations: [createItem, editItem, moveItem, listMine, readMine, listOfStore, search, getPublic, readForOrder],
  views: [stores, availability],
});
