import type { Won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";

export type GatewayName = "toss" | "kakaopay";
export type GatewayCall = "ready" | "confirm" | "query" | "cancel";

/** What a gateway says a payment is, in words that all gateways share. Never more than it said. */
export interface GatewayView {
  readonly state: "pending" | "captured" | "failed";
  readonly gatewayPaymentId: string;
  /** Our reference as it was echoed. */
  readonly reference: string;
  readonly amount: Won;
  /** All that went back so far. */
  readonly cancelledAmount: Won;
  readonly method?: string;
  readonly approvedAt?: Instant;
  readonly receiptUrl?: string;
  /** Of the newest cancel. */
  readonly transactionKey?: string;
  readonly failureCode?: string;
  /** Toss gives a secret per payment, which a webhook must know; its SHA-256 is enough to tell. */
  readonly secretHash?: string;
}

/** What is kept of a call, failed ones above all (R8). No body: those hold card numbers. */
export interface Evidence {
  readonly call: GatewayCall;
  readonly at: Instant;
  readonly durationMs: number;
  readonly outcome: "done" | "refused" | "unknown";
  readonly code?: string;
  readonly httpStatus?: number;
}

/** Classes of a definite no. Everything else is unknown: a new class must be put into a gateway's table by a person. */
export type RefusalClass =
  /** The card company, the bank or the wallet said no. */
  | "declined"
  /** There is nothing (any more) that could be captured. */
  | "session_gone"
  /** A cancel that will not happen in this form. */
  | "cancel_refused"
  /** A cancel that was not carried out and may be asked for again, as a new intent with a new key. */
  | "try_again";

/** The three arms of every answer (R1). `unknown` is never a no. */
export type GatewayAnswer =
  | { readonly outcome: "done"; readonly view: GatewayView; readonly evidence: Evidence }
  | {
      readonly outcome: "refused";
      readonly refusalClass: RefusalClass;
      readonly code: string;
      readonly evidence: Evidence;
    }
  | { readonly outcome: "unknown"; readonly code: string; readonly evidence: Evidence };
