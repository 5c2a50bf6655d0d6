import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as buyerContract from "#contracts/payment/buyer-operations.ts";
import { siblingId } from "#platform/core/ids.ts";
import { buyer, nobody, withKey } from "#platform/testing/people.ts";
import { firstAttemptId } from "./domain/start-attempt.ts";
import { invariants } from "./invariants.ts";
import * as tills from "./testing/till.ts";
import { close, payAtKakaoPay, payAtToss, placed, said, stateOf, type Till, turn, until } from "./testing/till.ts";

let till: Till;
before(async () => {
  till = await tills.openTill();
});
after(() => till.close());

const captured = (reference: string) => till.toss.truth.of(reference);

test("an order is paid at Toss with one commit before the gateway and one after", async () => {
  const order = placed(till);
  const started = { paymentId: order.paymentId, gateway: "toss" as const };
  const window = await till.test.call(buyerContract.startAttempt, started, buyer(order.buyerId));
  assert.ok(!("refused" in window));
  assert.equal(window.checkout?.amount, 12_000);
  assert.equal(window.checkout?.gatewayOrderId, window.attemptId);
  const answer = await payAtToss(till, order, window.attemptId);
  assert.ok(!("refused" in answer));
  assert.equal(answer.status, "APPROVED");
  assert.equal(captured(window.attemptId).captured, 12_000);
  assert.deepEqual(await said(till, order), ["AttemptStarted", "PaymentApproved"]);
  const left = await till.test.sql("payment", "select key from work where stream = $1", [order.paymentId]);
  assert.deepEqual(left, []);
});

test("an order is paid at KakaoPay, its tid kept before the buyer goes there", async () => {
  const order = placed(till);
  const answer = await payAtKakaoPay(till, order);
  assert.ok(!("refused" in answer), JSON.stringify(answer));
  assert.equal(answer.status, "APPROVED");
  assert.deepEqual(await said(till, order), ["CheckoutOpened", "AttemptStarted", "PaymentApproved"]);
  const rows = await till.test.sql<{ token: string | null }>(
    "payment",
    "select data ->> 'token' as token from states where key = $1",
    [answer.attemptId],
  );
  assert.equal(rows[0]?.token, null, "the single-use token is gone once the outcome is known");
});

test("a refused card is told with its reason, and another attempt may follow", async () => {
  const order = placed(till);
  till.toss.faults.order({ operation: "confirm", kind: "decline:REJECT_CARD_PAYMENT" });
  const no = await payAtToss(till, order);
  assert.ok("refused" in no && no.refused === "payment.declined");
  assert.match(String(no.details?.reason), /한도/);
  const second = { paymentId: order.paymentId, gateway: "toss" as const };
  const window = await till.test.call(buyerContract.startAttempt, second, buyer(order.buyerId));
  assert.ok(!("refused" in window));
  assert.notEqual(window.attemptId, firstAttemptId(order.paymentId));
  const yes = await payAtToss(till, order, window.attemptId);
  assert.ok(!("refused" in yes) && yes.status === "APPROVED");
});

test("another amount than the order's is refused before the gateway hears of it", async () => {
  const order = placed(till);
  const asked = till.toss.calls.counts().confirm;
  const cheap = await payAtToss(till, { ...order, amount: 100 });
  assert.ok("refused" in cheap && cheap.refused === "payment.amount_mismatch");
  assert.equal(till.toss.calls.counts().confirm, asked);
});

test("another person's payment, attempt or order is not found", async () => {
  const order = placed(till);
  const stranger = buyer(tills.makeId("account"));
  const { paymentId, orderId } = order;
  const confirm = { paymentId, attemptId: firstAttemptId(paymentId), amount: 12_000, paymentKey: "tgen_x" };
  const answers = [
    await till.test.call(buyerContract.getPayment, { paymentId }, stranger),
    await till.test.call(buyerContract.getOrderPayment, { orderId }, stranger),
    await till.test.call(buyerContract.startAttempt, { paymentId, gateway: "toss" }, stranger),
    await till.test.call(buyerContract.confirmPayment, confirm, stranger),
    await till.test.call(buyerContract.getPayment, { paymentId: tills.makeId("payment") }, buyer(order.buyerId)),
  ];
  for (const answer of answers) assert.equal("refused" in answer && answer.refused, "payment.not_found");
});

test("an answer that was lost is found again at once by asking the gateway", async () => {
  for (const kind of ["effect-then-drop", "effect-then-500", "html", "cut", "other-payments-answer", "wrong-amount"]) {
    const order = placed(till);
    till.toss.faults.order({ operation: "confirm", kind, orderId: firstAttemptId(order.paymentId) });
    const answer = await payAtToss(till, order);
    assert.ok(!("refused" in answer) && answer.status === "APPROVED", `${kind}: ${JSON.stringify(answer)}`);
  }
});

test("a silent gateway leaves the payment unknown, and the resolver finds the capture", async () => {
  const order = placed(till);
  till.toss.faults.order({ operation: "confirm", kind: "effect-then-hang", ms: 1_000 });
  const answer = await payAtToss(till, order);
  assert.ok(!("refused" in answer));
  assert.equal(answer.status, "UNKNOWN");
  assert.equal(await close(till, order), "undecided");
  turn(till, 5);
  await until(async () => (await stateOf(till, order)).status === "APPROVED");
  assert.equal(await close(till, order), "approved");
  assert.equal(captured(firstAttemptId(order.paymentId)).captures, 1);
});

test("a confirm that never arrived is sent again under its own key while there is time", async () => {
  const order = placed(till);
  till.toss.faults.order({ operation: "confirm", kind: "hang-before", ms: 1_000 });
  const answer = await payAtToss(till, order);
  assert.ok(!("refused" in answer) && answer.status === "UNKNOWN");
  turn(till, 5);
  await until(async () => (await stateOf(till, order)).status === "APPROVED");
  assert.equal(captured(firstAttemptId(order.paymentId)).captures, 1);
});

test("two tabs cannot capture twice, and a double click is one attempt", async () => {
  const order = placed(till);
  const attemptId = firstAttemptId(order.paymentId);
  till.toss.faults.order({ operation: "confirm", kind: "slow", ms: 100, orderId: attemptId });
  const { paymentKey } = till.toss.authorize({ orderId: attemptId, amount: order.amount });
  const input = { paymentId: order.paymentId, attemptId, amount: order.amount, paymentKey };
  const me = buyer(order.buyerId);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => till.test.call(buyerContract.confirmPayment, input, me)),
  );
  assert.ok(
    answers.every((answer) => !("refused" in answer)),
    JSON.stringify(answers),
  );
  assert.equal(captured(attemptId).captures, 1);
  const other = await till.test.call(buyerContract.startAttempt, { paymentId: order.paymentId, gateway: "toss" }, me);
  assert.ok("refused" in other && other.refused === "payment.not_open");
});

test("the same command again is answered with the payment as it is now", async () => {
  const order = placed(till);
  const attemptId = firstAttemptId(order.paymentId);
  const { paymentKey } = till.toss.authorize({ orderId: attemptId, amount: order.amount });
  const input = { paymentId: order.paymentId, attemptId, amount: order.amount, paymentKey };
  const me = withKey(buyer(order.buyerId), buyerContract.confirmPayment, "one");
  const [first, second] = [
    await till.test.call(buyerContract.confirmPayment, input, me),
    await till.test.call(buyerContract.confirmPayment, input, me),
  ];
  assert.deepEqual(second, first);
  const otherBody = { ...me, command: { id: me.command?.id ?? "", bodyHash: "another" } };
  const reused = await till.test.call(buyerContract.confirmPayment, input, otherBody);
  assert.equal("refused" in reused && (reused.refused as string), "request.key_reused");
});

test("the gateway's redirect confirms by itself, without a token of ours", async () => {
  const order = placed(till);
  const attemptId = firstAttemptId(order.paymentId);
  const { paymentKey } = till.toss.authorize({ orderId: attemptId, amount: order.amount });
  const ids = { paymentId: order.paymentId, attemptId };
  const lied = await till.test.call(buyerContract.returnFromGateway, { ...ids, paymentKey, amount: 1 }, nobody);
  assert.ok("refused" in lied && lied.refused === "payment.amount_mismatch");
  const back = { ...ids, paymentKey, orderId: attemptId, amount: order.amount };
  const answer = await till.test.call(buyerContract.returnFromGateway, back, nobody);
  assert.ok(!("refused" in answer) && answer.status === "APPROVED");
  const fail = await till.test.call(
    buyerContract.returnWithoutPayment,
    { ...ids, code: "PAY_PROCESS_CANCELED" },
    nobody,
  );
  assert.ok(!("refused" in fail));
});

test("a close ends an unpaid payment, leaves a tombstone for one never seen, and a paid one as it is", async () => {
  const unpaid = placed(till);
  assert.equal(await close(till, unpaid), "closed");
  const late = await payAtToss(till, unpaid);
  assert.ok("refused" in late && late.refused === "payment.expired");
  const unseen = tills.makeId("order");
  assert.equal(await close(till, { orderId: unseen }), "closed");
  const unknown = await payAtToss(till, { ...unpaid, orderId: unseen, paymentId: siblingId("payment", unseen) });
  assert.ok("refused" in unknown && unknown.refused === "payment.not_found");
  const paid = placed(till);
  await payAtToss(till, paid);
  assert.equal(await close(till, paid, true), "approved");
});

test("a payment past its deadline takes no confirm", async () => {
  const order = placed(till);
  turn(till, 601);
  const answer = await payAtToss(till, order);
  assert.ok("refused" in answer && answer.refused === "payment.expired");
});

test("a payment closed by force whose success comes later refunds itself and never counts", async () => {
  const order = placed(till);
  till.toss.faults.order({ operation: "confirm", kind: "effect-then-hang", ms: 1_000 });
  await payAtToss(till, order);
  assert.equal(await close(till, order, true), "closed");
  turn(till, 5);
  await until(async () => (await stateOf(till, order)).status === "CANCELLED");
  const attemptId = firstAttemptId(order.paymentId);
  assert.deepEqual([captured(attemptId).captured, captured(attemptId).refunded], [12_000, 12_000]);
  assert.ok(till.posted.includes(siblingId("refund", attemptId)), "J3 stands in the ledger");
  const rows = await till.test.sql<{ late: string }>(
    "payment",
    "select data ->> 'late' as late from facts where stream = $1 and type = 'PaymentApproved'",
    [order.paymentId],
  );
  assert.equal(rows[0]?.late, "true");
});

test("a buyer lists payments newest first and reads one with its attempts, refunds and receipt", async () => {
  const order = placed(till);
  await payAtToss(till, order);
  const me = buyer(order.buyerId);
  const page = await till.test.call(buyerContract.listPayments, { limit: 1 }, me);
  assert.ok(!("refused" in page));
  assert.deepEqual(
    page.payments.map((one) => one.paymentId),
    [order.paymentId],
  );
  assert.equal(page.nextCursor, undefined);
  const detail = await till.test.call(buyerContract.getOrderPayment, { orderId: order.orderId }, me);
  assert.ok(!("refused" in detail));
  assert.equal(detail.attempts.length, 1);
  assert.match(detail.receiptUrl ?? "", /receipt/);
  const wrong = await till.test.call(buyerContract.listPayments, { cursor: "AAAA" }, me);
  assert.ok("refused" in wrong && wrong.refused === "payment.cursor_invalid");
});

test("in the end every invariant of payment holds", async () => {
  for (const { id, sql } of invariants) assert.deepEqual(await till.test.adminSql(sql), [], id);
});
