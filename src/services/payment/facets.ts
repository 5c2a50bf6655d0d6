import { isOpen, type Payment } from "./domain/payment.ts";
import type { AttemptRow } from "./flow/attempt-row.ts";

/** What payments and attempts are found by, and the sums that the database holds to I4 and I5. */
export function facets(key: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (key.startsWith("pay_")) {
    const { opened, capturedAmount, refundingAmount } = data as Payment;
    const sums = { amount: opened?.amount, captured: capturedAmount, refunding: refundingAmount };
    return { buyerId: opened?.buyerId, openedAt: opened?.at, ...sums };
  }
  if (!key.startsWith("att_")) return undefined;
  const attempt = data as AttemptRow;
  return { startedAt: attempt.startedAt, openAttemptOf: isOpen(attempt) ? attempt.paymentId : undefined };
}
