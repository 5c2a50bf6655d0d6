import { Type } from "typebox";
import { event } from "#platform/core/event.ts";
import { id, instantField, oneOf, text, wonField } from "#platform/core/fields.ts";

export const gatewayName = oneOf(["toss", "kakaopay"]);
/** What a line of the order takes of the amount: the ledger keeps each line's money apart. */
export const LineAmount = Type.Object({
  orderLineId: id("orderLine"),
  storeOrderId: id("storeOrder"),
  sellerId: id("account"),
  amount: wonField(),
});

const paymentId = id("payment");
const orderId = id("order");
const line = {
  orderLineId: "oln_01jd7x0000000000000000knee",
  storeOrderId: "sto_01jd7x0000000000000000str1",
  sellerId: "acc_01jd7x0000000000000000se11",
  amount: 12_000,
};
const ids = { paymentId: "pay_01jd7x0000000000000000rder", orderId: "ord_01jd7x0000000000000000rder" };

export const paymentRequested = event({
  service: "payment",
  type: "payment.requested.v1",
  summary: { ko: "결제를 열었다", en: "A payment was opened" },
  data: Type.Object({ paymentId, orderId, buyerId: id("account"), amount: wonField(), expiresAt: instantField() }),
  example: { ...ids, buyerId: "acc_01jd7x0000000000000000b9yr", amount: 12_000, expiresAt: "2026-11-21T03:10:00.000Z" },
});

/**
 * `late`: it came after the payment was closed, so it never pays the order and is refunded at once by payment itself.
 */
export const paymentApproved = event({
  service: "payment",
  type: "payment.approved.v1",
  summary: { ko: "결제가 승인되었다", en: "A payment was approved by its gateway" },
  data: Type.Object({
    paymentId,
    orderId,
    gateway: gatewayName,
    method: text(40),
    amount: wonField(),
    late: Type.Boolean(),
    lines: Type.Array(LineAmount),
    approvedAt: instantField(),
  }),
  example: {
    ...ids,
    gateway: "toss" as const,
    method: "카드",
    amount: 12_000,
    late: false,
    lines: [line],
    approvedAt: "2026-11-21T03:01:00.000Z",
  },
});

export const paymentFailed = event({
  service: "payment",
  type: "payment.failed.v1",
  summary: { ko: "결제가 거절되었다 (다시 시도할 수 있다)", en: "An attempt was declined; the buyer may try again" },
  data: Type.Object({ paymentId, orderId, gateway: gatewayName, reason: text(200) }),
  example: { ...ids, gateway: "toss" as const, reason: "REJECT_CARD_PAYMENT" },
});

export const paymentUnknown = event({
  service: "payment",
  type: "payment.unknown.v1",
  summary: { ko: "결제 결과를 아직 모른다", en: "An attempt's outcome is not known yet" },
  data: Type.Object({ paymentId, orderId, gateway: gatewayName, attemptId: id("attempt") }),
  example: { ...ids, gateway: "toss" as const, attemptId: "att_01jd7x0000000000000000attm" },
});

export const paymentExpired = event({
  service: "payment",
  type: "payment.expired.v1",
  summary: { ko: "결제가 닫혔다", en: "A payment was closed without money" },
  data: Type.Object({ paymentId, orderId }),
  example: ids,
});

/** The gateway confirmed that `amount` went back. */
export const paymentCancelled = event({
  service: "payment",
  type: "payment.cancelled.v1",
  summary: { ko: "결제가 (일부) 취소되어 돈이 돌아갔다", en: "A refund was confirmed by the gateway" },
  data: Type.Object({
    paymentId,
    orderId,
    refundId: id("refund"),
    gateway: gatewayName,
    amount: wonField(),
    lines: Type.Array(LineAmount),
  }),
  example: {
    ...ids,
    refundId: "rfd_01jd7x0000000000000000refd",
    gateway: "toss" as const,
    amount: 12_000,
    lines: [line],
  },
});

/** The gateway refused for good: the money stays, J3 is reversed and an operator decides. */
export const paymentCancelRefused = event({
  service: "payment",
  type: "payment.cancel-refused.v1",
  summary: { ko: "결제 취소가 거절되었다", en: "A refund was refused by the gateway" },
  data: Type.Object({ paymentId, orderId, refundId: id("refund"), gateway: gatewayName, reason: text(200) }),
  example: {
    ...ids,
    refundId: "rfd_01jd7x0000000000000000refd",
    gateway: "toss" as const,
    reason: "NOT_CANCELABLE_PAYMENT",
  },
});
