import { type NewFact, type Refusal, reject } from "#platform/core/decision.ts";
import type { Role } from "#platform/core/operation.ts";
import { type Instant, isAfter } from "#platform/core/time.ts";

/** The way to become an operator (A1). Its e-mail stands in a row of its own, its token nowhere. */
export interface Invitation {
  readonly invitationId: string;
  readonly role: Role;
  readonly expiresAt: Instant;
  readonly acceptedBy?: string;
}

export type OperatorInvited = { invitationId: string; role: Role; expiresAt: Instant; by: string };
export type InvitationFact =
  | NewFact<"OperatorInvited", OperatorInvited>
  | NewFact<"InvitationAccepted", { accountId: string }>;

/** Works once and in time. A wrong, a used and an old token get the same answer. */
export function acceptInvitation(
  invitation: Invitation | undefined,
  accountId: string,
  now: Instant,
): InvitationFact | Refusal<"invitation.invalid"> {
  if (invitation === undefined || invitation.acceptedBy !== undefined || isAfter(now, invitation.expiresAt)) {
    return reject("invitation.invalid", { field: "token" });
  }
  return { stream: invitation.invitationId, type: "InvitationAccepted", data: { accountId } };
}

export function evolveInvitation(state: Invitation | undefined, fact: InvitationFact): Invitation | undefined {
  if (fact.type === "InvitationAccepted") return state && { ...state, acceptedBy: fact.data.accountId };
  const { invitationId, role, expiresAt } = fact.data;
  return { invitationId, role, expiresAt };
}
