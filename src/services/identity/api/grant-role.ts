import { grantRole as contract, withdrawRole as withdrawal } from "#contracts/identity/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import * as accounts from "../domain/account.ts";
import { accountView } from "../registration.ts";
import { changeAccount } from "./change-account.ts";

export const grantRole = handle(contract, async ({ accountId, role, reason }, caller, deps: Deps) => {
  const outcome = await changeAccount({ accountId, reason }, caller, deps, (account, by) =>
    accounts.grantRole(account, role, by),
  );
  return isRefusal(outcome) ? outcome : accountView(outcome, accountId);
});

export const withdrawRole = handle(withdrawal, async ({ accountId, role, reason }, caller, deps: Deps) => {
  const of = { accountId, reason, endsSessions: "ROLE_WITHDRAWN" } as const;
  const outcome = await changeAccount(of, caller, deps, (account, by) => accounts.withdrawRole(account, role, by));
  return isRefusal(outcome) ? outcome : accountView(outcome, accountId);
});
