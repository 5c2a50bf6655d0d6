import { Type } from "typebox";
import { id, instantField, oneOf, text } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import {
  accountStatus,
  accountView,
  anyRole,
  changeReason,
  email,
  newPassword,
  nickname,
  password,
  personName,
  phone,
  role,
} from "./fields.ts";

/** A1: a person takes the role of a buyer, a seller, or both. Operators come by invitation only. */
export const signUp = operation({
  service: "identity",
  name: "signUp",
  method: "POST",
  path: "/accounts",
  access: "anyone",
  summary: { ko: "회원 가입", en: "Sign up" },
  input: Type.Object({
    roles: Type.Array(oneOf(["BUYER", "SELLER"]), { minItems: 1, maxItems: 2, uniqueItems: true }),
    email,
    password: newPassword,
    nickname,
    name: personName,
    phone: Type.Optional(phone),
  }),
  output: accountView,
  status: 201,
  problems: ["account.email_taken", "account.nickname_taken", "account.password_too_common"],
  idempotency: "key",
  requestsPerMinute: 60,
});

const tokens = Type.Object({
  accessToken: text(2000),
  accessTokenExpiresAt: instantField(),
  refreshToken: text(300),
  refreshTokenExpiresAt: instantField(),
  accountId: id("account"),
  sessionId: id("session"),
  roles: Type.Array(role),
});

/** A2. The answer and its time are the same for a wrong password and for an unknown account. */
export const logIn = operation({
  service: "identity",
  name: "logIn",
  method: "POST",
  path: "/sessions",
  access: "anyone",
  summary: { ko: "로그인", en: "Log in" },
  input: Type.Object({ email, password }),
  output: tokens,
  status: 201,
  problems: ["session.wrong_credentials", "session.too_many_guesses", "account.suspended"],
  idempotency: "own-rules",
  requestsPerMinute: 60,
});

/** A3. A refresh token works once; shown again within seconds by the same client, it gives the same successor. */
export const refreshSession = operation({
  service: "identity",
  name: "refreshSession",
  method: "POST",
  path: "/sessions/refresh",
  access: "anyone",
  summary: { ko: "토큰 갱신", en: "Refresh the tokens" },
  input: Type.Object({ refreshToken: text(300) }),
  output: tokens,
  problems: ["session.refresh_invalid", "session.refresh_reused"],
  idempotency: "own-rules",
  requestsPerMinute: 120,
});

/** A4: this session ends; its tokens are refused on every process within a second. */
export const logOut = operation({
  service: "identity",
  name: "logOut",
  method: "DELETE",
  path: "/sessions/current",
  access: anyRole,
  summary: { ko: "로그아웃", en: "Log out" },
  input: Type.Object({}),
  output: Type.Object({}),
  problems: [],
  idempotency: "own-rules",
});

export const logOutEverywhere = operation({
  service: "identity",
  name: "logOutEverywhere",
  method: "DELETE",
  path: "/sessions",
  access: anyRole,
  summary: { ko: "모든 기기에서 로그아웃", en: "Log out on every device" },
  input: Type.Object({}),
  output: Type.Object({ ended: Type.Integer() }),
  problems: [],
  idempotency: "own-rules",
});

export const getMe = operation({
  service: "identity",
  name: "getMe",
  method: "GET",
  path: "/me",
  access: anyRole,
  summary: { ko: "내 정보", en: "My account" },
  input: Type.Object({}),
  output: Type.Object({
    ...accountView.properties,
    status: accountStatus,
    email,
    name: personName,
    phone: Type.Optional(phone),
  }),
  problems: ["account.not_found"],
  idempotency: "safe",
});

/** A1: the only way to a new operator. The letter holds a token that works once. */
export const inviteOperator = operation({
  service: "identity",
  name: "inviteOperator",
  method: "POST",
  path: "/operator-invitations",
  access: ["ADMIN"],
  summary: { ko: "운영자 초대", en: "Invite an operator" },
  input: Type.Object({ email, role: oneOf(["OPERATOR", "ADMIN"]) }),
  output: Type.Object({ invitationId: id("invitation"), role, expiresAt: instantField() }),
  status: 201,
  problems: ["account.email_taken"],
  idempotency: "key",
});

export const acceptInvitation = operation({
  service: "identity",
  name: "acceptInvitation",
  method: "POST",
  path: "/operator-invitations/acceptances",
  access: "anyone",
  summary: { ko: "운영자 초대 수락", en: "Accept an operator's invitation" },
  input: Type.Object({
    token: text(200),
    password: newPassword,
    nickname,
    name: personName,
    phone: Type.Optional(phone),
  }),
  output: accountView,
  status: 201,
  problems: ["invitation.invalid", "account.email_taken", "account.nickname_taken", "account.password_too_common"],
  idempotency: "key",
  requestsPerMinute: 30,
});

/** A19: one account, several roles. The role works from the next refresh on. */
export const grantRole = operation({
  service: "identity",
  name: "grantRole",
  method: "PUT",
  path: "/accounts/:accountId/roles/:role",
  access: ["ADMIN"],
  summary: { ko: "역할 주기", en: "Grant a role" },
  input: Type.Object({ accountId: id("account"), role, reason: changeReason }),
  output: accountView,
  problems: ["account.not_found"],
  idempotency: "key",
});

/** Ends all sessions of the account, so that no token with the old role is left. */
export const withdrawRole = operation({
  service: "identity",
  name: "withdrawRole",
  method: "DELETE",
  path: "/accounts/:accountId/roles/:role",
  access: ["ADMIN"],
  summary: { ko: "역할 거두기", en: "Withdraw a role" },
  input: Type.Object({ accountId: id("account"), role, reason: changeReason }),
  output: accountView,
  problems: ["account.not_found", "account.own_admin", "account.last_role"],
  idempotency: "key",
});

/** Suspending ends all sessions at once; no new one begins until the account is active again. */
export const setAccountStatus = operation({
  service: "identity",
  name: "setAccountStatus",
  method: "PUT",
  path: "/accounts/:accountId/status",
  access: ["ADMIN"],
  summary: { ko: "회원 정지와 해제", en: "Suspend or reinstate an account" },
  input: Type.Object({ accountId: id("account"), status: accountStatus, reason: changeReason }),
  output: Type.Object({ accountId: id("account"), status: accountStatus }),
  problems: ["account.not_found", "account.own_admin"],
  idempotency: "key",
});
