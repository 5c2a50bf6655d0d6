import { fileURLToPath } from "node:url";
import { getOrderForPayment } from "#contracts/order/operations.ts";
import * as events from "#contracts/payment/events.ts";
import { postRefundIntent } from "#contracts/wallet/operations.ts";
import { service } from "#platform/service.ts";
import { announce } from "./announce.ts";
import { closePayment } from "./api/close-payment.ts";
import { confirmPayment, returnFromGateway, returnWithoutPayment } from "./api/confirm-payment.ts";
import { decideAttempt } from "./api/decide-attempt.ts";
import { getOrderPayment, getPayment } from "./api/get-payment.ts";
import { listPayments } from "./api/list-payments.ts";
import { listUnresolvedAttempts } from "./api/list-unresolved-attempts.ts";
import { problems } from "./api/problems.ts";
import { receiveTossWebhook } from "./api/receive-toss-webhook.ts";
import { refundPayment } from "./api/refund-payment.ts";
import { startAttempt } from "./api/start-attempt.ts";
import { type Deps, makeDeps } from "./deps.ts";
import { evolve, type PaymentFact } from "./domain/facts.ts";
import type { Payment } from "./domain/payment.ts";
import { facets } from "./facets.ts";
import { settings } from "./settings.ts";
import { applyWebhook } from "./work/apply-webhook.ts";
import { resolveAttempt } from "./work/resolve-attempt.ts";
import { sendRefund } from "./work/send-refund.ts";

export const payment = service<Deps, typeof settings>({
  name: "payment",
  migrations: fileURLToPath(new URL("./db", import.meta.url)),
  settings,
  calls: [getOrderForPayment, postRefundIntent],
  problems,
  announces: [
    events.paymentRequested,
    events.paymentApproved,
    events.paymentFailed,
    events.paymentUnknown,
    events.paymentExpired,
    events.paymentCancelled,
    events.paymentCancelRefused,
  ],
  announce,
  evolve: (state, fact) => evolve(state as Payment | undefined, fact as unknown as PaymentFact),
  facets,
  deps: makeDeps,
  operations: [
    closePayment,
    refundPayment,
    getOrderPayment,
    getPayment,
    listPayments,
    startAttempt,
    confirmPayment,
    returnFromGateway,
    returnWithoutPayment,
    listUnresolvedAttempts,
    decideAttempt,
    receiveTossWebhook,
  ],
  work: { "resolve-attempt": resolveAttempt, "send-refund": sendRefund, "apply-webhook": applyWebhook },
});
