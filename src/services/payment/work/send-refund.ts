import { postRefundIntent } from "#contracts/wallet/operations.ts";
import { isRefusal } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { isAfter, plus, type Span } from "#platform/core/time.ts";
import { accept, type Task } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { evolveAll } from "../domain/facts.ts";
import { type Attempt, type Capture, type Payment, type Refund, refundOf } from "../domain/payment.ts";
import { startCancel } from "../domain/refund-payment.ts";
import { sendAttempt } from "../flow/ask-gateway.ts";
import { recordAnswer } from "../flow/record-answer.ts";
import { type RefundData, resolveLater, sendRefundLater } from "../flow/work-keys.ts";

/** How long a refund waits for the ledger or for its gateway before it tries again. */
const RETRY_MS_FIRST = 200;
const RETRY_MS_LONGEST = 60_000;

/**
 * Takes a refund from accepted to sent: the ledger's J3 first, and only after it is confirmed the cancel's intent and
 * the call (MECHANISMS.md §9). From the intent on the resolver owns it, so a crash leaves nothing behind.
 */
export async function sendRefund(task: Task, deps: Deps): Promise<void> {
  const paymentId = task.stream;
  const { refundId } = task.data as RefundData;
  const payment = (await deps.records.read([paymentId])).get<Payment>(paymentId);
  const refund = refundOf(payment, refundId);
  if (!payment?.capture || refund?.status !== "PROCESSING") return leave(task, deps);
  if (!(await postIntent(task, deps, { payment, capture: payment.capture, refund }))) return;
  if (!deps.gateways[payment.capture.gateway].isAvailable()) return tryLater(task, deps, {});
  const started = await commitIntent(task, deps, payment.capture);
  if (!started) return;
  const heard = await sendAttempt(deps, started.payment, started);
  const { attemptId } = started.attempt;
  await recordAnswer(deps, { paymentId, attemptId, heard, traceparent: task.traceparent });
}

/** J3. False: not yet, and the refund has been put off. */
async function postIntent(
  task: Task,
  deps: Deps,
  on: { readonly payment: Payment; readonly capture: Capture; readonly refund: Refund },
): Promise<boolean> {
  const { refundId, amount, lines, reason } = on.refund;
  const { orderId, paymentId } = on.payment;
  const { gateway } = on.capture;
  const input = { orderId, refundId, gateway, amount, lines: [...lines], reason };
  const posted = await deps.call(postRefundIntent, input, inNameOfPayment(task, `payment:refund:${refundId}`));
  if (!isRefusal(posted)) return true;
  if (posted.refused === "wallet.capture_not_posted") {
    await tryLater(task, deps, {});
    return false;
  }
  // The two books disagree about what is left: no money moves until a person has looked.
  deps.log.error({ code: "payment.refund_not_posted", critical: true, paymentId, refundId, refused: posted.refused });
  await tryLater(task, deps, { hours: 1 });
  return false;
}

async function commitIntent(
  task: Task,
  deps: Deps,
  capture: Capture,
): Promise<{ readonly payment: Payment; readonly attempt: Attempt } | undefined> {
  const paymentId = task.stream;
  const { refundId, tries } = task.data as RefundData;
  const attemptId = deps.ids.make("attempt");
  const pauseMs = deps.gateways[capture.gateway].capabilities.cancelPauseMs;
  let started: { readonly payment: Payment; readonly attempt: Attempt } | undefined;
  await deps.records.change({
    keys: [paymentId],
    traceparent: task.traceparent,
    settles: task.ref,
    decide(rows, now) {
      started = undefined;
      const before = rows.get<Payment>(paymentId);
      const step = startCancel(before, refundId, { attemptId, pauseMs, now });
      if ("over" in step) return accept();
      if ("waitUntil" in step) {
        const patient = plus(now, { ms: backOffMs(tries) });
        const dueAt = isAfter(step.waitUntil, patient) ? step.waitUntil : patient;
        return { work: [sendRefundLater(paymentId, { refundId, tries: tries + 1 }, dueAt)] };
      }
      const payment = evolveAll(before, step.start);
      if (payment) started = { payment, attempt: step.attempt };
      const dueAt = plus(now, { seconds: deps.settings.resolveAfterSeconds });
      const work = [resolveLater(paymentId, { attemptId, tries: 0 }, dueAt)];
      return { facts: step.start, work };
    },
  });
  return started;
}

async function leave(task: Task, deps: Deps): Promise<void> {
  await deps.records.change({
    ...{ keys: [task.stream], traceparent: task.traceparent, settles: task.ref },
    decide: () => accept(),
  });
}

async function tryLater(task: Task, deps: Deps, wait: Span): Promise<void> {
  const { refundId, tries } = task.data as RefundData;
  await deps.records.change({
    ...{ keys: [task.stream], traceparent: task.traceparent, settles: task.ref },
    decide: (_rows, now) => {
      const dueAt = plus(plus(now, { ms: backOffMs(tries) }), wait);
      return { work: [sendRefundLater(task.stream, { refundId, tries: tries + 1 }, dueAt)] };
    },
  });
}

function backOffMs(tries: number): number {
  return Math.min(RETRY_MS_LONGEST, RETRY_MS_FIRST * 2 ** Math.min(tries, 10));
}

function inNameOfPayment(task: Task, commandId: string): Caller {
  const command = { id: commandId, bodyHash: commandId };
  return { kind: "service", id: "payment", roles: [], traceparent: task.traceparent, locale: "ko", command };
}
