import { type Refusal, reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import { type Won, won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { type FactOf, fact } from "./facts.ts";
import type { GatewayName } from "./gateway-answer.ts";
import { openingOf } from "./open-payment.ts";
import { type Attempt, attemptOf, type Checkout, type OpenPayment, openAttempt, type Payment } from "./payment.ts";

export type NotPayable = "payment.not_found" | "payment.not_open" | "payment.expired" | "payment.in_progress";

/**
 * Why no money may be asked for now. `buyerId` is the caller's; undefined when the gateway's own key has vouched for
 * him (a return page). Another person's payment is not found (404), never forbidden.
 */
export function refusePayable(
  payment: Payment | undefined,
  buyerId: string | undefined,
  now: Instant,
): Refusal<NotPayable> | undefined {
  if (!isOpened(payment) || !isOwn(payment, buyerId)) return reject("payment.not_found");
  if (payment.closedAt) return reject("payment.expired");
  if (payment.capture) return reject("payment.not_open");
  if (openAttempt(payment)) return reject("payment.in_progress");
  if (now >= payment.opened.expiresAt) return reject("payment.expired");
  return undefined;
}

export function isOpened(payment: Payment | undefined): payment is OpenPayment {
  return payment?.opened !== undefined;
}

export function isOwn(payment: OpenPayment, buyerId: string | undefined): boolean {
  return buyerId === undefined || payment.opened.buyerId === buyerId;
}

/** The first Toss attempt needs no row before its confirm, because its id follows from the payment's. */
export function firstAttemptId(paymentId: string): string {
  return siblingId("attempt", paymentId);
}

/** True while the first attempt's id has not been used up, so that a window may be opened with it without a commit. */
export function isFirstAttemptFree(payment: Payment): boolean {
  return attemptOf(payment, firstAttemptId(payment.paymentId)) === undefined;
}

/** Remembers a payment window that was handed out. */
export function openCheckout(
  payment: Payment | undefined,
  checkout: Checkout,
  on: { readonly buyerId: string; readonly now: Instant },
): readonly FactOf<"CheckoutOpened">[] | Refusal<NotPayable> {
  const refusal = refusePayable(payment, on.buyerId, on.now);
  if (refusal || !isOpened(payment)) return refusal ?? reject("payment.not_found");
  const { paymentId, orderId } = payment;
  return [fact(paymentId, "CheckoutOpened", { ...checkout, orderId, ...openingOf(payment) })];
}

export interface ConfirmCommand {
  readonly attemptId: string;
  readonly buyerId: string | undefined;
  readonly amount: Won;
  readonly paymentKey: string | undefined;
  readonly pgToken: string | undefined;
}

export type ConfirmRefusal =
  | NotPayable
  | "payment.attempt_not_found"
  | "payment.amount_mismatch"
  | "payment.token_missing";

/**
 * The intent of a confirm, decided on the payment's row: it commits before the gateway hears anything (R3). Asking
 * again with the same attempt changes nothing; its answer is what became of it.
 */
export function startConfirm(
  payment: Payment | undefined,
  command: ConfirmCommand,
  now: Instant,
): readonly FactOf<"AttemptStarted">[] | Refusal<ConfirmRefusal> {
  if (!isOpened(payment) || !isOwn(payment, command.buyerId)) return reject("payment.not_found");
  const checkout = checkoutOf(payment, command.attemptId);
  if (!checkout) return reject("payment.attempt_not_found");
  if (attemptOf(payment, command.attemptId)) return [];
  const refusal = refusePayable(payment, command.buyerId, now);
  if (refusal) return refusal;
  if (command.amount !== payment.opened.amount) return reject("payment.amount_mismatch", { field: "amount" });
  const gatewayPaymentId = checkout.gatewayPaymentId ?? command.paymentKey;
  if (gatewayPaymentId === undefined) return reject("payment.token_missing", { field: "paymentKey" });
  if (checkout.gateway === "kakaopay" && command.pgToken === undefined) {
    return reject("payment.token_missing", { field: "pgToken" });
  }
  const attempt: Attempt = {
    attemptId: command.attemptId,
    operation: "confirm",
    gateway: checkout.gateway,
    gatewayPaymentId,
    reference: command.attemptId,
    key: gatewayKey("confirm", command.attemptId),
    amount: payment.opened.amount,
    guardAmount: won(0),
    status: "INTENT",
    startedAt: now,
  };
  const { paymentId, orderId } = payment;
  return [fact(paymentId, "AttemptStarted", { orderId, attempt, ...openingOf(payment) })];
}

/** One key per intent, the same on every resend (PAYMENT-GATEWAYS.md §1.7). */
export function gatewayKey(operation: Attempt["operation"], attemptId: string): string {
  return `${operation}:${attemptId}`;
}

/** The window this attempt belongs to: a remembered one, or the implicit first one at Toss. */
function checkoutOf(payment: Payment, attemptId: string): Checkout | undefined {
  const known = payment.checkouts.find((one) => one.attemptId === attemptId);
  if (known) return known;
  const gateway: GatewayName = "toss";
  return attemptId === firstAttemptId(payment.paymentId) ? { attemptId, gateway } : undefined;
}
