import { isWon } from "../shared/won.ts";

export type TossStatus = "READY" | "IN_PROGRESS" | "DONE" | "CANCELED" | "PARTIAL_CANCELED" | "ABORTED" | "EXPIRED";

export type TossCancel = {
  cancelAmount: number;
  cancelReason: string;
  taxFreeAmount: number;
  /** What can still be cancelled after this cancel, in won. */
  refundableAmount: number;
  canceledAtMs: number;
  transactionKey: string;
};

/** One payment as the gateway keeps it. It is never changed in place: a change is a new value. Amounts are won. */
export type TossPayment = {
  paymentKey: string;
  orderId: string;
  orderName: string;
  totalAmount: number;
  balanceAmount: number;
  taxFreeAmount: number;
  status: TossStatus;
  secret: string;
  requestedAtMs: number;
  authorizedAtMs?: number;
  approvedAtMs?: number;
  approveNo?: string;
  lastTransactionKey?: string;
  failureCode?: string;
  cancels: readonly TossCancel[];
};

export const readyLifeMs = 30 * 60 * 1000;
export const inProgressLifeMs = 10 * 60 * 1000;
/** Two cancels of one payment inside this time: only the first is processed (§1.6). */
export const cancelPauseMs = 1000;
const cardAmountLeast = 100;

/** A rule said no; `code` is one of Toss's. */
export type Refusal = { code: string };
export type Approval = { approveNo: string; transactionKey: string; nowMs: number };

/** True once the 30 minutes of the window or the 10 minutes between authentication and confirm are over (§1.3). */
export function isOverdue(payment: TossPayment, nowMs: number): boolean {
  if (payment.status === "READY") return nowMs - payment.requestedAtMs >= readyLifeMs;
  return payment.status === "IN_PROGRESS" && nowMs - payment.authorizedAtMs! >= inProgressLifeMs;
}

/** READY or IN_PROGRESS → EXPIRED. */
export function expire(payment: TossPayment): TossPayment {
  return { ...payment, status: "EXPIRED", failureCode: "EXPIRED_PAYMENT" };
}

/** READY → IN_PROGRESS: the buyer has authenticated; the merchant has ten minutes to confirm. */
export function authenticate(payment: TossPayment, nowMs: number): TossPayment | Refusal {
  if (payment.status !== "READY" || isOverdue(payment, nowMs)) return { code: "NOT_FOUND_PAYMENT_SESSION" };
  return { ...payment, status: "IN_PROGRESS", authorizedAtMs: nowMs };
}

/** The payment after the card company's no: ABORTED, with the reason in `failure`. */
export function abort(payment: TossPayment, failureCode: string): TossPayment {
  return { ...payment, status: "ABORTED", failureCode };
}

/** Why this confirm cannot happen, or undefined when the money would be captured. */
export function refuseConfirm(
  payment: TossPayment,
  input: { orderId: string; amount: number },
  nowMs: number,
): Refusal | undefined {
  if (payment.orderId !== input.orderId) return { code: "FORBIDDEN_REQUEST" };
  if (payment.totalAmount !== input.amount) return { code: "INVALID_REQUEST" };
  switch (payment.status) {
    case "DONE":
    case "PARTIAL_CANCELED":
    case "CANCELED":
      return { code: "ALREADY_PROCESSED_PAYMENT" };
    case "READY":
      return { code: isOverdue(payment, nowMs) ? "NOT_FOUND_PAYMENT_SESSION" : "UNAPPROVED_ORDER_ID" };
    case "ABORTED":
    case "EXPIRED":
      return { code: "NOT_FOUND_PAYMENT_SESSION" };
    case "IN_PROGRESS":
      if (isOverdue(payment, nowMs)) return { code: "NOT_FOUND_PAYMENT_SESSION" };
      return payment.totalAmount < cardAmountLeast ? { code: "BELOW_MINIMUM_AMOUNT" } : undefined;
  }
}

/** IN_PROGRESS → DONE: the whole amount is captured and can be cancelled. */
export function approve(payment: TossPayment, approval: Approval): TossPayment {
  return {
    ...payment,
    status: "DONE",
    approvedAtMs: approval.nowMs,
    approveNo: approval.approveNo,
    lastTransactionKey: approval.transactionKey,
  };
}

export type CancelInput = {
  cancelReason: string;
  /** Absent means all that is left. */
  cancelAmount?: number;
  /** The guard: must equal the balance of this moment. */
  refundableAmount?: number;
  taxFreeAmount?: number;
};

/** Why this cancel cannot happen, or undefined. §1.6: the balance decides what is left, never the status. */
export function refuseCancel(payment: TossPayment, input: CancelInput, nowMs: number): Refusal | undefined {
  const last = payment.cancels.at(-1);
  if (last !== undefined && nowMs - last.canceledAtMs < cancelPauseMs) return { code: "FORBIDDEN_CONSECUTIVE_REQUEST" };
  if (payment.status === "CANCELED") return { code: "ALREADY_CANCELED_PAYMENT" };
  if (payment.status !== "DONE" && payment.status !== "PARTIAL_CANCELED") return { code: "NOT_CANCELABLE_PAYMENT" };
  if (input.refundableAmount !== undefined && input.refundableAmount !== payment.balanceAmount) {
    return { code: "NOT_MATCHES_REFUNDABLE_AMOUNT" };
  }
  const amount = input.cancelAmount ?? payment.balanceAmount;
  if (!isWon(amount) || amount > payment.balanceAmount) return { code: "NOT_CANCELABLE_AMOUNT" };
  const taxFreeUsed = payment.cancels.reduce((sum, cancel) => sum + cancel.taxFreeAmount, 0);
  const taxFree = input.taxFreeAmount ?? 0;
  if (taxFree > amount || taxFree > payment.taxFreeAmount - taxFreeUsed) return { code: "INVALID_REFUND_AMOUNT" };
  return undefined;
}

/** One shot over the whole amount → CANCELED; everything else, the last won included, → PARTIAL_CANCELED (§1.6). */
export function cancel(payment: TossPayment, input: CancelInput, transactionKey: string, nowMs: number): TossPayment {
  const cancelAmount = input.cancelAmount ?? payment.balanceAmount;
  const refundableAmount = payment.balanceAmount - cancelAmount;
  const isOneShot = payment.cancels.length === 0 && refundableAmount === 0;
  const row: TossCancel = {
    cancelAmount,
    cancelReason: input.cancelReason,
    taxFreeAmount: input.taxFreeAmount ?? 0,
    refundableAmount,
    canceledAtMs: nowMs,
    transactionKey,
  };
  return {
    ...payment,
    status: isOneShot ? "CANCELED" : "PARTIAL_CANCELED",
    balanceAmount: refundableAmount,
    lastTransactionKey: transactionKey,
    cancels: [...payment.cancels, row],
  };
}
