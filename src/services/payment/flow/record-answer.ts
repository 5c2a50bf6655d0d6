import { isRefusal } from "#platform/core/decision.ts";
import { type Instant, plus } from "#platform/core/time.ts";
import type { Rows, Step, WorkRef } from "#platform/facts/change.ts";
import type { Deps } from "../deps.ts";
import { applyGatewayAnswer } from "../domain/apply-gateway-answer.ts";
import { evolveAll, type PaymentFact } from "../domain/facts.ts";
import type { Evidence } from "../domain/gateway-answer.ts";
import { attemptOf, isOpen, type Payment } from "../domain/payment.ts";
import type { Heard } from "./ask-gateway.ts";
import { type AttemptRow, attemptRow, isPlain, withEvidence } from "./attempt-row.ts";
import { resolveKey, resolveLater, sendRefundLater } from "./work-keys.ts";

export interface Answered {
  readonly paymentId: string;
  readonly attemptId: string;
  readonly heard: Heard;
  readonly traceparent: string;
  /** Nothing has been kept beside the attempt so far: its row is expected to be new. */
  readonly isFirst?: boolean;
  /** The resolver's own piece of work, and how often it has asked. */
  readonly settles?: WorkRef;
  readonly tries?: number;
}

/** Commits what an answer means, with its evidence, however it came. Gives the payment as it is then. */
export async function recordAnswer(deps: Deps, answered: Answered): Promise<Payment | undefined> {
  const { paymentId, attemptId, heard, traceparent, settles, isFirst = false } = answered;
  const isKept = await keptApart(deps, answered);
  const news = isKept ? [] : heard.evidence;
  // What nobody will write need not be read either.
  const hasRow = !(isFirst && isPlain(heard.evidence));
  let contradiction: string | undefined;
  const outcome = await deps.records.change({
    keys: hasRow ? [paymentId, attemptId] : [paymentId],
    makes: isFirst && !isKept ? [attemptId] : [],
    traceparent,
    // An attempt ends once: a repeat finds it ended (R20).
    idempotent: true,
    ...(settles ? { settles } : {}),
    decide(rows, now) {
      const payment = rows.get<Payment>(paymentId);
      const applied = applyGatewayAnswer(payment, attemptId, { answer: heard.answer, now });
      contradiction = applied.contradiction;
      const after = evolveAll(payment, applied.facts);
      const work = workAfter(deps, after, { ...answered, facts: applied.facts, now });
      return { facts: applied.facts, rows: hasRow ? rowsAfter(rows, after, answered, news) : {}, work };
    },
  });
  if (contradiction)
    deps.log.error({ code: "payment.contradiction", critical: true, contradiction, paymentId, attemptId });
  return isRefusal(outcome) ? undefined : outcome.rows.get<Payment>(paymentId);
}

/**
 * What failed is kept in a commit of its own, before the one that says what it means: whatever becomes of that one, the
 * evidence stays (R8). A plain success is spared the commit. True: kept, so the next commit need not bring it.
 */
async function keptApart(deps: Deps, { paymentId, attemptId, heard, traceparent }: Answered): Promise<boolean> {
  if (isPlain(heard.evidence)) return false;
  try {
    await deps.records.change({
      keys: [attemptId],
      traceparent,
      decide(rows) {
        const row = rows.get<AttemptRow>(attemptId);
        const evidence = withEvidence(row?.evidence ?? [], heard.evidence);
        return { rows: { [attemptId]: { paymentId, ...row, evidence } satisfies AttemptRow } };
      },
    });
    return true;
  } catch (error) {
    // The answer itself must not be lost for it: it is tried again in the commit of what it means.
    deps.log.warn({ code: "payment.evidence_not_kept", attemptId, error });
    return false;
  }
}

function rowsAfter(
  rows: Rows,
  payment: Payment | undefined,
  { paymentId, attemptId }: Answered,
  evidence: readonly Evidence[],
): Record<string, AttemptRow> {
  const attempt = attemptOf(payment, attemptId);
  const before = rows.get<AttemptRow>(attemptId);
  const row = attempt && attemptRow(paymentId, attempt, { before, news: { evidence } });
  return row ? { [attemptId]: row } : {};
}

function workAfter(
  deps: Deps,
  payment: Payment | undefined,
  on: Answered & { readonly facts: readonly PaymentFact[]; readonly now: Instant },
): readonly Step[] {
  const attempt = attemptOf(payment, on.attemptId);
  if (!payment || !attempt) return [];
  if (isOpen(attempt)) {
    const tries = on.tries ?? 0;
    return [
      resolveLater(payment.paymentId, { attemptId: on.attemptId, tries: tries + 1 }, askAgainAt(deps, tries, on.now)),
    ];
  }
  return [
    { settle: resolveKey(on.attemptId) },
    ...on.facts.flatMap((fact) => refundSteps(deps, payment, fact, on.now)),
  ];
}

/** What a fact means for refunds: a late capture goes back by itself, a cancel that came to nothing is sent again. */
export function refundSteps(deps: Deps, payment: Payment, fact: PaymentFact, now: Instant): readonly Step[] {
  if (fact.type === "RefundAccepted") {
    return [sendRefundLater(payment.paymentId, { refundId: fact.data.refundId, tries: 0 })];
  }
  if (fact.type !== "CancelDeclined") return [];
  const attempt = attemptOf(payment, fact.data.attemptId);
  if (!attempt?.refundId) return [];
  const pauseMs = deps.gateways[attempt.gateway].capabilities.cancelPauseMs;
  return [sendRefundLater(payment.paymentId, { refundId: attempt.refundId, tries: 0 }, plus(now, { ms: pauseMs }))];
}

/** Doubled at each question and capped; there is no last one (R10). */
function askAgainAt(deps: Deps, tries: number, now: Instant): Instant {
  const { resolveUnknownSeconds, resolveLongestSeconds } = deps.settings;
  return plus(now, { seconds: Math.min(resolveLongestSeconds, resolveUnknownSeconds * 2 ** Math.min(tries, 20)) });
}
