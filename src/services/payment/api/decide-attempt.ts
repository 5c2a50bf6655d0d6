import * as contract from "#contracts/payment/operator-operations.ts";
import { isRefusal, reject } from "#platform/core/decision.ts";
import { handle } from "#platform/service.ts";
import type { Deps } from "../deps.ts";
import { type DecideRefusal, decideAttempt as decide } from "../domain/decide-attempt.ts";
import { evolveAll } from "../domain/facts.ts";
import { attemptOf, isOpen, type Payment } from "../domain/payment.ts";
import { type AttemptRow, attemptRow } from "../flow/attempt-row.ts";
import { refundSteps } from "../flow/record-answer.ts";
import { resolveKey } from "../flow/work-keys.ts";

export const decideAttempt = handle(contract.decideAttempt, async (input, caller, deps: Deps) => {
  const { paymentId, attemptId, outcome: wanted, note } = input;
  if (caller.id === undefined) return reject("payment.not_found");
  const command = { attemptId, outcome: wanted, note, operatorId: caller.id };
  const outcome = await deps.records.change<DecideRefusal>({
    keys: [paymentId, attemptId],
    ...(caller.command ? { command: caller.command } : {}),
    actor: caller.id,
    traceparent: caller.traceparent,
    decide(rows, now) {
      const before = rows.get<Payment>(paymentId);
      const facts = decide(before, command, now);
      if (isRefusal(facts)) return facts;
      const after = evolveAll(before, facts);
      const attempt = attemptOf(after, attemptId);
      const row = attempt && attemptRow(paymentId, attempt, { before: rows.get<AttemptRow>(attemptId), news: {} });
      const over = attempt && !isOpen(attempt) ? [{ settle: resolveKey(attemptId) }] : [];
      const refunds = after ? facts.flatMap((fact) => refundSteps(deps, after, fact, now)) : [];
      return { facts, rows: row ? { [attemptId]: row } : {}, work: [...over, ...refunds] };
    },
  });
  if (isRefusal(outcome)) return outcome as never;
  const attempt = attemptOf(outcome.rows.get<Payment>(paymentId), attemptId);
  if (!attempt) return reject("payment.attempt_not_found");
  return { state: isOpen(attempt) ? "PROPOSED" : "DECIDED", status: attempt.status } as const;
});
