import { wholeNumber } from "#platform/settings.ts";

/** How many WebSockets one process of the house keeps open. */
export const socketSettings = {
  socketsMax: wholeNumber({
    ko: "한꺼번에 여는 WebSocket 연결",
    en: "WebSocket connections open at once, else 503",
    unit: "connections",
    fallback: 10_000,
    minimum: 1,
  }),
  socketsPerAccount: wholeNumber({
    ko: "계정 하나가 여는 WebSocket 연결 (넘으면 가장 오래된 것을 닫음)",
    en: "WebSocket connections of one account (one more closes the oldest)",
    unit: "connections",
    fallback: 8,
    minimum: 1,
  }),
};
