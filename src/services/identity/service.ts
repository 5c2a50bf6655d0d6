import { fileURLToPath } from "node:url";
import * as events from "#contracts/identity/events.ts";
import { service, tail } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { acceptInvitation } from "./api/accept-invitation.ts";
import { createFirstAdmin } from "./api/create-first-admin.ts";
import { getMe } from "./api/get-me.ts";
import { grantRole, withdrawRole } from "./api/grant-role.ts";
import { inviteOperator } from "./api/invite-operator.ts";
import { listRevokedSessions } from "./api/list-revoked-sessions.ts";
import { logIn } from "./api/log-in.ts";
import { logOut, logOutEverywhere } from "./api/log-out.ts";
import { problems } from "./api/problems.ts";
import { refreshSession } from "./api/refresh-session.ts";
import { setAccountStatus } from "./api/set-account-status.ts";
import { signUp } from "./api/sign-up.ts";
import { getJwks, listVerificationKeys, rotateSigningKey } from "./api/signing-keys.ts";
import { type Deps, makeDeps } from "./deps.ts";
import { evolve, type IdentityFact } from "./domain/evolve.ts";
import { mailInvitation } from "./invitation-letter.ts";
import { sweepGuesses } from "./jobs/sweep-guesses.ts";
import { settings } from "./settings.ts";
import { prepareSigning } from "./signing.ts";

export const identity = service<Deps, typeof settings>({
  name: "identity",
  migrations: fileURLToPath(new URL("./db", import.meta.url)),
  settings,
  calls: [],
  problems,
  announces: [events.accountRegistered, events.accountChanged, events.sessionRevoked, events.signingKeyChanged],
  announce,
  evolve: (state, fact) => evolve(state, fact as unknown as IdentityFact),
  deps: makeDeps,
  operations: [
    ...[signUp, createFirstAdmin, inviteOperator, acceptInvitation],
    ...[logIn, refreshSession, logOut, logOutEverywhere],
    ...[getMe, grantRole, withdrawRole, setAccountStatus],
    ...[getJwks, listVerificationKeys, listRevokedSessions, rotateSigningKey],
  ],
  work: { "mail-invitation": mailInvitation },
  jobs: [sweepGuesses],
  tails: [tail(events.signingKeyChanged, (_event, deps: Deps) => deps.keyring.forget())],
  prepare: prepareSigning,
});
