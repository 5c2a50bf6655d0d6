import type { Refusal } from "#platform/core/decision.ts";
import { fill } from "#platform/i18n/fill.ts";
import type { Locale } from "#platform/i18n/locale.ts";
import type { Problem, Problems } from "#platform/service.ts";

/** A fault in one field, as it stands in `errors` of a problem. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** RFC 9457, with our code, the blamed field and the request's id. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly instance: string;
  readonly requestId: string;
}

/** Thrown when a bounded queue is full: nothing was begun, so the caller may simply try again later (503). */
export class Busy extends Error {
  override name = "Busy";
  readonly code = "server.busy";
  readonly retryAfterMs: number;
  constructor(what: string, retryAfterMs = 1000) {
    super(`full: ${what}`);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Thrown by a call to another service that gave no answer we can use. `maybeDone` says whether it may have been carried
 * out: an unknown answer is never a "no" (MONEY.md).
 */
export class Unreachable extends Error {
  override name = "Unreachable";
  readonly code = "server.unreachable";
  readonly retryAfterMs = 1000;
  readonly service: string;
  readonly maybeDone: boolean;
  constructor(service: string, maybeDone: boolean, cause?: unknown) {
    super(`no answer from ${service}`, { cause });
    this.service = service;
    this.maybeDone = maybeDone;
  }
}

export interface ProblemPlace {
  readonly locale: Locale;
  readonly instance: string;
  readonly requestId: string;
}

/** The refusal as a problem document in the caller's language, or undefined when nobody listed its code. */
export function problemBody(refusal: Refusal, problems: Problems, place: ProblemPlace): ProblemBody | undefined {
  const problem = Object.hasOwn(problems, refusal.refused) ? problems[refusal.refused] : undefined;
  if (problem === undefined) return undefined;
  const { errors, ...details } = refusal.details ?? {};
  const text = problem[place.locale];
  const filling = refusal.field === undefined ? details : { field: refusal.field, ...details };
  return {
    type: `/problems/${refusal.refused}`,
    title: titleOf(problem, place.locale),
    status: problem.status,
    detail: fill(text, filling),
    code: refusal.refused,
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    ...(Array.isArray(errors) ? { errors } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    instance: place.instance,
    requestId: place.requestId,
  };
}

/** The same for every occurrence of the problem, as RFC 9457 asks: the text without this request's details. */
export function titleOf(problem: Problem, locale: Locale): string {
  return fill(problem[locale])
    .replace(/\s*\((?:[^()]*…[^()]*)\)/, "")
    .trim();
}

/** Seconds for Retry-After, for the statuses that need one; undefined for all others. */
export function retryAfterSeconds(status: number, refusal: Refusal): number | undefined {
  const told = refusal.details?.retryAfterSeconds;
  if (typeof told === "number") return told;
  return status === 503 || status === 504 || status === 429 || refusal.refused === "request.in_flight" ? 1 : undefined;
}

/** What a thrown error tells a caller: our own kinds by their code, anything else is a 500 without inner words. */
export function refusalOfError(error: unknown, traceId: string): Refusal {
  if (typeof error === "object" && error !== null && "code" in error && "retryAfterMs" in error) {
    const seconds = Math.max(1, Math.ceil(Number(error.retryAfterMs) / 1000));
    const code = error.code === "server.unreachable" ? "server.unreachable" : "server.busy";
    return { refused: code, details: { retryAfterSeconds: seconds } };
  }
  return { refused: "server.error", details: { traceId } };
}
