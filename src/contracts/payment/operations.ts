import { Type } from "typebox";
import { id, oneOf, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { LineAmount } from "./events.ts";

/**
 * Asks to end an unpaid payment; serialised with confirm on the payment's row (MECHANISMS.md §8). `undecided`: an
 * attempt is under way or unknown, ask again. `force` closes all the same (the holds have ended): a later success
 * refunds itself.
 */
export const closePayment = operation({
  service: "payment",
  name: "closePayment",
  method: "POST",
  path: "/internal/payments/by-order/:orderId/close",
  access: "service",
  summary: { ko: "결제를 닫는다", en: "Close an order's payment" },
  input: Type.Object({ orderId: id("order"), force: Type.Boolean() }),
  output: Type.Object({ outcome: oneOf(["closed", "approved", "undecided"]) }),
  problems: [],
  idempotency: "key",
});

/** Sends `amount` back over the gateway. One refund id is one intent, however often it is asked for (R35). */
export const refundPayment = operation({
  service: "payment",
  name: "refundPayment",
  method: "POST",
  path: "/internal/payments/by-order/:orderId/refunds",
  access: "service",
  summary: { ko: "결제를 (일부) 취소한다", en: "Refund an order's payment, whole or in part" },
  input: Type.Object({
    orderId: id("order"),
    refundId: id("refund"),
    amount: wonField({ minimum: 1 }),
    lines: Type.Array(LineAmount, { minItems: 1, maxItems: 200 }),
    reason: text(200),
  }),
  output: Type.Object({ status: oneOf(["PROCESSING", "COMPLETED", "REFUSED"]) }),
  problems: ["payment.not_found", "payment.refund_exceeds"],
  idempotency: "key",
});
