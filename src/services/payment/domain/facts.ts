import { unreachable } from "#platform/core/assert.ts";
import type { NewFact } from "#platform/core/decision.ts";
import { type Won, won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import type { GatewayName } from "./gateway-answer.ts";
import {
  type Attempt,
  type Checkout,
  type Line,
  type Opened,
  type Payment,
  type Proposal,
  statusOf,
  sumOf,
} from "./payment.ts";

/** What can happen to a payment. Each carries what its public event says, for announce.ts sees the fact alone. */
export interface FactData {
  PaymentClosed: { readonly orderId: string; readonly forced: boolean; readonly opened: boolean; readonly at: Instant };
  CheckoutOpened: Checkout & Opening & { readonly orderId: string };
  AttemptStarted: Opening & { readonly orderId: string; readonly attempt: Attempt };
  AttemptUncertain: {
    readonly orderId: string;
    readonly attemptId: string;
    readonly operation: Attempt["operation"];
    readonly gateway: GatewayName;
    readonly code: string;
  };
  PaymentApproved: {
    readonly orderId: string;
    readonly attemptId: string;
    readonly gateway: GatewayName;
    readonly gatewayPaymentId: string;
    readonly method: string;
    readonly amount: Won;
    readonly lines: readonly Line[];
    readonly approvedAt: Instant;
    readonly late: boolean;
    readonly receiptUrl?: string;
    readonly secretHash?: string;
    readonly at: Instant;
  };
  AttemptDeclined: {
    readonly orderId: string;
    readonly attemptId: string;
    readonly gateway: GatewayName;
    readonly code: string;
    readonly at: Instant;
  };
  RefundAccepted: {
    readonly orderId: string;
    readonly refundId: string;
    readonly amount: Won;
    readonly lines: readonly Line[];
    readonly reason: string;
    readonly at: Instant;
  };
  /** This try came to nothing; the refund goes on with another intent. */
  CancelDeclined: { readonly orderId: string; readonly attemptId: string; readonly code: string; readonly at: Instant };
  RefundCompleted: {
    readonly orderId: string;
    readonly refundId: string;
    readonly attemptId: string;
    readonly gateway: GatewayName;
    readonly amount: Won;
    readonly lines: readonly Line[];
    readonly transactionKey?: string;
    readonly at: Instant;
  };
  RefundRefused: {
    readonly orderId: string;
    readonly refundId: string;
    readonly attemptId: string;
    readonly gateway: GatewayName;
    readonly code: string;
    readonly at: Instant;
  };
  DecisionProposed: { readonly orderId: string; readonly attemptId: string; readonly proposal: Proposal };
  /** A second operator said the same; the fact that ends the attempt follows in the same commit. */
  DecisionConfirmed: { readonly orderId: string; readonly attemptId: string; readonly proposal: Proposal };
}

/** Said by the first thing that its buyer begins with: opening a payment is no fact of its own. */
export interface Opening {
  readonly opens?: Opened;
}

export type FactType = keyof FactData;
export type FactOf<Type extends FactType> = NewFact<Type, FactData[Type]>;
export type PaymentFact = { [Type in FactType]: FactOf<Type> }[FactType];

/** A fact on the stream of its payment. */
export function fact<Type extends FactType>(paymentId: string, type: Type, data: FactData[Type]): FactOf<Type> {
  return { stream: paymentId, type, data };
}

/** The payment after a fact. Pure, and the only place where a payment changes. */
export function evolve(state: Payment | undefined, happened: PaymentFact): Payment {
  const before = state ?? unseen(happened.stream, happened.data.orderId);
  const next = changed(before, happened);
  const numbers = {
    capturedAmount: next.capture?.amount ?? won(0),
    refundingAmount: sumOf(next.refunds, "PROCESSING", "COMPLETED"),
  };
  return { ...next, ...numbers, status: statusOf({ ...next, ...numbers }) };
}

export function evolveAll(state: Payment | undefined, facts: readonly PaymentFact[]): Payment | undefined {
  return facts.reduce<Payment | undefined>((payment, happened) => evolve(payment, happened), state);
}

/** A payment of which nothing is known yet but whose it is. */
export function unseen(paymentId: string, orderId: string): Payment {
  const none = { checkouts: [], attempts: [], refunds: [] };
  return { paymentId, orderId, ...none, status: "READY", capturedAmount: won(0), refundingAmount: won(0) };
}

function changed(payment: Payment, happened: PaymentFact): Payment {
  switch (happened.type) {
    case "PaymentClosed":
      return { ...payment, closedAt: happened.data.at };
    case "CheckoutOpened": {
      const { orderId: _, opens, ...checkout } = happened.data;
      return { ...opened(payment, opens), checkouts: [...payment.checkouts, checkout] };
    }
    case "AttemptStarted": {
      const { opens, attempt } = happened.data;
      return { ...opened(payment, opens), attempts: [...payment.attempts, attempt] };
    }
    case "AttemptUncertain":
      return withAttempt(payment, happened.data.attemptId, { status: "UNKNOWN", code: happened.data.code });
    case "PaymentApproved": {
      const { orderId: _, lines: __, at, ...capture } = happened.data;
      return { ...ended(payment, capture.attemptId, "SUCCEEDED", at), capture };
    }
    case "AttemptDeclined":
    case "CancelDeclined":
      return ended(payment, happened.data.attemptId, "DECLINED", happened.data.at, happened.data.code);
    case "RefundAccepted": {
      const { refundId, amount, lines, reason, at } = happened.data;
      const refund = { refundId, amount, lines, reason, status: "PROCESSING" as const, requestedAt: at };
      return { ...payment, refunds: [...payment.refunds, refund] };
    }
    case "RefundCompleted":
      return withRefund(
        ended(payment, happened.data.attemptId, "SUCCEEDED", happened.data.at),
        happened.data.refundId,
        { status: "COMPLETED", completedAt: happened.data.at },
      );
    case "RefundRefused":
      return withRefund(
        ended(payment, happened.data.attemptId, "DECLINED", happened.data.at, happened.data.code),
        happened.data.refundId,
        { status: "REFUSED" },
      );
    case "DecisionProposed":
    case "DecisionConfirmed":
      return withAttempt(payment, happened.data.attemptId, { proposal: happened.data.proposal });
    default:
      return unreachable(happened);
  }
}

function opened(payment: Payment, opens: Opened | undefined): Payment {
  return opens ? { ...payment, opened: opens } : payment;
}

function ended(payment: Payment, attemptId: string, status: Attempt["status"], at: Instant, code?: string): Payment {
  return withAttempt(payment, attemptId, { status, decidedAt: at, ...(code === undefined ? {} : { code }) });
}

function withAttempt(payment: Payment, attemptId: string, change: Partial<Attempt>): Payment {
  const attempts = payment.attempts.map((one) => (one.attemptId === attemptId ? { ...one, ...change } : one));
  return { ...payment, attempts };
}

function withRefund(payment: Payment, refundId: string, change: Partial<Payment["refunds"][number]>): Payment {
  return {
    ...payment,
    refunds: payment.refunds.map((one) => (one.refundId === refundId ? { ...one, ...change } : one)),
  };
}
