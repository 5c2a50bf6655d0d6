import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Instant } from "#platform/core/time.ts";
import { approved, declined, refundCompleted, refundRefused } from "./apply-gateway-answer.ts";
import { fact, type PaymentFact } from "./facts.ts";
import { type Attempt, attemptOf, type Payment, type Proposal } from "./payment.ts";

export type DecideRefusal =
  | "payment.not_found"
  | "payment.attempt_not_found"
  | "payment.attempt_decided"
  | "payment.same_operator";

/**
 * Dual control (R11): the first operator proposes, a second one who says the same decides, with a note from each.
 * Another outcome than the one proposed is a new proposal. Only what is UNKNOWN can be decided by people.
 */
export function decideAttempt(
  payment: Payment | undefined,
  command: { readonly attemptId: string } & Proposal,
  now: Instant,
): readonly PaymentFact[] | Refusal<DecideRefusal> {
  if (!payment) return reject("payment.not_found");
  const { attemptId, ...proposal } = command;
  const attempt = attemptOf(payment, attemptId);
  if (!attempt) return reject("payment.attempt_not_found");
  if (attempt.status !== "UNKNOWN") return reject("payment.attempt_decided");
  const { paymentId, orderId } = payment;
  const earlier = attempt.proposal;
  if (earlier?.operatorId === proposal.operatorId) return reject("payment.same_operator");
  if (earlier?.outcome !== proposal.outcome) {
    return [fact(paymentId, "DecisionProposed", { orderId, attemptId, proposal })];
  }
  const confirmed = fact(paymentId, "DecisionConfirmed", { orderId, attemptId, proposal });
  return [confirmed, ...decided(payment, attempt, { outcome: proposal.outcome, now })];
}

function decided(
  payment: Payment,
  attempt: Attempt,
  on: { readonly outcome: Proposal["outcome"]; readonly now: Instant },
): readonly PaymentFact[] {
  const { outcome, now } = on;
  if (attempt.operation === "confirm") {
    if (outcome === "SUCCEEDED") return approved(payment, attempt, { view: {}, now }).facts;
    return declined(payment, attempt, "DECIDED_BY_OPERATORS", now).facts;
  }
  if (outcome === "SUCCEEDED") return refundCompleted(payment, attempt, { transactionKey: undefined, now }).facts;
  return refundRefused(payment, attempt, "DECIDED_BY_OPERATORS", now).facts;
}
