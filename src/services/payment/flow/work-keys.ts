import type { Instant } from "#platform/core/time.ts";
import type { Step } from "#platform/facts/change.ts";

export interface ResolveData {
  readonly attemptId: string;
  readonly tries: number;
}

export interface RefundData {
  readonly refundId: string;
  readonly tries: number;
}

export function resolveKey(attemptId: string): string {
  return `resolve:${attemptId}`;
}

/** Asks the gateway about an attempt when the time has come. */
export function resolveLater(paymentId: string, data: ResolveData, dueAt: Instant): Step {
  return { put: { key: resolveKey(data.attemptId), kind: "resolve-attempt", stream: paymentId, dueAt, data } };
}

/** Takes a refund one step on; at once unless told when. */
export function sendRefundLater(paymentId: string, data: RefundData, dueAt?: Instant): Step {
  const put = { key: `refund:${data.refundId}`, kind: "send-refund", stream: paymentId, data };
  return { put: dueAt === undefined ? put : { ...put, dueAt } };
}
