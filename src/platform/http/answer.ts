import type { Refusal } from "#platform/core/decision.ts";
import { localeOf } from "#platform/i18n/locale.ts";
import { traceIdOf } from "#platform/telemetry/trace.ts";
import type { Door } from "./door.ts";
import type { Passage } from "./passage.ts";
import { problemBody, refusalOfError, retryAfterSeconds } from "./problem.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/**
 * Answers a "no" as RFC 9457 in the caller's language. A code that nobody listed is our fault: 500, and the log says
 * so.
 */
export function answerRefusal(door: Door, passage: Passage, refusal: Refusal): void {
  const { request, reply } = passage;
  if (reply.sent) return;
  const locale = localeOf(request.headers["accept-language"]);
  const place = { locale, instance: pathOf(request.url), requestId: passage.requestId };
  const body = problemBody(refusal, door.problems, place);
  if (body === undefined) {
    door.log.error({ code: "http.problem_unlisted", problem: refusal.refused, requestId: passage.requestId });
    answerRefusal(door, passage, { refused: "server.error", details: { traceId: traceIdOf(passage.traceparent) } });
    return;
  }
  passage.problem = refusal.refused;
  closeIfDraining(door, passage);
  const seconds = retryAfterSeconds(body.status, refusal);
  if (seconds !== undefined) reply.header("retry-after", String(seconds));
  if (body.status === 401) reply.header("www-authenticate", "Bearer");
  reply.code(body.status).header("content-language", locale);
  if (passage.page !== undefined) {
    sendPage(passage, passage.page({ problem: body }, locale));
    return;
  }
  reply.header("content-type", PROBLEM_TYPE);
  reply.serializer(asIs).send(JSON.stringify(body));
}

/** Whether a browser asks, and not a program: browsers name HTML, programs take what comes. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.includes("text/html") ?? false;
}

/** The address of a page may hold a key of somebody's: it is told to nobody, and nothing foreign runs in the page. */
export function sendPage({ reply }: Passage, html: string): void {
  reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  reply.header("referrer-policy", "no-referrer").header("vary", "accept, accept-language");
  reply.header("content-type", "text/html; charset=utf-8").serializer(asIs).send(html);
}

/** While the server drains, every answer asks its client to come back on another connection. */
export function closeIfDraining(door: Door, { reply }: Passage): void {
  if (door.draining) reply.header("connection", "close");
}

/**
 * Answers an error: one of ours by its code, anything else as a 500 that says nothing but where to find it in the log.
 */
export function answerError(door: Door, passage: Passage, error: unknown): void {
  const refusal = refusalOfError(error, traceIdOf(passage.traceparent));
  if (refusal.refused === "server.error") door.log.error(errorFields(passage, error));
  answerRefusal(door, passage, refusal);
}

export function errorFields(passage: Passage, error: unknown) {
  return {
    code: "http.error",
    requestId: passage.requestId,
    traceId: traceIdOf(passage.traceparent),
    operation: passage.operation?.name,
    error,
  };
}

/** Fastify's own "no" (too large, not JSON, unreadable address) in our words; undefined for what is not one of them. */
export function refusalOfFastify(error: unknown, maxBytes: number): Refusal | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { refused: "request.too_large", details: { maxBytes } };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return { refused: "request.unsupported_media" };
    case "FST_ERR_BAD_URL":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return { refused: "request.bad_url" };
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "ECONNRESET":
      return { refused: "request.malformed" };
    default:
      return undefined;
  }
}

/** The path alone: a query may hold what must not be repeated. */
export function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

export function asIs(payload: unknown): string {
  return payload as string;
}
