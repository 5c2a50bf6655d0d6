import { siblingId } from "#platform/core/ids.ts";
import { type Instant, plus } from "#platform/core/time.ts";
import { fact, type PaymentFact } from "./facts.ts";
import type { GatewayAnswer, GatewayView } from "./gateway-answer.ts";
import { type Attempt, attemptOf, isOpen, type Payment, refundOf } from "./payment.ts";

/** What an answer changes, and what in it cannot be true together with what we know: a person must look at that. */
export interface Applied {
  readonly facts: readonly PaymentFact[];
  readonly contradiction?: "captured_after_decline" | "cancelled_elsewhere";
}

const nothing: Applied = { facts: [] };

/**
 * THE one way in which an answer of a gateway changes a payment, whether it came as the answer to our call, through a
 * webhook's re-read or through the resolver. It reads the gateway's truth and never the order of arrival (R20): an
 * attempt that has ended stays as it is, and whatever is not a listed no stays unknown (R1, R11).
 */
export function applyGatewayAnswer(
  payment: Payment | undefined,
  attemptId: string,
  on: { readonly answer: GatewayAnswer; readonly now: Instant },
): Applied {
  const attempt = attemptOf(payment, attemptId);
  if (!payment || !attempt) return nothing;
  if (!isOpen(attempt)) return contradictionOf(attempt, on.answer);
  return attempt.operation === "confirm"
    ? applyToConfirm(payment, attempt, on.answer, on.now)
    : applyToCancel(payment, attempt, on.answer, on.now);
}

function applyToConfirm(payment: Payment, attempt: Attempt, answer: GatewayAnswer, now: Instant): Applied {
  if (answer.outcome === "unknown") return uncertain(payment, attempt, answer.code);
  if (answer.outcome === "refused") {
    const isFinal = answer.refusalClass === "declined" || answer.refusalClass === "session_gone";
    return isFinal ? declined(payment, attempt, answer.code, now) : uncertain(payment, attempt, answer.code);
  }
  const { view } = answer;
  if (view.state === "failed") return declined(payment, attempt, view.failureCode ?? "FAILED_AT_GATEWAY", now);
  if (view.state === "pending") return uncertain(payment, attempt, "PENDING_AT_GATEWAY");
  return approved(payment, attempt, { view, now });
}

/**
 * Money was captured. After a close it is late: it never pays the order and goes back by itself (J1, J3, J4). The
 * refund's id follows from the attempt's, so that it is one refund however often it is decided.
 */
export function approved(
  payment: Payment,
  attempt: Attempt,
  on: { readonly view: Partial<GatewayView>; readonly now: Instant },
): Applied {
  const { view, now } = on;
  const late = payment.closedAt !== undefined;
  const lines = payment.opened?.lines ?? [];
  const { orderId, paymentId } = payment;
  const capture = fact(paymentId, "PaymentApproved", {
    orderId,
    attemptId: attempt.attemptId,
    gateway: attempt.gateway,
    gatewayPaymentId: attempt.gatewayPaymentId,
    method: view.method ?? "기타",
    amount: attempt.amount,
    lines,
    approvedAt: view.approvedAt ?? now,
    late,
    ...(view.receiptUrl === undefined ? {} : { receiptUrl: view.receiptUrl }),
    ...(view.secretHash === undefined ? {} : { secretHash: view.secretHash }),
    at: now,
  });
  const refundId = siblingId("refund", attempt.attemptId);
  const reason = "결제 기한이 지난 뒤에 승인됨 · approved after the payment was closed";
  const refund = fact(paymentId, "RefundAccepted", {
    orderId,
    refundId,
    amount: attempt.amount,
    lines,
    reason,
    at: now,
  });
  const facts = late ? [capture, refund] : [capture];
  return (view.cancelledAmount ?? 0) > 0 ? { facts, contradiction: "cancelled_elsewhere" } : { facts };
}

function applyToCancel(payment: Payment, attempt: Attempt, answer: GatewayAnswer, now: Instant): Applied {
  if (answer.outcome === "unknown") return uncertain(payment, attempt, answer.code);
  if (answer.outcome === "refused") {
    if (answer.refusalClass === "try_again") return tryAgain(payment, attempt, answer.code, now);
    if (answer.refusalClass === "cancel_refused") return refundRefused(payment, attempt, answer.code, now);
    return uncertain(payment, attempt, answer.code);
  }
  const moved = cancelMoved(payment, attempt, answer.view);
  if (moved === "done") return refundCompleted(payment, attempt, { transactionKey: answer.view.transactionKey, now });
  if (moved === "not_yet") return uncertain(payment, attempt, "NOT_CANCELLED_YET");
  return { ...uncertain(payment, attempt, "CANCELLED_ELSEWHERE"), contradiction: "cancelled_elsewhere" };
}

/**
 * Whether this cancel has happened, read from how much went back. Cancels of one payment are serialised, so exactly two
 * sums can be: the one before it and the one after it. Another one means that somebody else cancelled too.
 */
export function cancelMoved(payment: Payment, attempt: Attempt, view: GatewayView): "done" | "not_yet" | "other" {
  const before = payment.capturedAmount - attempt.guardAmount;
  if (view.state !== "captured") return "other";
  if (view.cancelledAmount === before + attempt.amount) return "done";
  return view.cancelledAmount === before ? "not_yet" : "other";
}

export function refundCompleted(
  payment: Payment,
  attempt: Attempt,
  on: { readonly transactionKey: string | undefined; readonly now: Instant },
): Applied {
  const { orderId, paymentId } = payment;
  const { attemptId, gateway, amount } = attempt;
  const refund = refundOf(payment, attempt.refundId);
  if (!refund) return nothing;
  const key = on.transactionKey === undefined ? {} : { transactionKey: on.transactionKey };
  const { refundId, lines } = refund;
  const data = { orderId, refundId, attemptId, gateway, amount, lines, ...key, at: on.now };
  return { facts: [fact(paymentId, "RefundCompleted", data)] };
}

export function refundRefused(payment: Payment, attempt: Attempt, code: string, now: Instant): Applied {
  const { orderId, paymentId } = payment;
  const { attemptId, gateway, refundId } = attempt;
  if (refundId === undefined) return nothing;
  return { facts: [fact(paymentId, "RefundRefused", { orderId, refundId, attemptId, gateway, code, at: now })] };
}

export function declined(payment: Payment, attempt: Attempt, code: string, now: Instant): Applied {
  const { orderId, paymentId } = payment;
  const { attemptId, gateway } = attempt;
  return { facts: [fact(paymentId, "AttemptDeclined", { orderId, attemptId, gateway, code, at: now })] };
}

function tryAgain(payment: Payment, attempt: Attempt, code: string, now: Instant): Applied {
  const { orderId, paymentId } = payment;
  return { facts: [fact(paymentId, "CancelDeclined", { orderId, attemptId: attempt.attemptId, code, at: now })] };
}

/** Said once: asking again and hearing nothing new is no fact. */
function uncertain(payment: Payment, attempt: Attempt, code: string): Applied {
  if (attempt.status === "UNKNOWN") return nothing;
  const { orderId, paymentId } = payment;
  const { attemptId, operation, gateway } = attempt;
  return { facts: [fact(paymentId, "AttemptUncertain", { orderId, attemptId, operation, gateway, code })] };
}

function contradictionOf(attempt: Attempt, answer: GatewayAnswer): Applied {
  const isCaptured = answer.outcome === "done" && answer.view.state === "captured";
  const isDeclinedConfirm = attempt.operation === "confirm" && attempt.status === "DECLINED";
  return isCaptured && isDeclinedConfirm ? { facts: [], contradiction: "captured_after_decline" } : nothing;
}

/**
 * A no is believed only after the gateway's own record has been read (PAYMENT-GATEWAYS.md §1.8): what the record shows
 * counts, and when it cannot be read, the no is not yet one.
 */
export function afterCheck(
  payment: Payment,
  attempt: Attempt,
  on: { readonly first: GatewayAnswer; readonly check: GatewayAnswer },
): GatewayAnswer {
  const { first, check } = on;
  if (check.outcome === "refused") return first.outcome === "unknown" ? check : first;
  if (check.outcome === "unknown") {
    return first.outcome === "refused" ? { ...check, code: `${first.code}_UNCHECKED` } : first;
  }
  if (first.outcome !== "refused") return check;
  const contradicts =
    attempt.operation === "confirm"
      ? check.view.state === "captured"
      : cancelMoved(payment, attempt, check.view) !== "not_yet";
  return contradicts ? check : first;
}

/**
 * True while the intent may be sent once more, with its own key: never a new one for money that may have moved. A
 * gateway remembers a key for `keyMs` only; after that the one allowed act is a query (R5).
 */
export function mayResend(
  payment: Payment,
  attempt: Attempt,
  on: { readonly now: Instant; readonly keyMs: number },
): boolean {
  const { now, keyMs } = on;
  if (now >= plus(attempt.startedAt, { ms: keyMs })) return false;
  if (attempt.operation === "cancel") return true;
  return payment.closedAt === undefined && payment.opened !== undefined && now < payment.opened.expiresAt;
}
