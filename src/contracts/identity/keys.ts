import { Type } from "typebox";
import { id, instantField, text } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { accountView, email, newPassword, nickname, personName } from "./fields.ts";

/** An Ed25519 key as RFC 8037 writes it. */
const jwk = Type.Object({
  kty: Type.Literal("OKP"),
  crv: Type.Literal("Ed25519"),
  alg: Type.Literal("EdDSA"),
  use: Type.Literal("sig"),
  kid: text(64),
  x: text(64),
});

/** A16: what anyone needs to check a token. A key stands here before it signs and until its last token has ended. */
export const getJwks = operation({
  service: "identity",
  name: "getJwks",
  method: "GET",
  path: "/.well-known/jwks.json",
  access: "anyone",
  summary: { ko: "토큰 검증 키", en: "The keys that check tokens" },
  input: Type.Object({}),
  output: Type.Object({ keys: Type.Array(jwk) }),
  problems: [],
  idempotency: "safe",
  cacheMs: 5000,
});

export const listVerificationKeys = operation({
  service: "identity",
  name: "listVerificationKeys",
  method: "GET",
  path: "/internal/identity/verification-keys",
  access: "service",
  summary: { ko: "토큰 검증 키 목록", en: "List the keys that check tokens" },
  input: Type.Object({}),
  output: Type.Object({ keys: Type.Array(jwk) }),
  problems: [],
  idempotency: "safe",
});

/** Sessions that ended while a token of theirs may still be alive. Hear `session.revoked.v1` first, then read this. */
export const listRevokedSessions = operation({
  service: "identity",
  name: "listRevokedSessions",
  method: "GET",
  path: "/internal/identity/revoked-sessions",
  access: "service",
  summary: { ko: "끊긴 로그인 목록", en: "List the sessions that were revoked" },
  input: Type.Object({
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    /** Only accounts with a session whose tokens may live beyond this: whoever knows the others asks for the new. */
    endingAfter: Type.Optional(instantField()),
  }),
  output: Type.Object({
    /** `until`: no token of the session can be alive after this, so it may be forgotten. */
    sessions: Type.Array(Type.Object({ sessionId: id("session"), until: instantField() })),
    nextCursor: Type.Optional(Type.String()),
  }),
  problems: [],
  idempotency: "safe",
});

/** A16: makes the next key; it is published now and signs some time later, so that nobody is logged out. */
export const rotateSigningKey = operation({
  service: "identity",
  name: "rotateSigningKey",
  method: "POST",
  path: "/signing-keys",
  access: ["ADMIN"],
  summary: { ko: "서명 키 교체", en: "Rotate the signing key" },
  input: Type.Object({}),
  output: Type.Object({ kid: text(64), signsFrom: instantField() }),
  status: 201,
  problems: ["signing_key.rotation_under_way"],
  idempotency: "key",
});

/** Only composition calls this: the first ADMIN of an installation. Works once; all others are invited. */
export const createFirstAdmin = operation({
  service: "identity",
  name: "createFirstAdmin",
  method: "POST",
  path: "/internal/identity/first-admin",
  access: "service",
  summary: { ko: "첫 관리자 만들기", en: "Create the first administrator" },
  input: Type.Object({ email, password: newPassword, nickname, name: personName }),
  output: accountView,
  status: 201,
  problems: ["account.admin_exists", "account.email_taken", "account.nickname_taken", "account.password_too_common"],
  idempotency: "key",
});
