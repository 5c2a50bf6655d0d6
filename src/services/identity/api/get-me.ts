import { getMe as contract } from "#contracts/identity/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import type { Account } from "../domain/account.ts";
import { type Person, personRow } from "../rows.ts";

export const getMe = handle(contract, async (_input, caller, deps: Deps) => {
  assert(caller.id, "the door lets only accounts in");
  const rows = await deps.records.read([caller.id, personRow(caller.id)]);
  const account = rows.get<Account>(caller.id);
  const person = rows.get<Person>(personRow(caller.id));
  if (account === undefined || person === undefined) return reject("account.not_found");
  const { accountId, roles, nickname, status } = account;
  const { email, name, phone } = person;
  return { accountId, roles: [...roles], nickname, status, email, name, ...(phone === undefined ? {} : { phone }) };
});
