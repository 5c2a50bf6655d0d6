import { createStore as contract } from "#contracts/store/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { accept } from "#platform/facts/change.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { nameClaim, tidyName } from "../domain/names.ts";
import { profileFault } from "../domain/profile.ts";
import { EMPTY_PROFILE, type Store } from "../domain/store.ts";
import { unknownCategories } from "../views/categories.ts";
import { ownStore } from "./answers.ts";
import { commandOf } from "./change-store.ts";

export const createStore = handle(contract, async (input, caller, deps: StoreDeps) => {
  assert(caller.id, "the door lets only accounts in");
  const { name: givenName, kind, ...given } = input;
  const name = tidyName(givenName);
  if (name === "") return reject("store.name_blank", { field: "name" });
  const profile = { ...EMPTY_PROFILE, ...given };
  const fault = profileFault(kind, profile);
  if (fault) return fault;
  const [unknown] = await unknownCategories(deps.sql, profile.categories);
  if (unknown !== undefined) return reject("store.category_not_found", { field: "categories", category: unknown });
  const storeId = deps.ids.make("store");
  const sellerId = caller.id;
  const claim = nameClaim(name);
  const outcome = await deps.records.change<"store.name_taken">({
    ...commandOf(caller),
    keys: [storeId, claim],
    decide: (rows, now) => {
      if (rows.get(claim) !== undefined) return reject("store.name_taken", { field: "name", name });
      const created = { storeId, sellerId, version: 1, name, kind, status: "DRAFT", openSwitch: true, createdAt: now };
      const store = { ...profile, ...created } as Store;
      return {
        ...accept({ stream: storeId, type: "StoreCreated", data: { store } }),
        rows: { [claim]: { storeId } },
      };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const store = outcome.rows.get<Store>(outcome.stream);
  assert(store, "a created store has a row");
  return ownStore(store, deps.clock.now());
});
