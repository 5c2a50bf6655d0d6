import { type Account, type AccountFact, evolveAccount } from "./account.ts";
import { evolveInvitation, type Invitation, type InvitationFact } from "./invitation.ts";
import { evolveSigningKeys, type SigningKeyFact, type SigningKeys } from "./signing-keys.ts";

export type SessionFact = {
  readonly stream: string;
  readonly type: "SessionRevoked";
  readonly data: { readonly sessionId: string; readonly accountId: string; readonly why: SessionEnd };
};
export type SessionEnd = "LOGGED_OUT" | "REFRESH_REUSED" | "TOO_MANY" | "SUSPENDED" | "ROLE_WITHDRAWN";
export type IdentityFact = AccountFact | InvitationFact | SigningKeyFact | SessionFact;

/** One fact for each session that ended, on the account's stream, as others hear of it there. */
export function sessionsRevoked(accountId: string, sessionIds: readonly string[], why: SessionEnd): SessionFact[] {
  return sessionIds.map((sessionId) => ({
    stream: accountId,
    type: "SessionRevoked",
    data: { sessionId, accountId, why },
  }));
}

/** The row of a stream after a fact: an account, an invitation, or the signing keys. */
export function evolve(state: unknown, fact: IdentityFact): unknown {
  switch (fact.type) {
    case "AccountRegistered":
    case "RoleGranted":
    case "RoleWithdrawn":
    case "AccountSuspended":
    case "AccountReinstated":
      return evolveAccount(state as Account | undefined, fact);
    case "OperatorInvited":
    case "InvitationAccepted":
      return evolveInvitation(state as Invitation | undefined, fact);
    case "SigningKeyAdded":
      return evolveSigningKeys(state as SigningKeys | undefined, fact);
    case "SessionRevoked":
      return state;
  }
}
