import { closeStore as contract } from "#contracts/store/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { move } from "../domain/moves.ts";
import { nameClaim } from "../domain/names.ts";
import type { Store } from "../domain/store.ts";
import { changeOwnStore } from "./change-store.ts";
import { contactKey } from "./save-contact.ts";

export const closeStore = handle(contract, async ({ storeId }, caller, deps: StoreDeps) => {
  const before = (await deps.records.read([storeId])).get<Store>(storeId);
  if (before === undefined) return reject("store.not_found");
  const claim = nameClaim(before.name);
  return changeOwnStore(deps, caller, {
    storeId,
    keys: [claim, contactKey(storeId)],
    decide: (store) => {
      const closed = move(store, "close");
      if (isRefusal(closed)) return closed;
      if (nameClaim(store.name) !== claim) return reject("store.changed_meanwhile");
      return { fact: "StoreClosed", store: closed, rows: { [claim]: null, [contactKey(storeId)]: null } };
    },
  });
});
