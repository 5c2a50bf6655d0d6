import { Type } from "typebox";
import { id, instantField, oneOf, page, text, wonField } from "#platform/core/fields.ts";
import { operation } from "#platform/core/operation.ts";
import { gatewayName } from "./events.ts";

/** DOMAIN.md §4.2; WAITING_FOR_DEPOSIT and WITHDRAWN come with virtual accounts. */
export const paymentStatus = oneOf([
  "READY",
  "IN_PROGRESS",
  "UNKNOWN",
  "FAILED",
  "APPROVED",
  "CANCEL_IN_PROGRESS",
  "PARTIALLY_CANCELLED",
  "CANCELLED",
  "EXPIRED",
]);
export const attemptStatus = oneOf(["INTENT", "SUCCEEDED", "DECLINED", "UNKNOWN"]);
export const refundStatus = oneOf(["PROCESSING", "COMPLETED", "REFUSED"]);

export const RefundView = Type.Object({
  refundId: id("refund"),
  amount: wonField(),
  reason: text(200),
  status: refundStatus,
  requestedAt: instantField(),
  completedAt: Type.Optional(instantField()),
});

export const AttemptView = Type.Object({
  attemptId: id("attempt"),
  operation: oneOf(["confirm", "cancel"]),
  gateway: gatewayName,
  amount: wonField(),
  status: attemptStatus,
  code: Type.Optional(text(100)),
  startedAt: instantField(),
  decidedAt: Type.Optional(instantField()),
});

export const PaymentSummary = Type.Object({
  paymentId: id("payment"),
  orderId: id("order"),
  orderName: text(100),
  status: paymentStatus,
  amount: wonField(),
  refundedAmount: wonField({ description: "돌아간 금액 · amount that went back, won" }),
  openedAt: instantField(),
  expiresAt: instantField(),
  gateway: Type.Optional(gatewayName),
  method: Type.Optional(text(40)),
  approvedAt: Type.Optional(instantField()),
});

/** A payment with all that was tried and all that went back (H7). */
export const PaymentView = Type.Object({
  ...PaymentSummary.properties,
  receiptUrl: Type.Optional(text(500)),
  attempts: Type.Array(AttemptView),
  refunds: Type.Array(RefundView),
});

export const getOrderPayment = operation({
  service: "payment",
  name: "getOrderPayment",
  method: "GET",
  path: "/orders/:orderId/payment",
  access: ["BUYER"],
  summary: { ko: "주문의 결제를 본다", en: "Show the payment of an order" },
  input: Type.Object({ orderId: id("order") }),
  output: PaymentView,
  problems: ["payment.not_found"],
  idempotency: "safe",
});

export const getPayment = operation({
  service: "payment",
  name: "getPayment",
  method: "GET",
  path: "/payments/:paymentId",
  access: ["BUYER"],
  summary: { ko: "결제 내역 하나를 본다 (시도, 취소, 영수증)", en: "Show one payment: attempts, cancels, receipt" },
  input: Type.Object({ paymentId: id("payment") }),
  output: PaymentView,
  problems: ["payment.not_found"],
  idempotency: "safe",
});

export const listPayments = operation({
  service: "payment",
  name: "listPayments",
  method: "GET",
  path: "/payments",
  access: ["BUYER"],
  summary: { ko: "내 결제 내역을 본다", en: "List my payments, newest first" },
  input: Type.Object({ ...page }),
  output: Type.Object({ payments: Type.Array(PaymentSummary), nextCursor: Type.Optional(Type.String()) }),
  problems: ["payment.cursor_invalid"],
  idempotency: "safe",
});

/** What the payment window of Toss is opened with (its SDK, or a plain page at `pageUrl`). */
export const TossCheckout = Type.Object({
  clientKey: text(200),
  gatewayOrderId: text(64),
  orderName: text(100),
  amount: wonField(),
  method: text(40),
  successUrl: text(500),
  failUrl: text(500),
  pageUrl: text(2000, { description: "SDK 없이 여는 결제창 주소 · a page to open without the SDK" }),
});

/**
 * Toss: no call and, for a payment's first attempt, no commit. KakaoPay: `ready`; its tid is kept before the answer.
 */
export const startAttempt = operation({
  service: "payment",
  name: "startAttempt",
  method: "POST",
  path: "/payments/:paymentId/attempts",
  access: ["BUYER"],
  summary: { ko: "결제창을 열 값을 받는다", en: "Get what the gateway's payment window needs" },
  input: Type.Object({
    paymentId: id("payment"),
    gateway: gatewayName,
    method: Type.Optional(oneOf(["CARD", "TRANSFER", "MONEY"])),
  }),
  output: Type.Object({
    attemptId: id("attempt"),
    gateway: gatewayName,
    checkout: Type.Optional(TossCheckout),
    redirectUrl: Type.Optional(text(2000)),
  }),
  status: 201,
  problems: [
    "payment.not_found",
    "payment.not_open",
    "payment.expired",
    "payment.in_progress",
    "payment.gateway_unavailable",
  ],
  idempotency: "key",
});

export const confirmProblems = [
  "payment.not_found",
  "payment.attempt_not_found",
  "payment.amount_mismatch",
  "payment.not_open",
  "payment.expired",
  "payment.declined",
  "payment.in_progress",
  "payment.token_missing",
  "payment.gateway_unavailable",
] as const;

const Confirmed = Type.Object({
  paymentId: id("payment"),
  orderId: id("order"),
  attemptId: id("attempt"),
  /** UNKNOWN: not a no. Ask `GET /payments/:paymentId` again until it says something else. */
  status: paymentStatus,
  amount: wonField(),
  approvedAt: Type.Optional(instantField()),
});

/** The amount is compared with the stored one before the gateway is asked (R42); the price is the frozen quote's. */
export const confirmPayment = operation({
  service: "payment",
  name: "confirmPayment",
  method: "POST",
  path: "/payments/:paymentId/confirm",
  access: ["BUYER"],
  summary: { ko: "결제를 승인한다", en: "Confirm a payment after the buyer agreed at the gateway" },
  input: Type.Object({
    paymentId: id("payment"),
    attemptId: id("attempt"),
    amount: wonField(),
    paymentKey: Type.Optional(text(200, { description: "토스페이먼츠 · Toss" })),
    pgToken: Type.Optional(text(255, { description: "카카오페이 · KakaoPay" })),
  }),
  output: Confirmed,
  problems: [...confirmProblems],
  idempotency: "key",
});

/** Where the gateways send the buyer's browser. It carries no token: whoever has the gateway's key may confirm. */
export const returnFromGateway = operation({
  service: "payment",
  name: "returnFromGateway",
  method: "GET",
  path: "/payments/return/:paymentId/:attemptId/success",
  access: "anyone",
  summary: { ko: "결제창에서 돌아온다 (승인한다)", en: "Return from the payment window: confirms" },
  input: Type.Object(
    {
      paymentId: id("payment"),
      attemptId: id("attempt"),
      paymentKey: Type.Optional(text(200)),
      orderId: Type.Optional(text(64)),
      amount: Type.Optional(wonField()),
      pg_token: Type.Optional(text(255)),
    },
    // The gateways write this query, and add names without notice.
    { additionalProperties: true },
  ),
  output: Confirmed,
  problems: [...confirmProblems],
  idempotency: "own-rules",
  requestsPerMinute: 60,
});

/** The buyer closed the window or the gateway said no in it: nothing was sent, the payment stays open. */
export const returnWithoutPayment = operation({
  service: "payment",
  name: "returnWithoutPayment",
  method: "GET",
  path: "/payments/return/:paymentId/:attemptId/fail",
  access: "anyone",
  summary: { ko: "결제하지 않고 돌아온다", en: "Return from the payment window without paying" },
  input: Type.Object(
    { paymentId: id("payment"), attemptId: id("attempt"), code: Type.Optional(text(100)) },
    { additionalProperties: true },
  ),
  output: Type.Object({ paymentId: id("payment"), status: paymentStatus, code: Type.Optional(text(100)) }),
  problems: ["payment.not_found"],
  idempotency: "safe",
});
