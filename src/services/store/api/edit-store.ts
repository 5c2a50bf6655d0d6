import { editStore as contract } from "#contracts/store/operations.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { nameClaim, tidyName } from "../domain/names.ts";
import { profileFault } from "../domain/profile.ts";
import { changed, type Store } from "../domain/store.ts";
import { unknownCategories } from "../views/categories.ts";
import { changeOwnStore } from "./change-store.ts";

// Under review nothing may change: the operator would approve what they have not seen.
const editable: readonly Store["status"][] = ["DRAFT", "REJECTED", "APPROVED", "SUSPENDED"];

export const editStore = handle(contract, async (input, caller, deps: StoreDeps) => {
  const { storeId, name: givenName, ...edits } = input;
  const name = givenName === undefined ? undefined : tidyName(givenName);
  if (name === "") return reject("store.name_blank", { field: "name" });
  const [unknown] = await unknownCategories(deps.sql, edits.categories ?? []);
  if (unknown !== undefined) return reject("store.category_not_found", { field: "categories", category: unknown });
  const claims = name === undefined ? undefined : await claimsOfRename(deps, storeId, name);
  return changeOwnStore(deps, caller, {
    storeId,
    keys: claims ? [...new Set([claims.was, claims.is])] : [],
    decide: (store, rows) => {
      if (!editable.includes(store.status)) return reject("store.wrong_state", { status: store.status });
      const edited = changed(store, { ...edits, ...(name === undefined ? {} : { name }) });
      const fault = profileFault(store.kind, edited);
      if (fault) return fault;
      if (!claims) return { fact: "StoreEdited", store: edited };
      // The old name was read before the decision: had it changed since, its claim would be left behind.
      if (nameClaim(store.name) !== claims.was) return reject("store.changed_meanwhile");
      const holder = rows.get<{ storeId: string }>(claims.is);
      if (holder !== undefined && holder.storeId !== storeId) return reject("store.name_taken", { field: "name" });
      return { fact: "StoreEdited", store: edited, rows: { [claims.was]: null, [claims.is]: { storeId } } };
    },
  });
});

async function claimsOfRename(deps: StoreDeps, storeId: string, name: string) {
  const store = (await deps.records.read([storeId])).get<Store>(storeId);
  const is = nameClaim(name);
  return { was: store ? nameClaim(store.name) : is, is };
}
