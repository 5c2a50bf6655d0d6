import { saveContact as contract } from "#contracts/store/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import type { Contact, Store } from "../domain/store.ts";
import { commandOf } from "./change-store.ts";

/** The row of a store's telephone and address: no history, so that it can be erased. */
export function contactKey(storeId: string): string {
  return `contact:${storeId}`;
}

export const saveContact = handle(contract, async ({ storeId, ...contact }, caller, deps: StoreDeps) => {
  const key = contactKey(storeId);
  const outcome = await deps.records.change<"store.not_found" | "store.wrong_state">({
    ...commandOf(caller),
    keys: [key, storeId],
    decide: (rows) => {
      const store = rows.get<Store>(storeId);
      if (store === undefined || store.sellerId !== caller.id) return reject("store.not_found");
      if (store.status === "CLOSED") return reject("store.wrong_state", { status: store.status });
      return { rows: { [key]: contact } };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const saved = outcome.rows.get<Contact>(outcome.stream);
  // Repeated after the store was closed, which erased it.
  if (saved === undefined) return reject("store.wrong_state", { status: "CLOSED" });
  return saved;
});
