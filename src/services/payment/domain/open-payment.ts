import { type Refusal, reject } from "#platform/core/decision.ts";
import type { Won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { fact, type PaymentFact } from "./facts.ts";
import { type Line, type Opened, openAttempt, type Payment } from "./payment.ts";

export interface OpenCommand {
  readonly paymentId: string;
  readonly orderId: string;
  readonly buyerId: string;
  readonly orderName: string;
  readonly amount: Won;
  readonly lines: readonly Line[];
  readonly expiresAt: Instant;
}

/** Reverse before forward: what was closed unseen is not opened any more. Opening twice changes nothing. */
export function openPayment(
  payment: Payment | undefined,
  command: OpenCommand,
  now: Instant,
): readonly PaymentFact[] | Refusal<"payment.closed" | "request.key_reused"> {
  if (payment?.closedAt) return reject("payment.closed");
  if (payment?.opened) return isSame(payment.opened, command) ? [] : reject("request.key_reused");
  const { paymentId, ...opened } = command;
  return [fact(paymentId, "PaymentOpened", { ...opened, at: now })];
}

function isSame({ buyerId, orderName, amount, lines }: Opened, command: OpenCommand): boolean {
  const isSameLine = ({ orderLineId, amount: part }: Line, n: number) =>
    lines[n]?.orderLineId === orderLineId && lines[n].amount === part;
  const isSameSum = amount === command.amount && lines.length === command.lines.length;
  return buyerId === command.buyerId && orderName === command.orderName && isSameSum && command.lines.every(isSameLine);
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
