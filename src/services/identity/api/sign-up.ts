import { signUp as contract } from "#contracts/identity/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { blurredCommandOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import { accountView, prepareRegistration } from "../registration.ts";

export const signUp = handle(contract, async (input, caller, deps: Deps) => {
  const registration = await prepareRegistration(input, caller.locale, deps);
  if (isRefusal(registration)) return registration;
  const outcome = await deps.records.change({
    ...blurredCommandOf(caller, deps.secrets),
    keys: [registration.accountId, ...registration.keys],
    decide: (rows) => registration.decide(rows, input.roles),
  });
  return isRefusal(outcome) ? outcome : accountView(outcome);
});
