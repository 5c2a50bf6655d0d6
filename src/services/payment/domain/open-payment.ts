import { type Refusal, reject } from "#platform/core/decision.ts";
import { siblingId } from "#platform/core/ids.ts";
import type { Instant } from "#platform/core/time.ts";
import { fact, type Opening, type PaymentFact, unseen } from "./facts.ts";
import { type Opened, type OpenPayment, openAttempt, type Payment } from "./payment.ts";

/** What its order asks to be paid, and by whom. */
export type Offer = Omit<Opened, "at">;

/**
 * The payment as its buyer finds it: until he has begun to pay, as its order asks for it. One that was closed unseen
 * stays closed (reverse before forward).
 */
export function offered(
  kept: Payment | undefined,
  on: { readonly paymentId: string; readonly offer: Offer | undefined; readonly now: Instant },
): Payment | undefined {
  const { paymentId, offer, now } = on;
  if (kept?.opened || !offer) return kept;
  return { ...(kept ?? unseen(paymentId, siblingId("order", paymentId))), opened: { ...offer, at: now } };
}

/** What the next thing that its buyer begins with opens: before the first one, the payment is only offered. */
export function openingOf({ checkouts, attempts, opened }: OpenPayment): Opening {
  return checkouts.length === 0 && attempts.length === 0 ? { opens: opened } : {};
}

/**
 * Ends an unpaid payment (MECHANISMS.md §8). An attempt under way or unknown makes it undecided, unless it is forced:
 * the holds have ended, and a later success refunds itself. A payment that nobody has seen gets a tombstone.
 */
export function closePayment(
  payment: Payment | undefined,
  command: { readonly paymentId: string; readonly orderId: string; readonly force: boolean },
  now: Instant,
): readonly PaymentFact[] | Refusal<"payment.undecided"> {
  const outcome = closeOutcome(payment);
  if (outcome === "closed" || outcome === "approved") return [];
  if (outcome === "undecided" && !command.force) return reject("payment.undecided");
  const { paymentId, orderId, force } = command;
  const opened = payment?.opened !== undefined;
  return [fact(paymentId, "PaymentClosed", { orderId, forced: force && outcome === "undecided", opened, at: now })];
}

/** Where a payment stands, as a close sees it. A late capture has never paid the order. */
export function closeOutcome(payment: Payment | undefined): "closed" | "approved" | "undecided" | "open" {
  if (payment?.closedAt) return "closed";
  if (payment?.capture) return "approved";
  return payment && openAttempt(payment) ? "undecided" : "open";
}
