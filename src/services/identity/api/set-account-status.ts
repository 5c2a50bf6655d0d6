import { setAccountStatus as contract } from "#contracts/identity/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type Account, setStatus } from "../domain/account.ts";
import { changeAccount } from "./change-account.ts";

export const setAccountStatus = handle(contract, async ({ accountId, status, reason }, caller, deps: Deps) => {
  const of = { accountId, reason, endsSessions: "SUSPENDED" } as const;
  const outcome = await changeAccount(of, caller, deps, (account, by) => setStatus(account, status, by));
  if (isRefusal(outcome)) return outcome;
  const account = outcome.rows.get<Account>(accountId);
  assert(account, "an account whose status was set has a row");
  return { accountId, status: account.status };
});
