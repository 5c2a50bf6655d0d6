import { Type } from "typebox";
import { gatewayName, LineAmount } from "#contracts/payment/events.ts";
import { id, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";

/** J3: the refund intent enters the ledger before the gateway is asked (MONEY.md). Refused until J1 has been posted. */
export const postRefundIntent = operation({
  service: "wallet",
  name: "postRefundIntent",
  method: "POST",
  path: "/internal/ledger/refunds",
  access: "service",
  summary: { ko: "환불 의사를 장부에 올린다", en: "Post a refund intent (J3)" },
  input: Type.Object({
    orderId: id("order"),
    refundId: id("refund"),
    gateway: gatewayName,
    amount: wonField({ minimum: 1 }),
    lines: Type.Array(LineAmount, { minItems: 1, maxItems: 200 }),
    reason: text(200),
  }),
  output: Type.Object({}),
  problems: ["wallet.capture_not_posted", "wallet.refund_exceeds"],
  idempotency: "key",
});
