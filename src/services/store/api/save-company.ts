import { saveCompany as contract } from "#contracts/store/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { StoreDeps } from "../deps.ts";
import { registrationNo } from "../domain/registration-no.ts";
import type { Company } from "../domain/store.ts";
import { commandOf } from "./change-store.ts";

/** The legal seller is one per account, so the account names its row. */
export function companyKey(accountId: string): string {
  return `company:${accountId}`;
}

export const saveCompany = handle(contract, async (input, caller, deps: StoreDeps) => {
  assert(caller.id, "the door lets only accounts in");
  const accountId = caller.id;
  const number = registrationNo(input.businessRegistrationNo);
  if (number === undefined) return reject("store.registration_no_invalid", { field: "businessRegistrationNo" });
  const key = companyKey(accountId);
  const claim = `registration:${number}`;
  const outcome = await deps.records.change<"store.registration_no_taken" | "store.registration_no_fixed">({
    ...commandOf(caller),
    keys: [key, claim],
    decide: (rows) => {
      const field = "businessRegistrationNo";
      const known = rows.get<Company>(key);
      // Another number is another company: its stores were approved under this one.
      if (known && known.businessRegistrationNo !== number) return reject("store.registration_no_fixed", { field });
      const holder = rows.get<{ accountId: string }>(claim);
      if (holder && holder.accountId !== accountId) return reject("store.registration_no_taken", { field });
      const company: Company = { businessRegistrationNo: number, name: input.name, phone: input.phone };
      return { rows: { [key]: company, [claim]: { accountId } } };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const company = outcome.rows.get<Company>(outcome.stream);
  assert(company, "a saved company has a row");
  return company;
});
