import type { Won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import type { GatewayName } from "./gateway-answer.ts";

export type PaymentStatus =
  | "READY"
  | "IN_PROGRESS"
  | "UNKNOWN"
  | "FAILED"
  | "APPROVED"
  | "CANCEL_IN_PROGRESS"
  | "PARTIALLY_CANCELLED"
  | "CANCELLED"
  | "EXPIRED";

export interface Line {
  readonly orderLineId: string;
  readonly storeOrderId: string;
  readonly sellerId: string;
  readonly amount: number;
}

/** A payment window that was handed out. No money moves before its confirm, so any number of them is harmless. */
export interface Checkout {
  readonly attemptId: string;
  readonly gateway: GatewayName;
  /** KakaoPay's tid, kept before the buyer is sent there; Toss makes its paymentKey in the window. */
  readonly gatewayPaymentId?: string;
  readonly redirectUrl?: string;
}

/** One call that may move money: committed as INTENT before its first byte, and never deleted (R3). */
export interface Attempt {
  readonly attemptId: string;
  readonly operation: "confirm" | "cancel";
  readonly refundId?: string;
  readonly gateway: GatewayName;
  readonly gatewayPaymentId: string;
  /** Our name for the payment at the gateway: the id of the confirming attempt. */
  readonly reference: string;
  /** The gateway's idempotency key, one per intent (R5). */
  readonly key: string;
  readonly amount: Won;
  /** What must be cancellable at the gateway when a cancel begins (R36). 0 for a confirm. */
  readonly guardAmount: Won;
  readonly status: "INTENT" | "SUCCEEDED" | "DECLINED" | "UNKNOWN";
  readonly startedAt: Instant;
  readonly decidedAt?: Instant;
  readonly code?: string;
  readonly proposal?: Proposal;
}

export interface Proposal {
  readonly outcome: "SUCCEEDED" | "DECLINED";
  readonly operatorId: string;
  readonly note: string;
}

export interface Capture {
  readonly attemptId: string;
  readonly gateway: GatewayName;
  readonly gatewayPaymentId: string;
  readonly method: string;
  readonly amount: Won;
  readonly approvedAt: Instant;
  readonly late: boolean;
  readonly receiptUrl?: string;
  /** Of what a webhook of Toss about this payment must know (R19). */
  readonly secretHash?: string;
}

export interface Refund {
  readonly refundId: string;
  readonly amount: Won;
  readonly lines: readonly Line[];
  readonly reason: string;
  readonly status: "PROCESSING" | "COMPLETED" | "REFUSED";
  readonly requestedAt: Instant;
  readonly completedAt?: Instant;
}

/** The one payment of an order. `opened` is absent when it was closed before anybody opened it: a tombstone. */
export interface Payment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly opened?: {
    readonly buyerId: string;
    readonly orderName: string;
    readonly amount: Won;
    readonly lines: readonly Line[];
    readonly at: Instant;
    readonly expiresAt: Instant;
  };
  readonly closedAt?: Instant;
  readonly checkouts: readonly Checkout[];
  readonly attempts: readonly Attempt[];
  readonly capture?: Capture;
  readonly refunds: readonly Refund[];
  /** Derived; stored for lists and constraints. */
  readonly status: PaymentStatus;
  readonly capturedAmount: Won;
  /** What is asked back or went back: never more than was captured. */
  readonly refundingAmount: Won;
}

export type Opened = NonNullable<Payment["opened"]>;
export type OpenPayment = Payment & { readonly opened: Opened };

/** The attempt whose outcome nobody knows yet. There is at most one (MECHANISMS.md §8). */
export function openAttempt(payment: Payment): Attempt | undefined {
  return payment.attempts.find((attempt) => isOpen(attempt));
}

export function isOpen(attempt: Attempt): boolean {
  return attempt.status === "INTENT" || attempt.status === "UNKNOWN";
}

export function attemptOf(payment: Payment | undefined, attemptId: string): Attempt | undefined {
  return payment?.attempts.find((attempt) => attempt.attemptId === attemptId);
}

export function refundOf(payment: Payment | undefined, refundId: string | undefined): Refund | undefined {
  return payment?.refunds.find((refund) => refund.refundId === refundId);
}

export function sumOf(refunds: readonly Refund[], ...status: readonly Refund["status"][]): Won {
  return refunds.reduce((sum, refund) => (status.includes(refund.status) ? sum + refund.amount : sum), 0) as Won;
}

/** DOMAIN.md §4.2 as a reading of what is known, so that no order of arrival can lead to another status. */
export function statusOf(payment: Omit<Payment, "status">): PaymentStatus {
  if (payment.capture) {
    const completed = sumOf(payment.refunds, "COMPLETED");
    if (sumOf(payment.refunds, "PROCESSING") > 0) return "CANCEL_IN_PROGRESS";
    if (completed === 0) return "APPROVED";
    return completed === payment.capture.amount ? "CANCELLED" : "PARTIALLY_CANCELLED";
  }
  const last = payment.attempts.at(-1);
  if (last?.status === "UNKNOWN") return "UNKNOWN";
  if (last?.status === "INTENT") return "IN_PROGRESS";
  if (payment.closedAt) return "EXPIRED";
  if (last?.status === "DECLINED") return "FAILED";
  return payment.checkouts.length > 0 ? "IN_PROGRESS" : "READY";
}
