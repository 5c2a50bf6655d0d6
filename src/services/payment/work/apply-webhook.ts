import { hash, timingSafeEqual } from "node:crypto";
import { idPattern, siblingId } from "#platform/core/ids.ts";
import { accept, type Task } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { type Attempt, attemptOf, openAttempt, type Payment } from "../domain/payment.ts";
import { queryAttempt } from "../flow/ask-gateway.ts";
import type { AttemptRow } from "../flow/attempt-row.ts";
import { recordAnswer } from "../flow/record-answer.ts";
import { hintOf, type WebhookReason, type WebhookRow } from "../flow/webhook.ts";

const OUR_REFERENCE = new RegExp(idPattern("attempt"));

/**
 * A webhook moves nothing: it only makes us read the payment again sooner than the resolver would (R20, I16). So a
 * forged, altered, repeated or late one changes nothing, and losing all of them changes only the time to converge
 * (I17).
 */
export async function applyWebhook(task: Task, deps: Deps): Promise<void> {
  const key = task.stream;
  const row = (await deps.records.read([key])).get<WebhookRow>(key);
  const reason = row ? await follow(task, deps, row) : "not_readable";
  const state = reason === "read_again" ? ("APPLIED" as const) : ("IGNORED" as const);
  await deps.records.change({
    ...{ keys: [key], traceparent: task.traceparent, settles: task.ref },
    decide: (rows) => {
      const kept = rows.get<WebhookRow>(key);
      return kept ? { rows: { [key]: { ...kept, state, reason } } } : accept();
    },
  });
}

async function follow(task: Task, deps: Deps, row: WebhookRow): Promise<WebhookReason> {
  if (!isListed(deps.settings.tossWebhookAddresses, row.from)) return ignored(deps, task, "address_not_listed");
  const hint = hintOf(row.raw);
  if (!hint) return ignored(deps, task, "not_readable");
  const payment = hint.reference === undefined ? undefined : await findPayment(deps, hint.reference);
  if (!payment) return ignored(deps, task, "not_ours");
  const secretHash = payment.capture?.secretHash;
  if (hint.secret !== undefined && secretHash !== undefined && !isSame(hash("sha256", hint.secret), secretHash)) {
    return ignored(deps, task, "wrong_secret");
  }
  const attempt: Attempt | undefined = openAttempt(payment);
  if (!attempt) return "nothing_open";
  const answer = await queryAttempt(deps, payment, attempt);
  const heard = { answer, evidence: [answer.evidence] };
  const { paymentId } = payment;
  await recordAnswer(deps, { paymentId, attemptId: attempt.attemptId, heard, traceparent: task.traceparent });
  return "read_again";
}

/** Our reference at a gateway is the id of the attempt that confirmed, and it stood before the gateway heard of it. */
async function findPayment(deps: Deps, reference: string): Promise<Payment | undefined> {
  // Anybody may write anything here: only what looks like an id of ours is looked up.
  if (!OUR_REFERENCE.test(reference)) return undefined;
  const known = (await deps.records.read([reference])).get<AttemptRow>(reference);
  const paymentId = known?.paymentId ?? siblingId("payment", reference);
  const payment = (await deps.records.read([paymentId])).get<Payment>(paymentId);
  return attemptOf(payment, reference) ? payment : undefined;
}

function isListed(addresses: string, from: string | undefined): boolean {
  const listed = addresses.split(",").map((one) => one.trim());
  return addresses.trim() === "" || (from !== undefined && listed.includes(from));
}

/** In constant time. */
function isSame(given: string, known: string): boolean {
  return timingSafeEqual(Buffer.from(given), Buffer.from(known));
}

function ignored(deps: Deps, task: Task, reason: WebhookReason): WebhookReason {
  deps.log.warn({ code: "payment.webhook_ignored", reason, webhook: task.stream });
  return reason;
}
