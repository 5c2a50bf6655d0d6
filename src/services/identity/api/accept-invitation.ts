import { acceptInvitation as contract } from "#contracts/identity/operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import { blurredCommandOf } from "../command.ts";
import { readInvitationToken } from "../crypto/invitation-token.ts";
import type { Deps } from "../deps.ts";
import { acceptInvitation as accept, type Invitation } from "../domain/invitation.ts";
import { accountView, prepareRegistration } from "../registration.ts";
import { type InvitationMail, invitationMailRow } from "../rows.ts";

const invalid = () => reject("invitation.invalid", { field: "token" });

/** The e-mail is the invited one: whoever holds the letter has shown that it is theirs. */
export const acceptInvitation = handle(contract, async (input, caller, deps: Deps) => {
  const invitationId = readInvitationToken(input.token, deps.secrets);
  if (invitationId === undefined) return invalid();
  const mailKey = invitationMailRow(invitationId);
  // Kept after the acceptance, so that the same command again is answered as the first time.
  const mail = (await deps.records.read([mailKey])).get<InvitationMail>(mailKey);
  if (mail === undefined) return invalid();
  const registration = await prepareRegistration({ ...input, email: mail.email }, caller.locale, deps);
  if (isRefusal(registration)) return registration;
  const outcome = await deps.records.change({
    ...blurredCommandOf(caller, deps.secrets),
    keys: [registration.accountId, invitationId, ...registration.keys],
    decide: (rows, now) => {
      const invitation = rows.get<Invitation>(invitationId);
      const accepted = accept(invitation, registration.accountId, now);
      if (isRefusal(accepted) || invitation === undefined) return invalid();
      const registered = registration.decide(rows, [invitation.role]);
      if (isRefusal(registered)) return registered;
      return { ...registered, facts: [...registered.facts, accepted] };
    },
  });
  return isRefusal(outcome) ? outcome : accountView(outcome);
});
