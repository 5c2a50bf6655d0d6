import { classify } from "#platform/db/errors.ts";
import { Busy } from "#platform/http/problem.ts";

/** What a failed write means to those whose batch it was. */
export interface Failure {
  /** Trying again, after reading again, may help: a stale row, a lost connection, a deadlock. */
  readonly mayPass: boolean;
  /** One member is to blame: the batch is halved until it stands alone. */
  readonly belongsToMember: boolean;
}

/** SQLSTATEs of our own functions (sql/001-mechanisms.sql). */
const LEASE_LOST = "MD002";
const CURSOR_MOVED = "MD003";

export function failureOf(error: unknown): Failure {
  if (isLeaseLost(error) || isCursorMoved(error)) return { mayPass: false, belongsToMember: true };
  // A full queue says nothing about the input: an event that meets one is no poison.
  if (error instanceof Busy) return { mayPass: true, belongsToMember: false };
  const kind = classify(error);
  const mayPass = kind === "technical" || kind === "stale";
  return { mayPass, belongsToMember: !mayPass };
}

/** Whoever held the work after us has settled it, or will: our result is void (MONEY.md R7). */
export function isLeaseLost(error: unknown): boolean {
  return sqlState(error) === LEASE_LOST;
}

/** Another process has applied these events: read the cursor again. */
export function isCursorMoved(error: unknown): boolean {
  return sqlState(error) === CURSOR_MOVED;
}

function sqlState(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
