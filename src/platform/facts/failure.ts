import { classify } from "#platform/db/errors.ts";
import { Busy } from "#platform/http/problem.ts";
import type { Unit } from "./batch.ts";

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
const LETTER_GONE = "MD004";

export function failureOf(error: unknown): Failure {
  if (isLeaseLost(error) || isCursorMoved(error) || isLetterGone(error))
    return { mayPass: false, belongsToMember: true };
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

/** Another operator has applied this letter, or one before it is still there. */
export function isLetterGone(error: unknown): boolean {
  return sqlState(error) === LETTER_GONE;
}

/** Another process changed a row, or did the command, between our reading and our writing. */
export function isStale(error: unknown): boolean {
  return classify(error) === "stale";
}

/** What the database says when the fence of a settling write is not the one of the work. */
export function leaseLost(): Error {
  return Object.assign(new Error("the lease was lost"), { code: LEASE_LOST });
}

/**
 * The units of a batch that the database named as those who lost a lease, a cursor or a letter; empty if it named none.
 */
export function culpritsAmong<Member extends { readonly unit: Unit }>(
  batch: readonly Member[],
  error: unknown,
): Member[] {
  const names = namesIn(error);
  if (names.size === 0) return [];
  if (isLeaseLost(error)) {
    return batch.filter(({ unit }) => unit.changes.some(({ settles }) => settles && names.has(settles.key)));
  }
  if (isCursorMoved(error)) {
    return batch.filter(({ unit }) =>
      (unit.cursors ?? []).some((move) => names.has(`${move.consumer} ${move.source} ${move.partition}`)),
    );
  }
  return batch.filter(({ unit }) =>
    (unit.drained ?? []).some((one) => names.has(`${one.consumer} ${one.source} ${one.position} ${one.index}`)),
  );
}

function namesIn(error: unknown): ReadonlySet<string> {
  if (!isLeaseLost(error) && !isCursorMoved(error) && !isLetterGone(error)) return new Set();
  const detail = typeof error === "object" && error !== null && "detail" in error ? error.detail : undefined;
  return new Set(typeof detail === "string" ? (JSON.parse(detail) as string[]) : []);
}

/** The words of a failure as a column can hold them: no U+0000, no half characters, not a whole stack. */
export function failureText(error: unknown): string {
  return String(error).replaceAll("\u0000", "").toWellFormed().slice(0, 1_000);
}

function sqlState(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
