import { Type } from "typebox";
import { gatewayName, LineAmount } from "#contracts/payment/events.ts";
import { id, oneOf, page, text, wonField } from "#platform/core/fields.ts";
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

/** What an account, a step or a class is called on screens. */
const Label = Type.Object({ ko: Type.String(), en: Type.String() });

export const PostingView = Type.Object({
  /** `class` or `class:whose`, as in MONEY.md: `order_held:oln_…`. */
  account: Type.String(),
  label: Label,
  side: oneOf(["DEBIT", "CREDIT"]),
  amount: wonField({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  orderLineId: Type.Optional(id("orderLine")),
});

export const JournalView = Type.Object({
  position: Type.Integer(),
  step: Type.String(),
  label: Label,
  sourceType: Type.String(),
  sourceId: Type.String(),
  at: Type.String(),
  total: wonField({ maximum: Number.MAX_SAFE_INTEGER }),
  /** Version of the commission rule that split it. */
  rule: Type.Optional(Type.String()),
  /** The step of the same source that it undoes. */
  reverses: Type.Optional(Type.String()),
  postings: Type.Array(PostingView),
});

/** Everything that was posted for one order, in the order of the ledger. */
export const getOrderLedger = operation({
  service: "wallet",
  name: "getOrderLedger",
  method: "GET",
  path: "/ledger/orders/:orderId",
  access: ["OPERATOR", "ADMIN"],
  summary: { ko: "주문 하나의 장부를 본다", en: "Read the journals of one order" },
  input: Type.Object({ orderId: id("order") }),
  output: Type.Object({ orderId: id("order"), journals: Type.Array(JournalView) }),
  problems: ["wallet.order_not_found"],
  idempotency: "safe",
});

export const accountClass = oneOf([
  "pg_clearing",
  "order_held",
  "refund_in_transit",
  "seller_payable",
  "commission",
  "vat_output",
]);

export const listAccounts = operation({
  service: "wallet",
  name: "listAccounts",
  method: "GET",
  path: "/ledger/accounts",
  access: ["OPERATOR", "ADMIN"],
  summary: { ko: "계정의 확정·진행 중·가용 잔액을 본다", en: "List the ledger's accounts: posted, pending, available" },
  input: Type.Object({ class: Type.Optional(accountClass), ...page }),
  output: Type.Object({
    accounts: Type.Array(
      Type.Object({
        account: Type.String(),
        label: Label,
        /** The side on which the account grows; `balance` is positive on it. */
        normalSide: oneOf(["DEBIT", "CREDIT"]),
        debit: Type.Integer(),
        credit: Type.Integer(),
        /** What the journals come to: `posted + pending`. */
        balance: Type.Integer(),
        /** What has happened for good. */
        posted: Type.Integer(),
        /** What refunds under way have moved: it stays when the gateway says yes and comes back when it says no. */
        pending: Type.Integer(),
        /** What may still be used: money that is leaving is reserved, money that is coming is not there yet. */
        available: Type.Integer(),
      }),
    ),
    nextCursor: Type.Optional(Type.String()),
  }),
  problems: ["wallet.cursor_invalid"],
  idempotency: "safe",
});
