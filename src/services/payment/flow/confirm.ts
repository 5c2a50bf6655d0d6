import { isRefusal, type Refusal, reject } from "#platform/core/decision.ts";
import type { Caller } from "#platform/core/operation.ts";
import { plus } from "#platform/core/time.ts";
import type { CommandRefusal } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { type Offer, offered } from "../domain/open-payment.ts";
import { attemptOf, isOpen, type Payment, type PaymentStatus } from "../domain/payment.ts";
import { type ConfirmCommand, type ConfirmRefusal, firstAttemptId, startConfirm } from "../domain/start-attempt.ts";
import { sendAttempt } from "./ask-gateway.ts";
import { type AttemptRow, attemptRow } from "./attempt-row.ts";
import { declineReason } from "./decline-reasons.ts";
import { recordAnswer } from "./record-answer.ts";
import { resolveLater } from "./work-keys.ts";

export interface Confirmed {
  readonly paymentId: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly approvedAt?: string;
}

type Code = ConfirmRefusal | "payment.declined" | "payment.gateway_unavailable" | CommandRefusal;

/**
 * One commit before the gateway hears anything, one after its answer. Whoever comes second with the same attempt sends
 * nothing and is told how it stands.
 */
export async function confirm(
  deps: Deps,
  on: {
    readonly paymentId: string;
    readonly command: ConfirmCommand;
    readonly caller: Caller;
    /** What its order asks for: it may be the first thing that its buyer begins with. */
    readonly offer: Offer | undefined;
  },
): Promise<Confirmed | Refusal<Code>> {
  const { paymentId, command, caller, offer } = on;
  const { attemptId, pgToken } = command;
  // Nothing can stand beside the first attempt yet, and nothing will but a token.
  const beside = attemptId === firstAttemptId(paymentId) && pgToken === undefined ? [] : [attemptId];
  let isMine = false;
  let isFirst = false;
  const outcome = await deps.records.change<ConfirmRefusal | "payment.gateway_unavailable">({
    keys: [paymentId, ...beside],
    makes: [...beside, ...(offer ? [paymentId] : [])],
    ...(caller.command ? { command: caller.command } : {}),
    ...(caller.id === undefined ? {} : { actor: caller.id }),
    traceparent: caller.traceparent,
    decide(rows, now) {
      isMine = false;
      const kept = rows.get<Payment>(paymentId);
      const facts = startConfirm(offered(kept, { paymentId, offer, now }), command, now);
      if (isRefusal(facts)) return facts;
      const [started] = facts;
      if (!started) return { facts };
      const { attempt } = started.data;
      // Nothing is begun at a gateway that is known to be ill, so nothing is left unknown there.
      if (!deps.gateways[attempt.gateway].isAvailable()) return reject("payment.gateway_unavailable");
      const row = attemptRow(paymentId, attempt, { before: rows.get<AttemptRow>(attemptId), news: { token: pgToken } });
      const dueAt = plus(now, { seconds: deps.settings.resolveAfterSeconds });
      isMine = true;
      isFirst = row === undefined;
      const work = [resolveLater(paymentId, { attemptId, tries: 0 }, dueAt)];
      return { facts, rows: row ? { [attemptId]: row } : {}, work };
    },
  });
  if (isRefusal(outcome)) return outcome as Refusal<Code>;
  const payment = outcome.rows.get<Payment>(paymentId);
  const attempt = attemptOf(payment, attemptId);
  if (!payment || !attempt || !isMine || outcome.repeated) return answerOf(payment, attemptId, caller);
  const heard = await sendAttempt(deps, payment, { attempt, token: pgToken });
  const after = await recordAnswer(deps, { paymentId, attemptId, heard, isFirst, traceparent: caller.traceparent });
  return answerOf(after ?? payment, attemptId, caller);
}

/** What a confirm says of an attempt, now or when asked again. */
function answerOf(payment: Payment | undefined, attemptId: string, caller: Caller): Confirmed | Refusal<Code> {
  const attempt = attemptOf(payment, attemptId);
  if (!payment || !attempt) return reject("payment.not_found");
  if (attempt.status === "DECLINED") {
    const gatewayCode = attempt.code ?? "";
    return reject("payment.declined", { reason: declineReason(gatewayCode, caller.locale), gatewayCode });
  }
  const { paymentId, orderId, status } = payment;
  const { amount } = attempt;
  const approvedAt = payment.capture?.approvedAt;
  const isUnknown = isOpen(attempt) && attempt.status === "UNKNOWN";
  return {
    ...{ paymentId, orderId, attemptId, amount, status: isUnknown ? "UNKNOWN" : status },
    ...(approvedAt === undefined ? {} : { approvedAt }),
  };
}
