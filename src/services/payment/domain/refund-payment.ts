import { type Refusal, reject } from "#platform/core/decision.ts";
import { subtract, type Won } from "#platform/core/money.ts";
import { type Instant, plus } from "#platform/core/time.ts";
import { fact, type PaymentFact } from "./facts.ts";
import {
  type Attempt,
  type Capture,
  type Line,
  openAttempt,
  type Payment,
  type Refund,
  refundOf,
  sumOf,
} from "./payment.ts";
import { gatewayKey } from "./start-attempt.ts";

export interface RefundCommand {
  readonly refundId: string;
  readonly amount: Won;
  readonly lines: readonly Line[];
  readonly reason: string;
}

/**
 * Accepts a refund: one refund id is one intent, however often it is asked for (R35). Together the refunds never exceed
 * what was captured, neither in sum nor on any line (I5).
 */
export function acceptRefund(
  payment: Payment | undefined,
  command: RefundCommand,
  now: Instant,
): readonly PaymentFact[] | Refusal<"payment.not_found" | "payment.refund_exceeds"> {
  if (!payment?.capture) return reject("payment.not_found");
  if (refundOf(payment, command.refundId)) return [];
  const sumOfLines = command.lines.reduce((sum, line) => sum + line.amount, 0);
  const left = payment.capturedAmount - payment.refundingAmount;
  if (sumOfLines !== command.amount || command.amount > left || exceedsLine(payment, command.lines)) {
    return reject("payment.refund_exceeds", { left });
  }
  return [fact(payment.paymentId, "RefundAccepted", { orderId: payment.orderId, ...command, at: now })];
}

function exceedsLine(payment: Payment, lines: readonly Line[]): boolean {
  const left = new Map(payment.opened?.lines.map((line) => [line.orderLineId, line.amount]));
  const taken = payment.refunds.filter((refund) => refund.status !== "REFUSED").flatMap((refund) => refund.lines);
  for (const line of [...taken, ...lines]) {
    const rest = (left.get(line.orderLineId) ?? -1) - line.amount;
    if (rest < 0) return true;
    left.set(line.orderLineId, rest);
  }
  return false;
}

/** What a refund waits for before its cancel may be sent. */
export type CancelStart =
  | { readonly start: readonly PaymentFact[]; readonly attempt: Attempt }
  | { readonly waitUntil: Instant }
  | { readonly over: true };

/** A cancel that could not be begun asks again after this time. */
const retryMs = 1_000;

/**
 * The intent of a cancel. Cancels of one payment are sent one after the other and `pauseMs` apart: Toss drops the
 * second of two within a second (PAYMENT-GATEWAYS.md §1.6), and the guard amount counts on there being no other one.
 */
export function startCancel(
  payment: Payment | undefined,
  refundId: string,
  on: { readonly attemptId: string; readonly pauseMs: number; readonly now: Instant },
): CancelStart {
  const refund = refundOf(payment, refundId);
  if (!payment?.capture || refund?.status !== "PROCESSING") return { over: true };
  const open = openAttempt(payment);
  if (open) return open.refundId === refundId ? { over: true } : { waitUntil: plus(on.now, { ms: retryMs }) };
  const last = payment.attempts.findLast((one) => one.operation === "cancel")?.decidedAt;
  const earliest = last === undefined ? on.now : plus(last, { ms: on.pauseMs });
  if (earliest > on.now) return { waitUntil: earliest };
  const attempt = cancelAttempt(payment, payment.capture, { refund, attemptId: on.attemptId, now: on.now });
  return { start: [fact(payment.paymentId, "AttemptStarted", { orderId: payment.orderId, attempt })], attempt };
}

function cancelAttempt(
  payment: Payment,
  capture: Capture,
  on: { readonly refund: Refund; readonly attemptId: string; readonly now: Instant },
): Attempt {
  return {
    attemptId: on.attemptId,
    operation: "cancel",
    refundId: on.refund.refundId,
    gateway: capture.gateway,
    gatewayPaymentId: capture.gatewayPaymentId,
    reference: capture.attemptId,
    key: gatewayKey("cancel", on.attemptId),
    amount: on.refund.amount,
    guardAmount: subtract(capture.amount, sumOf(payment.refunds, "COMPLETED")),
    status: "INTENT",
    startedAt: on.now,
  };
}
