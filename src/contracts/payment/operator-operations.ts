import { Type } from "typebox";
import { id, instantField, oneOf, page, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { attemptStatus } from "./buyer-operations.ts";
import { gatewayName } from "./events.ts";

const UnresolvedAttempt = Type.Object({
  attemptId: id("attempt"),
  paymentId: id("payment"),
  orderId: id("order"),
  operation: oneOf(["confirm", "cancel"]),
  gateway: gatewayName,
  gatewayPaymentId: text(200),
  amount: wonField(),
  status: attemptStatus,
  startedAt: instantField(),
  /** The latest answers of the gateway, oldest first. */
  evidence: Type.Array(
    Type.Object({
      at: instantField(),
      call: text(20),
      outcome: text(20),
      code: Type.Optional(text(200)),
      httpStatus: Type.Optional(Type.Integer()),
    }),
  ),
  proposedOutcome: Type.Optional(attemptStatus),
  proposedNote: Type.Optional(text(500)),
});

/** The operator queue of R11 and I19: what no gateway has answered yet, oldest first. */
export const listUnresolvedAttempts = operation({
  service: "payment",
  name: "listUnresolvedAttempts",
  method: "GET",
  path: "/operator/payment-attempts/unresolved",
  access: ["OPERATOR"],
  summary: { ko: "결과를 모르는 결제·취소 시도", en: "Attempts whose outcome is not known" },
  input: Type.Object({ ...page }),
  output: Type.Object({ attempts: Type.Array(UnresolvedAttempt), nextCursor: Type.Optional(Type.String()) }),
  problems: ["payment.cursor_invalid"],
  idempotency: "safe",
});

/** Dual control: the first operator proposes, a second one who says the same decides. Only for UNKNOWN attempts. */
export const decideAttempt = operation({
  service: "payment",
  name: "decideAttempt",
  method: "POST",
  path: "/operator/payments/:paymentId/attempts/:attemptId/decision",
  access: ["OPERATOR"],
  summary: { ko: "모르는 시도를 두 사람이 결정한다", en: "Decide an unknown attempt, two operators together" },
  input: Type.Object({
    paymentId: id("payment"),
    attemptId: id("attempt"),
    outcome: oneOf(["SUCCEEDED", "DECLINED"]),
    note: text(500, { minLength: 10 }),
  }),
  output: Type.Object({ state: oneOf(["PROPOSED", "DECIDED"]), status: attemptStatus }),
  problems: ["payment.not_found", "payment.attempt_not_found", "payment.attempt_decided", "payment.same_operator"],
  idempotency: "key",
});

/**
 * A webhook is a hint, never a fact: it is stored, and what it may be about is read again at the gateway (R18-R20).
 * Toss may add fields without notice, so nothing of the body is looked at here.
 */
export const receiveTossWebhook = operation({
  service: "payment",
  name: "receiveTossWebhook",
  method: "POST",
  path: "/webhooks/toss",
  access: "anyone",
  summary: { ko: "토스페이먼츠 웹훅을 받는다", en: "Receive a webhook of Toss Payments" },
  input: Type.Object({}),
  raw: true,
  output: Type.Object({}),
  problems: [],
  idempotency: "own-rules",
  requestsPerMinute: 6000,
});
