import type { Problems } from "#platform/service.ts";

/** What the door itself can say. A service's own codes stand in its problems.ts; together they are the closed list. */
export const platformProblems = {
  "request.invalid": {
    status: 400,
    ko: "입력값을 확인해 주세요. ({field})",
    en: "Please check the input. ({field})",
  },
  "request.unknown_field": {
    status: 400,
    ko: "알 수 없는 항목이에요: {field}",
    en: "This field is not known: {field}",
  },
  "request.bad_text": {
    status: 400,
    ko: "쓸 수 없는 문자가 들어 있어요. ({field})",
    en: "The text holds a character that cannot be used. ({field})",
  },
  "request.bad_json": {
    status: 400,
    ko: "JSON 형식이 올바르지 않아요.",
    en: "The body is not valid JSON.",
  },
  "request.duplicate_field": {
    status: 400,
    ko: "같은 이름의 항목이 두 번 들어 있어요.",
    en: "The body names a field twice.",
  },
  "request.body_not_object": {
    status: 400,
    ko: "본문은 JSON 객체여야 해요.",
    en: "The body must be a JSON object.",
  },
  "request.body_unexpected": {
    status: 400,
    ko: "이 요청에는 본문을 보낼 수 없어요.",
    en: "This request takes no body.",
  },
  "request.bad_url": {
    status: 400,
    ko: "주소를 읽을 수 없어요.",
    en: "The address cannot be read.",
  },
  "request.malformed": {
    status: 400,
    ko: "HTTP 요청을 읽을 수 없어요.",
    en: "The HTTP request cannot be read.",
  },
  "request.key_missing": {
    status: 400,
    ko: "Idempotency-Key 헤더가 필요해요.",
    en: "The Idempotency-Key header is required.",
  },
  "request.key_invalid": {
    status: 400,
    ko: "Idempotency-Key는 공백 없는 ASCII 1~200자여야 해요.",
    en: "Idempotency-Key must be 1 to 200 visible ASCII characters.",
  },
  "request.in_flight": {
    status: 409,
    ko: "같은 요청을 처리하고 있어요. 잠시 뒤에 다시 확인해 주세요.",
    en: "The same request is being carried out. Please try again in a moment.",
  },
  "request.key_reused": {
    status: 422,
    ko: "같은 Idempotency-Key가 다른 내용으로 이미 쓰였어요.",
    en: "This Idempotency-Key was used with another body.",
  },
  "request.busy": {
    status: 503,
    ko: "지금 요청이 몰리고 있어요. 잠시 뒤에 다시 시도해 주세요.",
    en: "Many requests are waiting. Please try again in a moment.",
  },
  "request.too_large": {
    status: 413,
    ko: "요청이 너무 커요. (최대 {maxBytes}바이트)",
    en: "The request is too large. (at most {maxBytes} bytes)",
  },
  "request.headers_too_large": {
    status: 431,
    ko: "요청 헤더가 너무 커요.",
    en: "The request headers are too large.",
  },
  "request.too_slow": {
    status: 408,
    ko: "요청이 너무 늦게 도착했어요.",
    en: "The request took too long to arrive.",
  },
  "request.too_many": {
    status: 429,
    ko: "요청이 너무 잦아요. {retryAfterSeconds}초 뒤에 다시 시도해 주세요.",
    en: "Too many requests. Please try again in {retryAfterSeconds} s.",
  },
  "watch.too_many": {
    status: 429,
    ko: "한 계정으로 동시에 지켜볼 수 있는 것은 {maximum}개까지예요. 다른 화면을 닫고 다시 시도해 주세요.",
    en: "One account may watch {maximum} things at once. Please close another one first.",
  },
  "watch.no_room": {
    status: 503,
    ko: "지금 지켜보는 사람이 너무 많아요. 잠시 뒤에 다시 시도해 주세요.",
    en: "Too many are watching just now. Please try again in a moment.",
  },
  "request.unsupported_media": {
    status: 415,
    ko: "본문은 application/json이어야 해요.",
    en: "The body must be application/json.",
  },
  "request.method_not_allowed": {
    status: 405,
    ko: "이 주소에서는 쓸 수 없는 방식이에요. (가능: {allow})",
    en: "This address does not take that method. (it takes {allow})",
  },
  "route.not_found": {
    status: 404,
    ko: "없는 주소예요.",
    en: "There is nothing at this address.",
  },
  "auth.required": {
    status: 401,
    ko: "로그인이 필요해요.",
    en: "Please sign in.",
  },
  "auth.token_invalid": {
    status: 401,
    ko: "로그인 정보가 올바르지 않아요. 다시 로그인해 주세요.",
    en: "The token is not valid. Please sign in again.",
  },
  "auth.token_expired": {
    status: 401,
    ko: "로그인 시간이 지났어요. 토큰을 새로 받아 주세요.",
    en: "The token has expired. Please refresh it.",
  },
  "auth.token_revoked": {
    status: 401,
    ko: "로그아웃된 로그인이에요. 다시 로그인해 주세요.",
    en: "This session has ended. Please sign in again.",
  },
  "auth.forbidden": {
    status: 403,
    ko: "이 일을 할 권한이 없어요.",
    en: "You are not allowed to do this.",
  },
  "socket.upgrade_needed": {
    status: 426,
    ko: "여기는 WebSocket으로 연결하는 주소예요.",
    en: "This address is for WebSocket connections.",
  },
  "socket.origin_refused": {
    status: 403,
    ko: "이 페이지에서는 연결할 수 없어요.",
    en: "Pages of this origin may not connect.",
  },
  "socket.ticket_invalid": {
    status: 401,
    ko: "입장권이 없거나, 이미 쓰였거나, 시간이 지났어요. 새로 받아 주세요.",
    en: "The ticket is unknown, spent or too old. Please get a new one.",
  },
  "socket.unknown_frame": {
    status: 400,
    ko: "알 수 없는 종류의 메시지예요. (type)",
    en: "There is no such type of frame.",
  },
  "server.busy": {
    status: 503,
    ko: "지금 요청이 몰리고 있어요. 잠시 뒤에 다시 시도해 주세요.",
    en: "The server is busy. Please try again in a moment.",
  },
  "server.unreachable": {
    status: 503,
    ko: "지금 필요한 서비스에 닿지 않아요. 잠시 뒤에 다시 시도해 주세요.",
    en: "A service that is needed cannot be reached. Please try again in a moment.",
  },
  "server.timeout": {
    status: 504,
    ko: "제시간에 끝내지 못했어요. 처리되었는지 확인한 뒤 같은 키로 다시 시도해 주세요.",
    en: "This took too long. It may still have been done: look, then try again with the same key.",
  },
  "server.error": {
    status: 500,
    ko: "저희 쪽에 문제가 생겼어요. (추적 번호 {traceId})",
    en: "Something went wrong on our side. (trace id {traceId})",
  },
} as const satisfies Problems;

export type PlatformCode = keyof typeof platformProblems;
