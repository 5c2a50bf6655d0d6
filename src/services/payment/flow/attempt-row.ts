import type { Evidence } from "../domain/gateway-answer.ts";
import { type Attempt, attemptOf, isOpen, type Payment } from "../domain/payment.ts";

/** Answers that are kept of one attempt: how it began, and the newest. A dark gateway gives the same one for days. */
const FIRST_MAX = 5;
const NEWEST_MAX = 15;

/** An attempt's own row: what lists and the one-open-attempt index read, and what may stand in no fact. */
export interface AttemptRow extends Attempt {
  readonly paymentId: string;
  readonly orderId: string;
  readonly evidence: readonly Evidence[];
  /** KakaoPay's single-use token, for a resend; gone once the outcome is known. */
  readonly token?: string;
  /** What a webhook of Toss about this payment must know (R19). */
  readonly secret?: string;
}

export interface AttemptNews {
  readonly evidence?: readonly Evidence[];
  readonly token?: string | undefined;
  readonly secret?: string | undefined;
}

/** The row beside the payment's own copy of the attempt, written in the same commit. */
export function attemptRow(
  payment: Payment,
  attemptId: string,
  on: { readonly before: AttemptRow | undefined; readonly news: AttemptNews },
): AttemptRow | undefined {
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return undefined;
  const { before, news } = on;
  const token = isOpen(attempt) ? (news.token ?? before?.token) : undefined;
  const secret = news.secret ?? before?.secret;
  const evidence = withEvidence(before?.evidence ?? [], news.evidence ?? []);
  const { paymentId, orderId } = payment;
  const secrets = { ...(token === undefined ? {} : { token }), ...(secret === undefined ? {} : { secret }) };
  return { ...attempt, paymentId, orderId, evidence, ...secrets };
}

export function withEvidence(kept: readonly Evidence[], news: readonly Evidence[]): readonly Evidence[] {
  const all = [...kept, ...news];
  return [...all.slice(0, FIRST_MAX), ...all.slice(FIRST_MAX).slice(-NEWEST_MAX)];
}
