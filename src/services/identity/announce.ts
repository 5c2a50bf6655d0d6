import * as events from "#contracts/identity/events.ts";
import { type Announcement, announcement } from "#platform/core/event.ts";
import type { StoredFact } from "#platform/facts/change.ts";
import type { AccountRegistered } from "./domain/account.ts";
import type { IdentityFact } from "./domain/evolve.ts";

/** What others hear: roles and nickname, ended sessions, new keys; never an e-mail, a name or a reason (A15). */
export function announce(stored: StoredFact): readonly Announcement[] {
  const fact = stored as unknown as IdentityFact;
  switch (fact.type) {
    case "AccountRegistered":
      return [announcement(events.accountRegistered, publicAccount(fact.data))];
    case "RoleGranted":
    case "RoleWithdrawn":
      return [announcement(events.accountChanged, publicAccount(fact.data))];
    case "SessionRevoked": {
      const { sessionId, accountId } = fact.data;
      return [announcement(events.sessionRevoked, { sessionId, accountId })];
    }
    case "SigningKeyAdded": {
      const { kid, signsFrom } = fact.data;
      return [announcement(events.signingKeyChanged, { kid, signsFrom })];
    }
    case "AccountSuspended":
    case "AccountReinstated":
    case "OperatorInvited":
    case "InvitationAccepted":
      return [];
  }
}

function publicAccount({ accountId, roles, nickname }: AccountRegistered) {
  return { accountId, roles: [...roles], nickname };
}
