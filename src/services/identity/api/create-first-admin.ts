import { createFirstAdmin as contract } from "#contracts/identity/keys.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { blurredCommandOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import { accountView, prepareRegistration } from "../registration.ts";
import { FIRST_ADMIN } from "../rows.ts";

/** The claim row makes it work once in the life of an installation, whoever races for it. */
export const createFirstAdmin = handle(contract, async (input, caller, deps: Deps) => {
  const registration = await prepareRegistration(input, caller.locale, deps);
  if (isRefusal(registration)) return registration;
  const outcome = await deps.records.change({
    ...blurredCommandOf(caller, deps.secrets),
    keys: [registration.accountId, FIRST_ADMIN, ...registration.keys],
    decide: (rows) => {
      if (rows.get(FIRST_ADMIN) !== undefined) return reject("account.admin_exists");
      const registered = registration.decide(rows, ["ADMIN"]);
      if (isRefusal(registered)) return registered;
      const claim = { [FIRST_ADMIN]: { accountId: registration.accountId } };
      return { ...registered, rows: { ...registered.rows, ...claim } };
    },
  });
  return isRefusal(outcome) ? outcome : accountView(outcome);
});
