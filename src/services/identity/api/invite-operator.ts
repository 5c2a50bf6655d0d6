import { inviteOperator as contract } from "#contracts/identity/operations.ts";
import { assert } from "#platform/core/assert.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { plus } from "#platform/core/time.ts";
import { handle } from "#platform/service.ts";
import { commandOf } from "../command.ts";
import type { Deps } from "../deps.ts";
import type { Invitation, OperatorInvited } from "../domain/invitation.ts";
import { emailClaim, type InvitationMail, invitationMailRow } from "../rows.ts";

export const inviteOperator = handle(contract, async ({ email, role }, caller, deps: Deps) => {
  assert(caller.id, "the door lets only accounts in");
  const by = caller.id;
  const invitationId = deps.ids.make("invitation");
  const mailKey = invitationMailRow(invitationId);
  const mail: InvitationMail = { email, locale: caller.locale };
  const outcome = await deps.records.change({
    ...commandOf(caller),
    keys: [invitationId, mailKey, emailClaim(email)],
    decide: (rows, now) => {
      if (rows.get(emailClaim(email)) !== undefined) return reject("account.email_taken", { field: "email" });
      const data: OperatorInvited = { invitationId, role, by, expiresAt: plus(now, { ms: deps.invitation.validMs }) };
      return {
        facts: [{ stream: invitationId, type: "OperatorInvited", data }],
        rows: { [mailKey]: mail },
        work: [{ put: { key: `invite:${invitationId}`, kind: "mail-invitation", stream: invitationId } }],
      };
    },
  });
  if (isRefusal(outcome)) return outcome;
  const invitation = outcome.rows.get<Invitation>(outcome.stream);
  assert(invitation, "an invitation has a row");
  return { invitationId: invitation.invitationId, role: invitation.role, expiresAt: invitation.expiresAt };
});
