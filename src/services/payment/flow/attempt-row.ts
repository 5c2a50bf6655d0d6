import type { Evidence } from "../domain/gateway-answer.ts";
import { type Attempt, isOpen } from "../domain/payment.ts";
import { firstAttemptId } from "../domain/start-attempt.ts";

/** Answers that are kept of one attempt: how it began, and the newest. A dark gateway gives the same one for days. */
const FIRST_MAX = 5;
const NEWEST_MAX = 15;

/** What is kept beside an attempt of a payment, as it may stand in no fact: row `att_…`, once there is any. */
export interface AttemptRow {
  readonly paymentId: string;
  readonly evidence: readonly Evidence[];
  /** KakaoPay's single-use token, for a resend; gone once the outcome is known. */
  readonly token?: string;
}

export interface AttemptNews {
  readonly evidence?: readonly Evidence[];
  readonly token?: string | undefined;
}

/**
 * The row beside the attempt, written in the same commit; undefined when there is nothing to keep in it: the fact of a
 * plain success says all.
 */
export function attemptRow(
  paymentId: string,
  attempt: Attempt,
  on: { readonly before: AttemptRow | undefined; readonly news: AttemptNews },
): AttemptRow | undefined {
  const { before, news } = on;
  const token = isOpen(attempt) ? (news.token ?? before?.token) : undefined;
  const evidence = withEvidence(before?.evidence ?? [], news.evidence ?? []);
  const isEmpty = isPlain(evidence) && token === undefined;
  if (isEmpty && !before && !isFoundByRow(paymentId, attempt)) return undefined;
  return { paymentId, evidence, ...(token === undefined ? {} : { token }) };
}

/** A webhook names the attempt that confirms: the payment of the first one follows from its id, that of others not. */
function isFoundByRow(paymentId: string, { attemptId, operation }: Attempt): boolean {
  return operation === "confirm" && attemptId !== firstAttemptId(paymentId);
}

/** Nothing went wrong. */
export function isPlain(evidence: readonly Evidence[]): boolean {
  return evidence.every(({ outcome }) => outcome === "done");
}

export function withEvidence(kept: readonly Evidence[], news: readonly Evidence[]): readonly Evidence[] {
  const all = [...kept, ...news];
  return [...all.slice(0, FIRST_MAX), ...all.slice(FIRST_MAX).slice(-NEWEST_MAX)];
}
