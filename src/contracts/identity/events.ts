import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, instantField, oneOf, text } from "#platform/core/fields.ts";

const account = Type.Object({
  accountId: id("account"),
  roles: Type.Array(oneOf(["BUYER", "SELLER", "OPERATOR", "ADMIN"])),
  nickname: text(30),
});
const example = {
  accountId: "acc_01jd7x0000000000000000b9yr",
  roles: ["BUYER" as const],
  nickname: "마당이",
};

export const accountRegistered = event({
  service: "identity",
  type: "account.registered.v1",
  summary: { ko: "회원이 가입했다", en: "An account was registered" },
  data: account,
  example,
});

export const accountChanged = event({
  service: "identity",
  type: "account.changed.v1",
  summary: { ko: "회원의 역할이나 이름이 바뀌었다", en: "An account's roles or display name changed" },
  data: account,
  example,
});

/** Keyed by the account. Heard by every process: a revoked session's token is refused within a second (A4). */
export const sessionRevoked = event({
  service: "identity",
  type: "session.revoked.v1",
  summary: { ko: "로그인이 끊겼다", en: "A session was revoked" },
  data: Type.Object({ sessionId: id("session"), accountId: id("account") }),
  example: { sessionId: "ses_01jd7x0000000000000000sess", accountId: "acc_01jd7x0000000000000000b9yr" },
});

/** Keyed by `signing-keys`. Every process that hears it reads the keys anew, before a new key signs its first token. */
export const signingKeyChanged = event({
  service: "identity",
  type: "signing-key.changed.v1",
  summary: { ko: "토큰 서명 키가 바뀌었다", en: "The keys that sign tokens changed" },
  data: Type.Object({ kid: text(64), signsFrom: instantField() }),
  example: { kid: "n1Qm2h0bU0vJ3yQxRzq8hR8bq4mQm5d2t6j1c0k9x7w", signsFrom: "2026-11-21T03:00:00.000Z" },
});
