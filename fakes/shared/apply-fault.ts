import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Faults } from "./faults.ts";
import { type Answer, html, parseObject, type Reply } from "./serve.ts";

/** What a gateway hands in so that a fault can be played on one of its operations. */
export type Operation = {
  name: string;
  /** The merchant's order id, when the request or the payment behind it tells. */
  orderId: string | undefined;
  /** Does the work and renders the true answer. A decline replaces the effect; a delay comes before it. */
  perform(order?: { declineCode?: string; delayMs?: number }): Reply | Promise<Reply>;
  /** Forgets what an idempotency key remembers of this call. */
  forget?(): void;
  internalError(): Reply;
  slowDown(): Reply;
  /** Spoils a true answer: another payment's, another amount, nulls, unknown fields. */
  spoil(kind: Fault["kind"], answer: Record<string, unknown>): Record<string, unknown>;
};

const hangMsDefault = 120_000;
const slowMsDefault = 1_000;

/** Performs an operation, playing the fault that was ordered for it. Without faults it stays synchronous and cheap. */
export function performWithFaults(faults: Faults, operation: Operation): Answer | Promise<Answer> {
  const fault = faults.take("answer", operation.name, operation.orderId);
  return fault === undefined ? operation.perform() : playFault(fault, operation);
}

async function playFault(fault: Fault, operation: Operation): Promise<Answer> {
  if (fault.kind.startsWith("decline:")) {
    return operation.perform({ declineCode: fault.kind.slice("decline:".length) });
  }
  switch (fault.kind) {
    case "fail-before":
      return operation.internalError();
    case "429":
      return operation.slowDown();
    case "drop-before":
    case "dark":
      return { drop: true };
    case "hang-before":
    case "dark-hang":
      return { hangMs: fault.ms ?? hangMsDefault };
    case "slow":
      return operation.perform({ delayMs: fault.ms ?? slowMsDefault });
    default:
      return spoilAnswer(fault, await operation.perform(), operation);
  }
}

async function spoilAnswer(fault: Fault, reply: Reply, operation: Operation): Promise<Answer> {
  switch (fault.kind) {
    case "slow-answer":
      await sleep(fault.ms ?? slowMsDefault);
      return reply;
    case "effect-then-drop":
      return { drop: true };
    case "effect-then-500":
      operation.forget?.();
      return operation.internalError();
    case "effect-then-500-remembered":
      return operation.internalError();
    case "effect-then-hang":
      return { hangMs: fault.ms ?? hangMsDefault };
    case "html":
      return html(200, "<!doctype html><title>점검 중</title><h1>시스템 점검 중입니다</h1>");
    case "empty":
      return { ...reply, body: "" };
    case "truncated":
      return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
    case "cut":
      return { ...reply, cutAfterBytes: Math.floor(reply.body.length / 2) };
    default: {
      const answer = parseObject(reply.body);
      return answer === undefined ? reply : { ...reply, body: JSON.stringify(operation.spoil(fault.kind, answer)) };
    }
  }
}

/** Unknown fields of every JSON type: "new response fields may appear without notice". */
export function withExtraFields(answer: Record<string, unknown>): Record<string, unknown> {
  const extra = { 새필드: "값", list: [1, { deep: null }], flag: true, count: 9007199254740991 };
  return { ...answer, fakeExtraText: "unknown", fakeExtraObject: extra, fakeExtraNull: null };
}

/** Sets every named field to null. */
export function withNulls(answer: Record<string, unknown>, nullable: readonly string[]): Record<string, unknown> {
  return { ...answer, ...Object.fromEntries(nullable.map((name) => [name, null])) };
}
