import type { Evidence } from "../domain/gateway-answer.ts";
import { type Attempt, attemptOf, isOpen, type Payment } from "../domain/payment.ts";

/** The newest answers that are kept of one attempt; a dark gateway gives the same one for days. */
const EVIDENCE_MAX = 20;

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
  const evidence = [...(before?.evidence ?? []), ...(news.evidence ?? [])].slice(-EVIDENCE_MAX);
  const { paymentId, orderId } = payment;
  const secrets = { ...(token === undefined ? {} : { token }), ...(secret === undefined ? {} : { secret }) };
  return { ...attempt, paymentId, orderId, evidence, ...secrets };
}
