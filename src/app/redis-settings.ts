import { type Setting, wholeNumber } from "#platform/settings.ts";

function redisAddress(meaning: { ko: string; en: string; fallback: string }): Setting<string> {
  return { ...meaning, unit: "", secret: true, parse: readRedisAddress };
}

function readRedisAddress(text: string): string {
  if (text === "") return text;
  const { protocol, pathname } = new URL(text);
  if (!["redis:", "rediss:"].includes(protocol) || !/^(\/\d*)?$/.test(pathname)) {
    throw new Error("redis[s]://[[user][:password]@]host[:port][/database] is needed");
  }
  return text;
}

export const redisSettings = {
  redisUrl: redisAddress({
    ko: "Redis 주소 (빈 값: 쓰지 않음). 없어져도 느려질 뿐이다",
    en: "Redis (empty: none); losing it costs speed only",
    fallback: "",
  }),
  redisTimeoutMs: wholeNumber({
    ko: "Redis의 답을 기다리는 시간",
    en: "Longest wait for an answer of Redis",
    unit: "ms",
    fallback: 50,
    minimum: 1,
    maximum: 1_000,
  }),
};
