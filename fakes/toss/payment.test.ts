import assert from "node:assert/strict";
import { test } from "node:test";
import {
  approve,
  authenticate,
  cancel,
  inProgressLifeMs,
  isOverdue,
  readyLifeMs,
  refuseCancel,
  refuseConfirm,
  type TossPayment,
} from "./payment.ts";

const ready: TossPayment = {
  paymentKey: "tgen_1",
  orderId: "order-1",
  orderName: "김치찌개",
  totalAmount: 10_000,
  balanceAmount: 10_000,
  taxFreeAmount: 0,
  status: "READY",
  secret: "ps_1",
  requestedAtMs: 0,
  cancels: [],
};
const inProgress = authenticate(ready, 1_000) as TossPayment;
const done = approve(inProgress, { approveNo: "00000001", transactionKey: "T1", nowMs: 2_000 });
const exact = { orderId: "order-1", amount: 10_000 };
const reason = { cancelReason: "변심" };

test("the window is open for 30 minutes, to the millisecond", () => {
  assert.equal(isOverdue(ready, readyLifeMs - 1), false);
  assert.equal(isOverdue(ready, readyLifeMs), true);
  assert.deepEqual(authenticate(ready, readyLifeMs), { code: "NOT_FOUND_PAYMENT_SESSION" });
});

test("a confirm must come within 10 minutes of the authentication", () => {
  assert.equal(refuseConfirm(inProgress, exact, 1_000 + inProgressLifeMs - 1), undefined);
  assert.deepEqual(refuseConfirm(inProgress, exact, 1_000 + inProgressLifeMs), { code: "NOT_FOUND_PAYMENT_SESSION" });
});

test("a confirm must name the order and the amount that the buyer agreed to", () => {
  assert.deepEqual(refuseConfirm(inProgress, { ...exact, orderId: "order-2" }, 1_000), { code: "FORBIDDEN_REQUEST" });
  assert.deepEqual(refuseConfirm(inProgress, { ...exact, amount: 9_999 }, 1_000), { code: "INVALID_REQUEST" });
});

test("a payment is confirmed once, and never before the buyer agreed", () => {
  assert.deepEqual(refuseConfirm(done, exact, 3_000), { code: "ALREADY_PROCESSED_PAYMENT" });
  assert.deepEqual(refuseConfirm(ready, exact, 3_000), { code: "UNAPPROVED_ORDER_ID" });
});

test("a card payment below 100 won is refused", () => {
  const small = { ...inProgress, totalAmount: 99, balanceAmount: 99 };
  assert.deepEqual(refuseConfirm(small, { ...exact, amount: 99 }, 1_000), { code: "BELOW_MINIMUM_AMOUNT" });
});

test("one cancel of everything makes CANCELED, and another is ALREADY_CANCELED_PAYMENT", () => {
  const cancelled = cancel(done, reason, "T2", 5_000);
  assert.equal(cancelled.status, "CANCELED");
  assert.equal(cancelled.balanceAmount, 0);
  assert.deepEqual(refuseCancel(cancelled, reason, 6_000), { code: "ALREADY_CANCELED_PAYMENT" });
});

test("a part and then the rest stays PARTIAL_CANCELED with balance 0, and another is NOT_CANCELABLE_AMOUNT", () => {
  const part = cancel(done, { ...reason, cancelAmount: 3_000 }, "T2", 5_000);
  const rest = cancel(part, reason, "T3", 6_000);
  assert.equal(part.balanceAmount, 7_000);
  assert.equal(rest.status, "PARTIAL_CANCELED");
  assert.equal(rest.balanceAmount, 0);
  assert.deepEqual(
    rest.cancels.map((one) => [one.cancelAmount, one.refundableAmount]),
    [
      [3_000, 7_000],
      [7_000, 0],
    ],
  );
  assert.deepEqual(refuseCancel(rest, reason, 7_000), { code: "NOT_CANCELABLE_AMOUNT" });
});

test("more than the balance cannot be cancelled", () => {
  assert.deepEqual(refuseCancel(done, { ...reason, cancelAmount: 10_001 }, 5_000), { code: "NOT_CANCELABLE_AMOUNT" });
});

test("a wrong refundableAmount stops the cancel", () => {
  const guarded = { ...reason, cancelAmount: 1_000, refundableAmount: 9_000 };
  assert.deepEqual(refuseCancel(done, guarded, 5_000), { code: "NOT_MATCHES_REFUNDABLE_AMOUNT" });
  assert.equal(refuseCancel(done, { ...guarded, refundableAmount: 10_000 }, 5_000), undefined);
});

test("of two cancels within one second only the first is processed", () => {
  const part = cancel(done, { ...reason, cancelAmount: 3_000 }, "T2", 5_000);
  assert.deepEqual(refuseCancel(part, reason, 5_999), { code: "FORBIDDEN_CONSECUTIVE_REQUEST" });
  assert.equal(refuseCancel(part, reason, 6_000), undefined);
});

test("what was never captured cannot be cancelled", () => {
  assert.deepEqual(refuseCancel(inProgress, reason, 5_000), { code: "NOT_CANCELABLE_PAYMENT" });
});
