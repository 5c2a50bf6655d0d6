import type { Static } from "typebox";
import type { PaymentSummary, PaymentView } from "#contracts/payment/buyer-operations.ts";
import { type Attempt, type OpenPayment, type Refund, sumOf } from "../domain/payment.ts";

export function summaryOf(payment: OpenPayment): Static<typeof PaymentSummary> {
  const { paymentId, orderId, status, opened, capture } = payment;
  const { orderName, amount, at: openedAt, expiresAt } = opened;
  return {
    ...{ paymentId, orderId, orderName, status, amount, openedAt, expiresAt },
    refundedAmount: sumOf(payment.refunds, "COMPLETED"),
    ...(capture ? { gateway: capture.gateway, method: capture.method, approvedAt: capture.approvedAt } : {}),
  };
}

export function paymentView(payment: OpenPayment): Static<typeof PaymentView> {
  return {
    ...summaryOf(payment),
    ...(payment.capture?.receiptUrl === undefined ? {} : { receiptUrl: payment.capture.receiptUrl }),
    attempts: payment.attempts.map(attemptView),
    refunds: payment.refunds.map(refundView),
  };
}

function attemptView(attempt: Attempt) {
  const { attemptId, operation, gateway, amount, status, code, startedAt, decidedAt } = attempt;
  return {
    ...{ attemptId, operation, gateway, amount, status, startedAt },
    // What a gateway says about us is for operators; the buyer sees why his own card was refused.
    ...(code === undefined || status !== "DECLINED" ? {} : { code }),
    ...(decidedAt === undefined ? {} : { decidedAt }),
  };
}

function refundView(refund: Refund) {
  const { refundId, amount, reason, status, requestedAt, completedAt } = refund;
  return {
    ...{ refundId, amount, reason, status, requestedAt },
    ...(completedAt === undefined ? {} : { completedAt }),
  };
}
