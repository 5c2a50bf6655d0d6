import { type Setting, textSetting, wholeNumber } from "#platform/settings.ts";

const SECRET_LENGTH_MIN = 32;
const secretText = textSetting({
  ko: "서명 키를 잠그고 갱신 토큰을 만드는 비밀 (32자 이상)",
  en: "Secret that seals the signing keys and makes refresh tokens (32 characters or more)",
  secret: true,
});
const keySecret: Setting<string> = {
  ...secretText,
  parse: (text) => {
    if (text.length < SECRET_LENGTH_MIN) throw new Error(`at least ${SECRET_LENGTH_MIN} characters are needed`);
    return text;
  },
};

export const settings = {
  keySecret,
  tokenIssuer: textSetting({ ko: "토큰 발급자 (iss)", en: "Issuer of tokens (iss)", fallback: "madang" }),
  tokenAudience: textSetting({ ko: "토큰 대상 (aud)", en: "Audience of tokens (aud)", fallback: "madang" }),
  accessTokenSeconds: wholeNumber({
    ko: "접근 토큰의 수명",
    en: "Life of an access token",
    unit: "seconds",
    fallback: 600,
    minimum: 30,
    maximum: 3600,
  }),
  refreshIdleDays: wholeNumber({
    ko: "쓰지 않은 갱신 토큰의 수명",
    en: "Life of a refresh token that is not used",
    unit: "days",
    fallback: 14,
    minimum: 1,
    maximum: 90,
  }),
  sessionLongestDays: wholeNumber({
    ko: "로그인이 이어지는 가장 긴 기간",
    en: "Longest life of a session",
    unit: "days",
    fallback: 90,
    minimum: 1,
    maximum: 365,
  }),
  refreshRetrySeconds: wholeNumber({
    ko: "같은 갱신을 다시 물을 수 있는 시간",
    en: "How long the same refresh may be asked again",
    unit: "seconds",
    fallback: 10,
    maximum: 60,
  }),
  sessionsPerAccount: wholeNumber({
    ko: "한 회원의 동시 로그인 수",
    en: "Sessions of one account at a time",
    unit: "sessions",
    fallback: 20,
    minimum: 1,
    maximum: 100,
  }),
  hashesAtWork: wholeNumber({
    ko: "동시에 계산하는 비밀번호 해시",
    en: "Password hashes computed at a time",
    unit: "hashes",
    fallback: 2,
    minimum: 1,
    maximum: 64,
  }),
  hashesWaiting: wholeNumber({
    ko: "차례를 기다리는 비밀번호 해시",
    en: "Password hashes waiting for their turn",
    unit: "hashes",
    fallback: 64,
    maximum: 10_000,
  }),
  freeGuesses: wholeNumber({
    ko: "한 회원을 한 곳에서 늦추지 않고 시도하는 횟수",
    en: "Attempts on one account from one network before they slow down",
    unit: "attempts",
    fallback: 10,
    minimum: 1,
  }),
  freeGuessesPerAccount: wholeNumber({
    ko: "한 회원을 모든 곳에서 늦추지 않고 시도하는 횟수",
    en: "Attempts on one account from everywhere before they slow down",
    unit: "attempts",
    fallback: 30,
    minimum: 1,
  }),
  freeGuessesPerNetwork: wholeNumber({
    ko: "한 곳에서 늦추지 않고 시도하는 횟수",
    en: "Attempts from one network before they slow down",
    unit: "attempts",
    fallback: 100,
    minimum: 1,
  }),
  signingKeyLeadSeconds: wholeNumber({
    ko: "새 서명 키를 알린 뒤 쓰기까지의 시간",
    en: "How long a new signing key is published before it signs",
    unit: "seconds",
    fallback: 60,
    minimum: 5,
    maximum: 86_400,
  }),
  invitationHours: wholeNumber({
    ko: "운영자 초대의 유효 시간",
    en: "How long an operator's invitation is valid",
    unit: "hours",
    fallback: 72,
    minimum: 1,
    maximum: 720,
  }),
  invitationPage: textSetting({
    ko: "초대를 수락하는 화면의 주소",
    en: "Address of the page where an invitation is accepted",
    fallback: "http://localhost:3000/operator/invitation",
  }),
};
