import type { Problems } from "#platform/service.ts";

/** Every "no" of identity. Signing in says as little as it can: which of e-mail and password was wrong is not told. */
export const problems = {
  "account.email_taken": {
    status: 409,
    ko: "이미 가입된 이메일이에요.",
    en: "This e-mail address is already registered.",
  },
  "account.nickname_taken": {
    status: 409,
    ko: "이미 쓰이고 있는 별명이에요.",
    en: "This nickname is already taken.",
  },
  "account.password_too_common": {
    status: 422,
    ko: "너무 흔한 비밀번호예요. 다른 비밀번호를 써 주세요.",
    en: "This password is too common. Please choose another one.",
  },
  "account.not_found": { status: 404, ko: "회원을 찾을 수 없어요.", en: "There is no such account." },
  "account.suspended": {
    status: 403,
    ko: "이용이 정지된 계정이에요. 고객센터에 문의해 주세요.",
    en: "This account is suspended. Please contact support.",
  },
  "account.own_admin": {
    status: 409,
    ko: "자신의 관리자 권한은 스스로 거두거나 정지할 수 없어요.",
    en: "Administrators cannot withdraw their own role or suspend themselves.",
  },
  "account.last_role": {
    status: 409,
    ko: "마지막 역할은 거둘 수 없어요. 계정을 정지해 주세요.",
    en: "The last role cannot be withdrawn. Suspend the account instead.",
  },
  "account.admin_exists": {
    status: 409,
    ko: "첫 관리자는 이미 있어요.",
    en: "The first administrator already exists.",
  },
  "session.wrong_credentials": {
    status: 401,
    ko: "이메일 또는 비밀번호가 올바르지 않아요.",
    en: "The e-mail address or the password is wrong.",
  },
  "session.too_many_guesses": {
    status: 429,
    ko: "로그인 시도가 너무 많아요. {retryAfterSeconds}초 뒤에 다시 시도해 주세요.",
    en: "Too many attempts to sign in. Please try again in {retryAfterSeconds} s.",
  },
  "session.refresh_invalid": {
    status: 401,
    ko: "로그인이 끝났어요. 다시 로그인해 주세요.",
    en: "This session has ended. Please sign in again.",
  },
  "session.refresh_reused": {
    status: 401,
    ko: "이미 쓴 갱신 토큰이 다시 쓰여 안전을 위해 로그아웃했어요. 다시 로그인해 주세요.",
    en: "A refresh token was used twice, so the session was ended for safety. Please sign in again.",
  },
  "invitation.invalid": {
    status: 404,
    ko: "쓸 수 없는 초대예요. 관리자에게 새 초대를 받아 주세요.",
    en: "This invitation cannot be used. Please ask an administrator for a new one.",
  },
  "signing_key.rotation_under_way": {
    status: 409,
    ko: "새 서명 키가 이미 준비되어 있어요. ({signsFrom}부터)",
    en: "A new signing key is already on its way. (from {signsFrom})",
  },
} as const satisfies Problems;
