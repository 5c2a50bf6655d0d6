import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { invariants } from "./invariants.ts";
import * as tills from "./testing/till.ts";
import {
  type Order,
  payAtKakaoPay,
  payAtToss,
  placed,
  refund,
  said,
  stateOf,
  type Till,
  turn,
  until,
} from "./testing/till.ts";

let till: Till;
before(async () => {
  till = await tills.openTill();
});
after(() => till.close());

async function paidAtToss(): Promise<Order> {
  const order = placed(till);
  const answer = await payAtToss(till, order);
  assert.ok(!("refused" in answer) && answer.status === "APPROVED");
  return order;
}
const reference = (order: Order) => `att_${order.paymentId.slice(4)}`;
const refunded = (order: Order) => till.toss.truth.of(reference(order)).refunded;
const becomes = (order: Order, status: string) => until(async () => (await stateOf(till, order)).status === status);

test("a whole refund is posted to the ledger before the gateway hears of it", async () => {
  const order = await paidAtToss();
  const refundId = tills.makeId("refund");
  till.ledgerSays("wallet.capture_not_posted");
  assert.deepEqual(await refund(till, order, refundId, [9_000, 3_000]), { status: "PROCESSING" });
  await till.test.settle();
  assert.equal(refunded(order), 0, "nothing moves while the ledger does not have the capture");
  assert.deepEqual((await said(till, order)).slice(-1), ["RefundAccepted"]);
  till.ledgerSays(undefined);
  turn(till, 5);
  await becomes(order, "CANCELLED");
  assert.equal(refunded(order), 12_000);
  assert.ok(till.posted.includes(refundId));
  assert.deepEqual(await refund(till, order, refundId, [9_000, 3_000]), { status: "COMPLETED" });
});

test("one refund id asked for by many at once is one refund", async () => {
  const order = await paidAtToss();
  const refundId = tills.makeId("refund");
  const answers = await Promise.all(Array.from({ length: 8 }, () => refund(till, order, refundId, [1_000])));
  assert.ok(answers.every((answer) => "status" in answer));
  await becomes(order, "PARTIALLY_CANCELLED");
  assert.equal(refunded(order), 1_000);
});

test("several partial refunds go one after the other, more than a second apart", async () => {
  const order = await paidAtToss();
  for (const amounts of [[1_000], [2_000], [0, 3_000]]) await refund(till, order, tills.makeId("refund"), amounts);
  await until(async () => {
    turn(till, 1);
    return (await stateOf(till, order)).status === "PARTIALLY_CANCELLED";
  });
  assert.equal(refunded(order), 6_000);
  const rest = await refund(till, order, tills.makeId("refund"), [6_001]);
  assert.ok("refused" in rest && rest.refused === "payment.refund_exceeds");
  const line = await refund(till, order, tills.makeId("refund"), [0, 1]);
  assert.ok("refused" in line && line.refused === "payment.refund_exceeds");
});

test("a cancel whose answer was lost is asked about and never sent twice with effect", async () => {
  for (const kind of ["effect-then-drop", "effect-then-500", "html", "wrong-amount", "other-payments-answer"]) {
    const order = await paidAtToss();
    till.toss.faults.order({ operation: "cancel", kind, orderId: reference(order) });
    await refund(till, order, tills.makeId("refund"), [5_000]);
    await becomes(order, "PARTIALLY_CANCELLED");
    assert.equal(refunded(order), 5_000, kind);
  }
});

test("a cancel that never arrived is sent again under its own key", async () => {
  const order = await paidAtToss();
  till.toss.faults.order({ operation: "cancel", kind: "hang-before", ms: 1_000 });
  await refund(till, order, tills.makeId("refund"), [5_000]);
  await until(async () => (await said(till, order)).includes("AttemptUncertain"));
  turn(till, 5);
  await becomes(order, "PARTIALLY_CANCELLED");
  assert.equal(refunded(order), 5_000);
  assert.equal((await stateOf(till, order)).attempts.filter((one) => one.operation === "cancel").length, 1);
});

test("a cancel that Toss drops for coming too soon is a new intent a second later", async () => {
  const order = await paidAtToss();
  till.toss.faults.order({ operation: "cancel", kind: "decline:FORBIDDEN_CONSECUTIVE_REQUEST" });
  await refund(till, order, tills.makeId("refund"), [5_000]);
  await until(async () => (await said(till, order)).includes("CancelDeclined"));
  turn(till, 2);
  await becomes(order, "PARTIALLY_CANCELLED");
  assert.equal(refunded(order), 5_000);
  const keys = (await stateOf(till, order)).attempts.flatMap((one) => (one.operation === "cancel" ? [one.key] : []));
  assert.equal(new Set(keys).size, 2);
});

test("a refund that the gateway refuses for good is said so, and the money stays", async () => {
  const order = await paidAtToss();
  till.toss.faults.order({ operation: "cancel", kind: "decline:EXCEED_MAX_REFUND_DUE" });
  const refundId = tills.makeId("refund");
  await refund(till, order, refundId, [5_000]);
  await until(async () => (await said(till, order)).includes("RefundRefused"));
  assert.deepEqual(await refund(till, order, refundId, [5_000]), { status: "REFUSED" });
  assert.equal((await stateOf(till, order)).status, "APPROVED");
  assert.equal(refunded(order), 0);
});

test("KakaoPay has no idempotency key, and still nothing goes back twice", async () => {
  for (const kind of ["effect-then-drop", "hang-before", "effect-then-hang"]) {
    const order = placed(till);
    const paid = await payAtKakaoPay(till, order);
    assert.ok(!("refused" in paid));
    till.kakaopay.faults.order({ operation: "cancel", kind, ms: 1_000 });
    await refund(till, order, tills.makeId("refund"), [5_000]);
    await until(async () => {
      turn(till, 2);
      return (await stateOf(till, order)).status === "PARTIALLY_CANCELLED";
    });
    assert.equal(till.kakaopay.truth.of(paid.attemptId).refunded, 5_000, kind);
  }
});

test("an order that was never paid, or is not known, has nothing to refund", async () => {
  const unpaid = placed(till);
  const answer = await refund(till, unpaid, tills.makeId("refund"), [1_000]);
  assert.ok("refused" in answer && answer.refused === "payment.not_found");
  const unknown = { ...unpaid, orderId: tills.makeId("order") };
  const none = await refund(till, unknown, tills.makeId("refund"), [1_000]);
  assert.ok("refused" in none && none.refused === "payment.not_found");
});

test("the database itself refuses a second open attempt and a refund above the capture", async () => {
  const order = await paidAtToss();
  const two = `update states set facets = jsonb_set(facets, '{openAttempts}', '2') where key = $1`;
  await assert.rejects(() => till.test.sql("payment", two, [order.paymentId]), /one_open_attempt/);
  const more = `update states set facets = jsonb_set(facets, '{refunding}', '12001') where key = $1`;
  await assert.rejects(() => till.test.sql("payment", more, [order.paymentId]), /refunds_within_capture/);
  const twice = `update states set facets = jsonb_set(facets, '{captured}', '24000') where key = $1`;
  await assert.rejects(() => till.test.sql("payment", twice, [order.paymentId]), /captured_is_nothing_or_all/);
});

test("in the end every invariant of payment holds", async () => {
  for (const { id, sql } of invariants) assert.deepEqual(await till.test.adminSql(sql), [], id);
});
