import { isOpen, type Payment } from "./domain/payment.ts";

/** What payments are found by, and the numbers that the database holds to I4, I5 and one open attempt. */
export function facets(key: string, data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!key.startsWith("pay_")) return undefined;
  const { opened, attempts, capturedAmount, refundingAmount } = data as Payment;
  const sums = { amount: opened?.amount, captured: capturedAmount, refunding: refundingAmount };
  return { buyerId: opened?.buyerId, openedAt: opened?.at, openAttempts: attempts.filter(isOpen).length, ...sums };
}
