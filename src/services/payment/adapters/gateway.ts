import type { Won } from "#platform/core/money.ts";
import type { Clock } from "#platform/core/time.ts";
import type { Evidence, GatewayAnswer, GatewayName } from "../domain/gateway-answer.ts";

/**
 * What a gateway can do, so that the core chooses by capability and never by name (PAYMENT-GATEWAYS.md §0). `none` as
 * an idempotency kind means that a resend is safe only where a guard amount protects it.
 */
export interface Capabilities {
  readonly whoMakesPaymentId: "gateway-before-redirect" | "gateway-in-window";
  readonly lookupByMerchantReference: boolean;
  readonly idempotency: { readonly kind: "header"; readonly ttlMs: number } | { readonly kind: "none" };
  readonly cancelGuard: boolean;
  /** Two cancels of one payment must be further apart than this. */
  readonly cancelPauseMs: number;
  readonly webhookAuth: "none" | "shared-value" | "hmac";
}

export interface WindowRequest {
  readonly reference: string;
  readonly buyerId: string;
  readonly orderName: string;
  readonly amount: Won;
  readonly method: string;
  readonly successUrl: string;
  readonly failUrl: string;
}

/** What the buyer's browser needs: parameters for a window of Toss, or an address at KakaoPay. */
export type WindowOpened =
  | { readonly kind: "parameters"; readonly clientKey: string; readonly pageUrl: string }
  | { readonly kind: "redirect"; readonly gatewayPaymentId: string; readonly redirectUrl: string };

/** No money moves at a window, so an unknown outcome may be abandoned (MECHANISMS.md §8). */
export type WindowAnswer =
  | { readonly outcome: "done"; readonly window: WindowOpened }
  | { readonly outcome: "refused" | "unknown"; readonly code: string; readonly evidence: Evidence };

/** What each answer is compared with (R9). `total` is the whole captured amount, of a cancel too. */
export interface PaymentRequest {
  readonly gatewayPaymentId: string;
  readonly reference: string;
  readonly total: Won;
}

export interface ConfirmRequest extends PaymentRequest {
  readonly key: string;
  readonly buyerId: string;
  /** KakaoPay's single-use token. */
  readonly token?: string;
}

export interface CancelRequest extends PaymentRequest {
  readonly key: string;
  readonly amount: Won;
  /** What must be cancellable when it begins: a resend after an effect then fails instead of refunding twice. */
  readonly guardAmount: Won;
  readonly reason: string;
}

/**
 * The port to a payment gateway. Nothing here throws for what a gateway or the network does: every such thing is one of
 * the three arms, and whatever is not listed as a no is unknown (R1, R6).
 */
export interface Gateway {
  readonly name: GatewayName;
  readonly capabilities: Capabilities;
  /** False while its circuit is open: then nothing is begun, so nothing is left unknown. */
  isAvailable(): boolean;
  openWindow(request: WindowRequest): Promise<WindowAnswer>;
  confirm(request: ConfirmRequest): Promise<GatewayAnswer>;
  query(request: PaymentRequest): Promise<GatewayAnswer>;
  cancel(request: CancelRequest): Promise<GatewayAnswer>;
  close(): Promise<void>;
}

/** Sizes and times of one gateway's own compartment: a dark gateway fills nothing but this (R41). */
export interface Compartment {
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxInFlight: number;
  readonly maxQueued: number;
  readonly failuresToOpen: number;
  readonly halfOpenAfterMs: number;
}
