import { won } from "#platform/core/money.ts";
import type { Instant } from "#platform/core/time.ts";
import { evolveAll, fact, type PaymentFact } from "./facts.ts";
import type { Evidence, GatewayAnswer, GatewayView, RefusalClass } from "./gateway-answer.ts";
import { type Offer, offered } from "./open-payment.ts";
import { type Attempt, attemptOf, type Line, type Payment } from "./payment.ts";
import { firstAttemptId, startConfirm } from "./start-attempt.ts";

/** Words for the tests of the domain. */
export const SUFFIX = "01jd7x0000000000000000rder";
export const paymentId = `pay_${SUFFIX}`;
export const orderId = `ord_${SUFFIX}`;
export const attemptId = firstAttemptId(paymentId);
export const buyerId = "acc_01jd7x0000000000000000b9yr";
export const now = "2026-11-21T03:00:00.000Z" as Instant;
export const expiresAt = "2026-11-21T03:10:00.000Z" as Instant;
export const line = (n: number, amount: number): Line => ({
  orderLineId: `oln_01jd7x000000000000000000${n}0`,
  storeOrderId: "sto_01jd7x0000000000000000str1",
  sellerId: "acc_01jd7x0000000000000000se11",
  amount,
});
export const lines = [line(1, 9_000), line(2, 3_000)];

export const offer: Offer = { buyerId, orderName: "국물떡볶이 외 1건", amount: won(12_000), lines, expiresAt };
/** As its buyer finds it before he has begun to pay. */
export const unbegun = must(offered(undefined, { paymentId, offer, now }));
export const closed = fact(paymentId, "PaymentClosed", { orderId, forced: true, opened: true, at: now });

export function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the test expected something here");
  return value;
}

export function after(...facts: readonly PaymentFact[]): Payment {
  return must(evolveAll(undefined, facts));
}

/** The facts of a confirm that has been sent. */
export function confirming(): readonly PaymentFact[] {
  const command = { attemptId, buyerId, amount: won(12_000), paymentKey: "tgen_1", pgToken: undefined };
  const facts = startConfirm(unbegun, command, now);
  if ("refused" in facts) throw new Error(facts.refused);
  return facts;
}

export function attempt(payment: Payment, id: string = attemptId): Attempt {
  return must(attemptOf(payment, id));
}

export function evidence(outcome: Evidence["outcome"]): Evidence {
  return { call: "query", at: now, durationMs: 1, outcome };
}

export function view(state: GatewayView["state"], cancelled = 0): GatewayAnswer {
  const ids = { gatewayPaymentId: "tgen_1", reference: attemptId, amount: won(12_000) };
  const value: GatewayView = { state, ...ids, cancelledAmount: won(cancelled), method: "카드", approvedAt: now };
  return { outcome: "done", view: value, evidence: evidence("done") };
}

export function refused(code: string, refusalClass: RefusalClass): GatewayAnswer {
  return { outcome: "refused", code, refusalClass, evidence: evidence("refused") };
}

export function unknown(code: string): GatewayAnswer {
  return { outcome: "unknown", code, evidence: evidence("unknown") };
}
