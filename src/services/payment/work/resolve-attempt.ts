import { epochMs, type Instant, spanMs } from "#platform/core/time.ts";
import { accept, type Task } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { cancelMoved, mayResend } from "../domain/apply-gateway-answer.ts";
import type { GatewayAnswer } from "../domain/gateway-answer.ts";
import { type Attempt, attemptOf, isOpen, type Payment } from "../domain/payment.ts";
import { type Heard, queryAttempt, sendAttempt } from "../flow/ask-gateway.ts";
import type { AttemptRow } from "../flow/attempt-row.ts";
import { recordAnswer } from "../flow/record-answer.ts";
import type { ResolveData } from "../flow/work-keys.ts";

/**
 * Asks the gateway what became of an attempt, for as long as it takes: only its evidence ends an attempt, never age
 * (R10, R11). When the gateway's record shows that nothing has happened, the same intent is sent again under its own
 * key.
 */
export async function resolveAttempt(task: Task, deps: Deps): Promise<void> {
  const { attemptId, tries } = task.data as ResolveData;
  const paymentId = task.stream;
  const rows = await deps.records.read([paymentId, attemptId]);
  const payment = rows.get<Payment>(paymentId);
  const attempt = attemptOf(payment, attemptId);
  if (!payment || !attempt || !isOpen(attempt)) {
    await deps.records.change({
      ...{ keys: [paymentId], traceparent: task.traceparent, settles: task.ref },
      decide: () => accept(),
    });
    return;
  }
  alertOfAge(deps, attempt, deps.clock.now());
  const token = rows.get<AttemptRow>(attemptId)?.token;
  const heard = await askOrResend(deps, payment, { attempt, token });
  await recordAnswer(deps, {
    ...{ paymentId, attemptId, heard, tries, traceparent: task.traceparent, settles: task.ref },
  });
}

async function askOrResend(
  deps: Deps,
  payment: Payment,
  on: { readonly attempt: Attempt; readonly token: string | undefined },
): Promise<Heard> {
  const { attempt, token } = on;
  const answer = await queryAttempt(deps, payment, attempt);
  const lacksToken = attempt.operation === "confirm" && needsToken(deps, attempt) && token === undefined;
  const mayGoAgain = mayResend(payment, attempt, { now: deps.clock.now(), keyMs: resendMs(deps, attempt) });
  if (lacksToken || !isUntouched(payment, attempt, answer) || !mayGoAgain) {
    return { answer, evidence: [answer.evidence] };
  }
  const resent = await sendAttempt(deps, payment, on);
  return { answer: resent.answer, evidence: [answer.evidence, ...resent.evidence] };
}

/** A day less than the gateway remembers a key. Without keys a guard amount makes a second effect impossible. */
function resendMs(deps: Deps, attempt: Attempt): number {
  const { idempotency, cancelGuard } = deps.gateways[attempt.gateway].capabilities;
  if (idempotency.kind === "header") return idempotency.ttlMs - spanMs({ days: 1 });
  return attempt.operation === "confirm" || cancelGuard ? spanMs({ days: 365 }) : 0;
}

function needsToken(deps: Deps, attempt: Attempt): boolean {
  return deps.gateways[attempt.gateway].capabilities.whoMakesPaymentId === "gateway-before-redirect";
}

/** True when the gateway's record shows that the attempt has had no effect so far. */
function isUntouched(payment: Payment, attempt: Attempt, answer: GatewayAnswer): boolean {
  if (answer.outcome !== "done") return false;
  if (attempt.operation === "confirm") return answer.view.state === "pending";
  return cancelMoved(payment, attempt, answer.view) === "not_yet";
}

function alertOfAge(deps: Deps, attempt: Attempt, now: Instant): void {
  const ageMs = epochMs(now) - epochMs(attempt.startedAt);
  if (ageMs < spanMs({ minutes: 10 })) return;
  const { attemptId, gateway, operation } = attempt;
  const fields = { attemptId, gateway, operation, ageMs };
  if (ageMs < spanMs({ hours: 1 })) deps.log.warn({ code: "payment.attempt_old", ...fields });
  else deps.log.error({ code: "payment.attempt_very_old", ...fields });
}
