import { submitStore as contract } from "#contracts/store/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { move } from "../domain/moves.ts";
import { missingForSubmission } from "../domain/profile.ts";
import { changeOwnStore } from "./change-store.ts";
import { companyKey } from "./save-company.ts";

export const submitStore = handle(contract, ({ storeId }, caller, deps: StoreDeps) => {
  const company = companyKey(caller.id ?? "");
  return changeOwnStore(deps, caller, {
    storeId,
    keys: [company],
    decide: (store, rows) => {
      const submitted = move(store, "submit");
      if (isRefusal(submitted)) return submitted;
      if (rows.get(company) === undefined) return reject("store.company_missing");
      const missing = missingForSubmission(store);
      if (missing !== undefined) return reject("store.incomplete", { field: missing });
      return { fact: "StoreSubmitted", store: submitted };
    },
  });
});
